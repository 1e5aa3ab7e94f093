import { type Static, Type } from 'typebox'
import { type ActivityContent, viewOf } from '../../activities/index.ts'
import { findMoment } from '../../entries/index.ts'
import { actNamed, actNames, assessTransfer, type TransferGround, type TransferMechanism } from '../../law/index.ts'
import type { Database } from '../../platform/db/database.ts'
import { operation } from '../../platform/http/operation.ts'
import { HttpProblem } from '../../platform/http/problems.ts'
import { closed, oneOf } from '../../platform/http/schema.ts'
import type { HttpServer } from '../../platform/http/server.ts'
import { mechanismText } from '../elements/transfers.ts'
import { chooseFormat } from '../formats/choose.ts'
import {
  sendTableReport,
  type TableColumn,
  tableAnswer,
  tableFormats,
  tableReportSchema,
} from '../formats/table-report.ts'
import { chooseLanguage, type Language } from '../language/language.ts'
import { named, tableParameters } from '../parameters.ts'
import { activityBatches, inForce, openReading, type Reading } from '../reading.ts'

const TransferItem = closed(
  {
    activity: named('The activity.'),
    organisation: named('The organisation whose record it belongs to.'),
    destination: Type.String({ description: 'A country (ISO 3166-1 alpha-2) or an international organisation.' }),
    to: Type.Optional(named('To whom.')),
    through: oneOf(
      ['activity', 'subprocessor'],
      'Whether the activity says so itself, or engaging a processor brings it about.',
    ),
    article: Type.Optional(
      Type.String({ description: 'The mechanism: a provision of chapter V.', examples: ['46(2)(c)'] }),
    ),
    decision: Type.Optional(Type.String({ description: 'The decision or the set of clauses that is named.' })),
    sccModule: Type.Optional(Type.Integer({ description: 'The module of the standard contractual clauses.' })),
    state: oneOf(
      ['not-needed', 'valid', 'invalid', 'missing'],
      'What the law of the day says: no transfer in the sense of Art. 44, allowed, not allowed, or no mechanism named.',
    ),
    reason: Type.String({ description: 'Why, in the language of the report.' }),
    restsOn: Type.Optional(Type.String({ description: 'The act that makes it valid.', examples: ['(EU) 2023/1795'] })),
    documents: Type.Array(Type.String({ description: 'How a document is filed.' }), {
      description: 'What proves or assesses the safeguard.',
    }),
  },
  { description: 'A transfer of an activity in force.' },
)

type Item = Static<typeof TransferItem>

export const TransferReport = tableReportSchema(
  'TransferReport',
  'The transfers to third countries and international organisations (Art. 30(1)(e), (2)(c)), judged by the law of the day.',
  TransferItem,
  { without: Type.Optional(Type.String({ description: 'The act whose end was asked about, as it is cited.' })) },
)

/** `/v1/reports/transfers`: what goes where, by which mechanism, and what would break. */
export const transferRoutes = (app: HttpServer, { db }: { db: Database }) => {
  app.get(
    '/v1/reports/transfers',
    {
      config: { access: 'read', inThread: 'reports' },
      schema: {
        ...operation({
          operationId: 'reportTransfers',
          tag: 'Reports',
          summary: 'Transfers',
          description:
            'Each transfer of each activity in force, also those that engaging a processor brings about, and whether its mechanism ' +
            'is valid on the day. With `without` only those that rest on that act and would have no mechanism if it fell.',
          answers: tableAnswer(TransferReport, 'Transfers to third countries and international organisations'),
          problems: ['invalid-request', 'not-acceptable'],
        }),
        querystring: closed({
          ...tableParameters,
          without: Type.Optional(
            Type.String({
              maxLength: 100,
              description:
                'Only transfers that would break if this act fell: `adequacy:` with a scheme, a country or a number, or `clauses:` with a number.',
              examples: ['adequacy:US-DPF', 'adequacy:GB', 'clauses:(EU) 2021/914'],
            }),
          ),
        }),
      },
    },
    async (request, reply) => {
      const { organisation, asOf, without } = request.query
      const act = without === undefined ? undefined : namedAct(without)
      const format = chooseFormat(request, tableFormats)
      const language = chooseLanguage(request)
      const { reading, close } = await openReading(db, await findMoment(db, asOf))
      return sendTableReport(
        reply,
        { ...request.query, format },
        {
          file: 'transfers',
          title: act === undefined ? language.tables.transfers : language.tables.without(act),
          language,
          reading,
          columns: columns(language),
          items: items(reading, organisation, act, language),
          ...(act !== undefined && { more: { without: act } }),
        },
        close,
      )
    },
  )
}

