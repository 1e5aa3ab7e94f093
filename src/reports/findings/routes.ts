import type { FastifyReply } from 'fastify'
import { Type } from 'typebox'
import { activityResourceName, exampleFinding, Finding, findingsOfEach, roles, viewOf } from '../../activities/index.ts'
import { asOfParameter, findMoment, key, listEntries } from '../../entries/index.ts'
import type { Database } from '../../platform/db/database.ts'
import { decodeCursor, encodeCursor } from '../../platform/http/cursor.ts'
import { json, jsonType, operation } from '../../platform/http/operation.ts'
import { closed, oneOf, ref } from '../../platform/http/schema.ts'
import type { HttpServer } from '../../platform/http/server.ts'
import { type CsvOptions, csvParameters } from '../../platform/tables/csv.ts'
import { chooseFormat, formatParameter } from '../formats/choose.ts'
import { sendTableReport, type TableFormat, tableAnswers, tableFormats } from '../formats/table-report.ts'
import { chooseLanguage, languageParameter } from '../language/language.ts'
import { openReading } from '../reading.ts'
import { type FindingFilter, findingColumns, findingRows, isWanted, ownerOf, summarised } from './table.ts'

export const FindingsReport = closed(
  {
    items: Type.Array(
      closed(
        {
          key: key('The activity.'),
          name: Type.String({ description: 'Its name.' }),
          role: oneOf(roles, 'The role in which the organisation acts.'),
          organisation: key('The organisation whose record it belongs to.', 'example-hosting'),
          findings: Type.Array(ref(Finding), { description: 'What the rules found in it.' }),
        },
        { description: 'One activity with its findings.' },
      ),
      { description: 'The activities in force, ordered by key, also those without findings.' },
    ),
    nextCursor: Type.Union([Type.String(), Type.Null()], {
      description: 'Where the report goes on; null: it ends here.',
    }),
  },
  { $id: 'FindingsReport', description: 'A page of the findings of the register.' },
)

const example = {
  items: [
    {
      key: 'newsletter',
      name: 'Newsletter',
      role: 'controller',
      organisation: 'example-hosting',
      findings: [exampleFinding],
    },
  ],
  nextCursor: null,
}

/** `/v1/reports/findings`: what is missing or inconsistent, over the whole register. */
export const findingsRoutes = (app: HttpServer, { db }: { db: Database }) => {
  const sendTable = async (
    request: Parameters<typeof chooseLanguage>[0],
    reply: FastifyReply,
    output: { format: TableFormat } & CsvOptions,
    { asOf, ...filter }: FindingFilter & { asOf?: string },
  ) => {
    const t = chooseLanguage(request)
    const { reading, close } = await openReading(db, await findMoment(db, asOf))
    const { rows, summary } = summarised(findingRows(reading, filter), t)
    const report = { file: 'findings', title: t.tables.findings, language: t, reading }
    return sendTableReport(
      reply,
      output,
      { ...report, columns: findingColumns(t), items: rows, further: [summary] },
      close,
    )
  }

  app.get(
    '/v1/reports/findings',
    {
      config: { access: 'read', inThread: 'reports' },
      schema: {
        ...operation({
          operationId: 'reportFindings',
          tag: 'Reports',
          summary: 'Findings of the register',
          description:
            'Says what the rules find in each activity in force, by the law valid then. JSON comes in pages of activities; the other ' +
            'formats are whole, a row a finding, with sums by severity, provision, organisation and owner.',
          answers: {
            200: {
              description: 'A page of the report, or the whole of it.',
              content: { ...json('', ref(FindingsReport), example).content, ...tableAnswers },
            },
            304: { description: 'The page is the one that `If-None-Match` names.' },
          },
          problems: ['invalid-request', 'not-acceptable'],
        }),
        querystring: closed({
          limit: Type.Integer({
            minimum: 1,
            maximum: 200,
            default: 50,
            description: 'How many activities a page has.',
          }),
          cursor: Type.Optional(Type.String({ maxLength: 500, description: 'The `nextCursor` of the page before.' })),
          organisation: Type.Optional(key('Activities that name this organisation.', 'example-hosting')),
          ...asOfParameter,
          severity: Type.Optional(oneOf(['error', 'warning', 'info'], 'Findings of this severity alone.')),
          article: Type.Optional(
            Type.String({
              pattern: '^\\d+(\\(\\d+\\))?(\\([a-z]\\))?$',
              description: 'Findings of this provision alone, or of any part of it.',
              examples: ['30', '30(1)(b)'],
            }),
          ),
          owner: Type.Optional(
            Type.String({
              minLength: 1,
              maxLength: 200,
              description: 'Activities that this unit or person answers for.',
            }),
          ),
          ...languageParameter,
          ...formatParameter(tableFormats),
          ...csvParameters,
        }),
      },
    },
    async (request, reply) => {
      const { limit, cursor, language: _, format: __, delimiter, bom, ...filter } = request.query
      const format = chooseFormat(request, tableFormats)
      if (format !== 'json') return sendTable(request, reply, { format, delimiter, bom }, filter)
      const moment = await findMoment(db, filter.asOf)
      const references = filter.organisation ? [{ resource: 'organisations', key: filter.organisation }] : []
      const list = {
        resource: activityResourceName,
        status: 'in-force' as const,
        q: undefined,
        facets: [],
        references,
        conditions: [],
      }
      const after = cursor === undefined ? undefined : decodeCursor(cursor, filter)
      const { registerVersion, result: rows } = await listEntries(db, list, after, limit + 1, moment)
      const page = rows.slice(0, limit)
      const found = await findingsOfEach(db, page, moment)
      const items = page.flatMap((row, index) => {
        const activity = viewOf(row)
        const { key, name, role, organisation } = activity
        if (filter.owner !== undefined && ownerOf(activity) !== filter.owner) return []
        return [
          { key, name, role, organisation, findings: found[index]!.filter((finding) => isWanted(finding, filter)) },
        ]
      })
      const nextCursor = rows.length > limit ? encodeCursor(page.at(-1)!.key, filter) : null
      return reply
        .header('register-version', registerVersion)
        .type(jsonType)
        .send(JSON.stringify({ items, nextCursor }))
    },
  )
}
