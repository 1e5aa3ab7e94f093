import { type Static, Type } from 'typebox'
import { type ActivityContent, viewOf } from '../../activities/index.ts'
import type { Catalogue, CatalogueResource } from '../../catalogue/index.ts'
import { findMoment, key, Statement } from '../../entries/index.ts'
import type { Database } from '../../platform/db/database.ts'
import { operation } from '../../platform/http/operation.ts'
import { closed, oneOf, ref } from '../../platform/http/schema.ts'
import type { HttpServer } from '../../platform/http/server.ts'
import { chooseFormat } from '../formats/choose.ts'
import {
  sendTableReport,
  type TableColumn,
  tableAnswer,
  tableFormats,
  tableReportSchema,
} from '../formats/table-report.ts'
import { stateText } from '../formats/text.ts'
import { chooseLanguage, type Language } from '../language/language.ts'
import { named, names, tableParameters } from '../parameters.ts'
import { activityBatches, inForce, openReading, type Reading } from '../reading.ts'

const RetentionItem = closed(
  {
    dataCategory: named('The category of personal data.'),
    activity: named('The activity that processes it.'),
    organisation: named('The organisation whose record the activity belongs to.'),
    dataSubjectCategories: Type.Array(named('A category of data subjects.'), { description: 'Whom it is about.' }),
    retentionPeriod: Type.Optional(named('The period.')),
    notStated: Type.Optional(
      closed(
        {
          state: oneOf(['unknown', 'notApplicable', 'notStated'], 'Why there is no period.'),
          reason: Type.Optional(Type.String({ description: 'What the record says about it.' })),
        },
        { description: 'There is no period: a routine must not delete by this row.' },
      ),
    ),
    startsWith: Type.Optional(Type.String({ description: 'The event that starts the clock.' })),
    duration: Type.Optional(Type.String({ description: 'How long from then on (ISO 8601).', examples: ['P10Y'] })),
    criterion: Type.Optional(Type.String({ description: 'By what the end is decided, where there is no duration.' })),
    disposal: Type.Optional(Type.String({ description: 'What happens at the end.', examples: ['delete'] })),
    routine: Type.Optional(Type.String({ description: 'The routine that carries it out.' })),
    legalReference: Type.Optional(Type.String({ description: 'The law that asks for it.' })),
    statements: Type.Optional(
      Type.Record(Type.String(), ref(Statement), {
        description: 'What the period says of those of its properties that are absent, by their names.',
        examples: [{ duration: { state: 'unknown', reason: 'The policy does not say.' } }],
      }),
    ),
    systems: Type.Array(named('A system.'), { description: 'The systems in which the data is processed.' }),
    subprocessors: Type.Array(named('A processor.'), {
      description: 'The processors that hold the category and have to delete it, too.',
    }),
  },
  { description: 'A category of data of one activity, and what becomes of it.' },
)

type Item = Static<typeof RetentionItem>

export const RetentionSchedule = tableReportSchema(
  'RetentionSchedule',
  'The envisaged time limits for erasure (Art. 30(1)(f)), as deletion routines need them.',
  RetentionItem,
)

const example: Item = {
  dataCategory: { key: 'email-address', name: 'E-mail address' },
  activity: { key: 'newsletter', name: 'Newsletter' },
  organisation: { key: 'example-hosting', name: 'Example Hosting GmbH' },
  dataSubjectCategories: [{ key: 'subscribers', name: 'Newsletter subscribers' }],
  retentionPeriod: { key: 'until-withdrawal', name: 'Until consent is withdrawn' },
  startsWith: 'Withdrawal of consent',
  duration: 'P30D',
  disposal: 'delete',
  routine: 'Nightly clean-up',
  systems: [{ key: 'newsletter', name: 'Newsletter service' }],
  subprocessors: [],
}

/** `/v1/reports/retention-schedule`: what deletion routines read. */
export const retentionScheduleRoutes = (app: HttpServer, { db }: { db: Database }) => {
  app.get(
    '/v1/reports/retention-schedule',
    {
      config: { access: 'read', inThread: 'reports' },
      schema: {
        ...operation({
          operationId: 'reportRetentionSchedule',
          tag: 'Reports',
          summary: 'Retention schedule',
          description:
            'For deletion routines: each category of data of each activity in force, what starts the clock, the period, what ' +
            'happens then, the routine, the systems. A category without a period says why.',
          answers: tableAnswer(RetentionSchedule, 'Retention schedule', [example]),
          problems: ['invalid-request', 'not-acceptable'],
        }),
        querystring: closed({
          ...tableParameters,
          dataCategory: Type.Optional(key('Rows of this category of data.', 'email-address')),
          service: Type.Optional(key('Rows of activities in this system.', 'newsletter')),
        }),
      },
    },
    async (request, reply) => {
      const { organisation, asOf, dataCategory, service } = request.query
      const format = chooseFormat(request, tableFormats)
      const language = chooseLanguage(request)
      const { reading, close } = await openReading(db, await findMoment(db, asOf))
      const wanted = (item: Item) =>
        (dataCategory === undefined || item.dataCategory.key === dataCategory) &&
        (service === undefined || item.systems.some((system) => system.key === service))
      return sendTableReport(
        reply,
        { ...request.query, format },
        {
          file: 'retention-schedule',
          title: language.tables.retentionSchedule,
          language,
          reading,
          columns: columns(language),
          items: items(reading, organisation, wanted),
        },
        close,
      )
    },
  )
}