const namedAct = (name: string): string => {
  const act = actNamed(name)
  if (act === undefined)
    throw new HttpProblem('invalid-request', 'The act is not known.', {
      errors: [{ pointer: '/query/without', message: `names no act; known are ${actNames().join(', ')}` }],
    })
  return act
}

async function* items(
  reading: Reading,
  organisation: string | undefined,
  without: string | undefined,
  t: Language,
): AsyncGenerator<Item> {
  for await (const rows of activityBatches(reading, inForce(organisation)))
    for (const row of rows)
      for (const item of itemsOf(viewOf(row), reading, t))
        if (without === undefined || item.restsOn === without) yield item
}

type Transfer = NonNullable<ActivityContent['transfers']>[number]

function* itemsOf(activity: ActivityContent & { key: string }, reading: Reading, t: Language): Generator<Item> {
  const { catalogue } = reading
  const about = {
    activity: { key: activity.key, name: activity.name },
    organisation: {
      key: activity.organisation,
      name: catalogue.organisations.get(activity.organisation)?.name ?? activity.organisation,
    },
  }
  for (const transfer of activity.transfers ?? [])
    yield { ...about, ...receiver(transfer, reading), through: 'activity', ...judged(transfer, reading, t) }
  for (const { subprocessor } of activity.subprocessors ?? []) {
    const company = catalogue.subprocessors.get(subprocessor)
    for (const transfer of company?.transfers ?? [])
      yield {
        ...about,
        to: { key: subprocessor, name: company!.name },
        through: 'subprocessor',
        ...judged(transfer, reading, t),
      }
  }
}

const receiver = ({ to }: Transfer, { catalogue }: Reading): Pick<Item, 'to'> => {
  if (to?.recipient)
    return { to: { key: to.recipient, name: catalogue.recipients.get(to.recipient)?.name ?? to.recipient } }
  if (to?.subprocessor)
    return { to: { key: to.subprocessor, name: catalogue.subprocessors.get(to.subprocessor)?.name ?? to.subprocessor } }
  if (to?.organisation)
    return { to: { key: to.organisation, name: catalogue.organisations.get(to.organisation)?.name ?? to.organisation } }
  return {}
}

const judged = (transfer: Omit<Transfer, 'to'>, { at }: Reading, t: Language) => {
  const { destination, mechanism, documents = [] } = transfer
  const { state, ground } = assessTransfer(transfer, at)
  const act = actOf(ground)
  return {
    destination: destination.country ?? destination.internationalOrganisation!,
    ...mechanism,
    state,
    reason: t.transferGround(ground),
    ...(state === 'valid' && act !== undefined && { restsOn: act }),
    documents: documents.map(({ kind, reference, url }) => [t.word(kind), reference, url].filter(Boolean).join(', ')),
  }
}

const actOf = (ground: TransferGround) => ('act' in ground ? ground.act : undefined)

const columns = (t: Language): TableColumn<Item>[] => [
  { heading: t.columns.activity, width: 32, cell: (item) => item.activity.name },
  { heading: t.columns.organisation, width: 26, cell: (item) => item.organisation.name },
  { heading: t.tables.destination, width: 24, cell: (item) => t.country(item.destination) },
  { heading: t.tables.to, width: 32, cell: (item) => toText(item, t) },
  {
    heading: t.labels.mechanism,
    width: 44,
    cell: ({ article, decision, sccModule }) =>
      article &&
      mechanismText(
        {
          article: article as TransferMechanism,
          ...(decision !== undefined && { decision }),
          ...(sccModule !== undefined && { sccModule }),
        },
        t,
      ),
  },
  { heading: t.tables.validity, width: 16, cell: (item) => t.tables[item.state] },
  { heading: t.labels.assessment, width: 50, cell: (item) => item.reason },
  { heading: t.labels.documents, width: 36, cell: (item) => item.documents.join('\n') },
]

const toText = ({ to, through }: Item, t: Language) =>
  to && (through === 'subprocessor' ? t.phrases.broughtAboutBy(to.name) : to.name)
