import { Type } from 'typebox'
import { findMoment } from '../../entries/index.ts'
import type { TransferMechanism } from '../../law/index.ts'
import type { Database } from '../../platform/db/database.ts'
import { operation } from '../../platform/http/operation.ts'
import { closed } from '../../platform/http/schema.ts'
import type { HttpServer } from '../../platform/http/server.ts'
import type { Table } from '../../platform/tables/table.ts'
import { mechanismText } from '../elements/transfers.ts'
import { chooseFormat } from '../formats/choose.ts'
import {
  sendTableReport,
  type TableColumn,
  tableAnswer,
  tableFormats,
  tableReportSchema,
} from '../formats/table-report.ts'
import { chooseLanguage, type LabelId, type Language } from '../language/language.ts'
import { names, tableParameters } from '../parameters.ts'
import { openReading } from '../reading.ts'
import { compareLists, listSubprocessors, SubprocessorChange, SubprocessorItem } from './list.ts'

export const SubprocessorList = tableReportSchema(
  'SubprocessorReport',
  'The processors that activities in force engage, as they are made public.',
  SubprocessorItem,
  {
    changes: Type.Optional(
      Type.Array(SubprocessorChange, { description: 'What changed since `changedSince`; absent: not asked for.' }),
    ),
  },
)

/** `/v1/reports/subprocessors`: the public list. */
export const subprocessorListRoutes = (app: HttpServer, { db }: { db: Database }) => {
  app.get(
    '/v1/reports/subprocessors',
    {
      config: { access: 'read', inThread: 'reports' },
      schema: {
        ...operation({
          operationId: 'reportSubprocessors',
          tag: 'Reports',
          summary: 'List of processors',
          description:
            'Each company that activities in force engage: what it does, who engages it, where, with which safeguard, since when. ' +
            'It has neither contracts nor contact persons, so that the page can be published as it is.',
          answers: tableAnswer(SubprocessorList, 'List of processors'),
          problems: ['invalid-request', 'not-acceptable'],
        }),
        querystring: closed({
          ...tableParameters,
          changedSince: Type.Optional({
            ...tableParameters.asOf,
            description: 'Also says what changed since this moment: RFC 3339, or a date, meaning the end of that day.',
          } as typeof tableParameters.asOf),
        }),
      },
    },
    async (request, reply) => {
      const { organisation, asOf, changedSince } = request.query
      const format = chooseFormat(request, tableFormats)
      const t = chooseLanguage(request)
      const { reading, close } = await openReading(db, await findMoment(db, asOf))
      try {
        const items = await listSubprocessors(reading, organisation)
        const changes =
          changedSince === undefined ? undefined : compareLists(await formerList(db, changedSince, organisation), items)
        return sendTableReport(
          reply,
          { ...request.query, format },
          {
            file: 'subprocessors',
            title: t.tables.subprocessors,
            language: t,
            reading,
            columns: columns(t),
            items,
            ...(changes && { more: { changes }, further: [changesTable(changes, changedSince!, t)] }),
          },
          close,
        )
      } catch (error) {
        await close()
        throw error
      }
    },
  )
}

const formerList = async (db: Database, since: string, organisation: string | undefined) => {
  const { reading, close } = await openReading(db, await findMoment(db, since, '/query/changedSince'))
  try {
    return await listSubprocessors(reading, organisation)
  } finally {
    await close()
  }
}

/** What is known to be unknown is said, not left out. */
const orStatement =
  (property: string, value: (item: SubprocessorItem) => string | undefined, t: Language) => (item: SubprocessorItem) =>
    value(item) ||
    (item.statements[property] !== undefined ? `${t.states.unknown}: ${item.statements[property]}` : undefined)

const columns = (t: Language): TableColumn<SubprocessorItem>[] => [
  { heading: t.columns.name, width: 30, cell: (item) => item.name },
  { heading: t.labels.processing, width: 44, cell: orStatement('processing', (item) => item.processing, t) },
  {
    heading: t.labels.country,
    width: 22,
    cell: orStatement('country', (item) => item.country && t.country(item.country), t),
  },
  {
    heading: t.labels.processingCountries,
    width: 26,
    cell: orStatement('processingCountries', (item) => item.processingCountries.map(t.country).join('\n'), t),
  },
  { heading: t.labels.safeguards, width: 50, cell: orStatement('transfers', (item) => safeguards(item, t), t) },
  { heading: t.labels.engagedBy, width: 26, cell: (item) => names(item.engagedBy) || t.phrases.organisationItself },
  {
    heading: t.labels.engagedSince,
    width: 18,
    cell: (item) =>
      item.engagedSince === undefined
        ? orStatement('engagedSince', () => undefined, t)(item)
        : { date: item.engagedSince },
  },
  { heading: t.columns.usedIn, width: 40, cell: (item) => names(item.activities) },
]

const safeguards = ({ transfers }: SubprocessorItem, t: Language) =>
  transfers
    .map(({ destination, article, decision, state }) => {
      const mechanism =
        article &&
        mechanismText({ article: article as TransferMechanism, ...(decision !== undefined && { decision }) }, t)
      return [t.country(destination), mechanism, t.tables[state]].filter(Boolean).join(': ')
    })
    .join('\n')

const changesTable = (changes: SubprocessorChange[], since: string, t: Language): Table => ({
  name: t.tables.changesSince(t.date(since.slice(0, 10))),
  columns: [
    { heading: t.tables.change, width: 18 },
    { heading: t.columns.name, width: 36 },
    { heading: t.columns.description, width: 60 },
  ],
  rows: changes.map(({ change, name, properties }) => [
    t.tables[change],
    name,
    properties.map((property) => t.labels[property as LabelId] ?? t.columns[property as 'name'] ?? property).join(', '),
  ]),
})