async function* items(reading: Reading, organisation: string | undefined, wanted: (item: Item) => boolean) {
  for await (const rows of activityBatches(reading, inForce(organisation)))
    for (const row of rows) yield* itemsOf(viewOf(row), reading.catalogue).filter(wanted)
}

const itemsOf = (activity: ActivityContent & { key: string }, catalogue: Catalogue): Item[] => {
  const name = (resource: CatalogueResource) => (entry: string) => ({
    key: entry,
    name: catalogue[resource].get(entry)?.name ?? entry,
  })
  return (activity.data ?? []).map((data, i) => {
    const period =
      data.retentionPeriod === undefined ? undefined : catalogue['retention-periods'].get(data.retentionPeriod)
    const at = `/data/${i}/retentionPeriod`
    const statement = activity.statements?.[at] ?? activity.statements?.[`/data/${i}`]
    const { startsWith, duration, criterion, disposal, routine, legalReference, statements } = period ?? {}
    return {
      dataCategory: name('data-categories')(data.dataCategory),
      activity: { key: activity.key, name: activity.name },
      organisation: name('organisations')(activity.organisation),
      dataSubjectCategories: (data.dataSubjectCategories ?? []).map(name('data-subject-categories')),
      ...(data.retentionPeriod === undefined
        ? { notStated: statement ?? { state: 'notStated' as const } }
        : { retentionPeriod: name('retention-periods')(data.retentionPeriod) }),
      ...(startsWith !== undefined && { startsWith }),
      ...(duration !== undefined && { duration }),
      ...(criterion !== undefined && { criterion }),
      ...(disposal !== undefined && { disposal }),
      ...(routine !== undefined && { routine }),
      ...(legalReference !== undefined && { legalReference }),
      ...(statements !== undefined && {
        statements: Object.fromEntries(
          Object.entries(statements).map(([pointer, statement]) => [pointer.slice(1), statement]),
        ),
      }),
      systems: (activity.services ?? []).map(name('services')),
      subprocessors: (activity.subprocessors ?? [])
        .filter(({ dataCategories }) => dataCategories === undefined || dataCategories.includes(data.dataCategory))
        .map(({ subprocessor }) => name('subprocessors')(subprocessor)),
    }
  })
}

const columns = (t: Language): TableColumn<Item>[] => [
  { heading: t.tables.dataCategory, width: 30, cell: (item) => item.dataCategory.name },
  { heading: t.labels.dataSubjects, width: 26, cell: (item) => names(item.dataSubjectCategories) },
  { heading: t.columns.activity, width: 30, cell: (item) => item.activity.name },
  { heading: t.columns.organisation, width: 26, cell: (item) => item.organisation.name },
  { heading: t.labels.retentionPeriod, width: 32, cell: (item) => item.retentionPeriod?.name ?? whyNone(item, t) },
  { heading: t.labels.startsWith, width: 30, cell: orStatement('startsWith', t) },
  { heading: t.labels.duration, width: 16, cell: orStatement('duration', t, t.duration) },
  { heading: t.labels.criterion, width: 34, cell: orStatement('criterion', t) },
  { heading: t.labels.disposal, width: 18, cell: orStatement('disposal', t, t.word) },
  { heading: t.labels.routine, width: 34, cell: orStatement('routine', t) },
  { heading: t.labels.legalReference, width: 24, cell: orStatement('legalReference', t) },
  { heading: t.labels.services, width: 26, cell: (item) => names(item.systems) },
  { heading: t.labels.subprocessors, width: 26, cell: (item) => names(item.subprocessors) },
]

type Absence = NonNullable<Item['notStated']>

const absenceText = (absence: Absence, t: Language) => stateText({ id: '', label: '', entries: [], ...absence }, t)

const whyNone = ({ notStated }: Item, t: Language) => notStated && absenceText(notStated, t)

/** A property of the period, or what the period says of it. */
const orStatement =
  (
    property: 'startsWith' | 'duration' | 'criterion' | 'disposal' | 'routine' | 'legalReference',
    t: Language,
    format: (value: string) => string = String,
  ) =>
  (item: Item): string | undefined => {
    const { [property]: value, statements } = item
    if (value !== undefined) return format(value)
    return statements?.[property] && absenceText(statements[property], t)
  }
