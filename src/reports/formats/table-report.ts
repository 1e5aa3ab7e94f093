import type { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import { type TSchema, Type } from 'typebox'
import { html, webAddress } from '../../platform/http/html.ts'
import type { Answer } from '../../platform/http/operation.ts'
import { binary, closed, ref } from '../../platform/http/schema.ts'
import { type CsvOptions, renderCsv } from '../../platform/tables/csv.ts'
import { type Cell, type Column, cellText, isLink, type Table } from '../../platform/tables/table.ts'
import { renderXlsx } from '../../platform/tables/xlsx.ts'
import { textStream } from '../../platform/text-stream.ts'
import type { Language } from '../language/language.ts'
import type { Reading } from '../reading.ts'
import { mediaTypes } from './choose.ts'
import { pageHead } from './page.ts'

/** Reports that are one table: JSON has the items as they are, the other formats a row an item. */

export const tableFormats = ['json', 'csv', 'xlsx', 'html'] as const
export type TableFormat = (typeof tableFormats)[number]

export type TableColumn<T> = Column & { cell(item: T): Cell }

export type TableReport<T> = {
  /** Name of the file, without its ending. */
  file: string
  title: string
  language: Language
  reading: Reading
  columns: TableColumn<T>[]
  items: Iterable<T> | AsyncIterable<T>
  /** Members of the JSON beside the items. */
  more?: Record<string, unknown>
  /** Sheets, or tables of the page, that come after the items. */
  further?: Table[]
}

/** The schema of such a report in JSON. */
export const tableReportSchema = (
  $id: string,
  description: string,
  item: TSchema,
  more: Record<string, TSchema> = {},
) =>
  closed(
    {
      title: Type.String({ description: 'Title of the report.' }),
      language: Type.String({ description: 'The language of all but what was recorded (BCP 47).', examples: ['en'] }),
      registerVersion: Type.Integer({ description: 'The version of the register that it was made from.' }),
      generatedAt: Type.String({ format: 'date-time', description: 'When it was made (RFC 3339, UTC).' }),
      asOf: Type.Optional(
        Type.String({
          format: 'date-time',
          description: 'The moment whose register and law it shows; absent: when it was made.',
        }),
      ),
      ...more,
      items: Type.Array(item, { description: 'The rows of the report.' }),
    },
    { $id, description },
  )

/** What the contract says of the formats other than JSON. */
export const tableAnswers = {
  'text/csv': { schema: Type.String({ description: 'A row an item (RFC 4180).' }), example: 'Key,Name\r\n' },
  [mediaTypes.xlsx]: { schema: binary('A workbook.'), example: 'PK…' },
  'text/html': {
    schema: Type.String({ description: 'A page for the screen and for print.' }),
    example: '<!doctype html>',
  },
}

/**
 * What the contract says of the answer.
 * @param items an example of the items
 */
export const tableAnswer = (
  schema: Parameters<typeof ref>[0],
  title: string,
  items: readonly unknown[] = [],
): Record<200, Answer> => {
  const example = { title, language: 'en', registerVersion: 128, generatedAt: '2026-11-24T08:00:00.000Z', items }
  return {
    200: {
      description: 'The report, in the format that was asked for.',
      content: { 'application/json': { schema: ref(schema), example }, ...tableAnswers },
    },
  }
}

/** Sends a report while it is made, as a query with `tableParameters` asks for it, and closes what it is made from when the last piece is sent or nobody reads on. */
export const sendTableReport = <T>(
  reply: FastifyReply,
  { format, ...csv }: { format: TableFormat } & CsvOptions,
  report: TableReport<T>,
  close: () => Promise<void>,
) => {
  const { reading, language, file } = report
  const output = renderers[format](report as TableReport<unknown>, csv)
  output.once('close', () => void close())
  reply
    .header('register-version', reading.registerVersion)
    .header('vary', 'Accept, Accept-Language')
    .header('content-language', language.code)
    .type(mediaTypes[format] + (format === 'xlsx' ? '' : '; charset=utf-8'))
  if (format === 'html') reply.header('content-security-policy', pageHead.policy).header('cache-control', 'no-store')
  else if (format !== 'json') reply.header('content-disposition', `attachment; filename="${file}.${format}"`)
  return reply.send(output)
}

const renderers: Record<TableFormat, (report: TableReport<unknown>, csv: CsvOptions) => Readable> = {
  json: (report) => textStream(renderJson(report)),
  csv: (report, csv) => textStream(renderCsv(tableOf(report), csv)),
  xlsx: (report) =>
    renderXlsx({
      title: report.title,
      language: report.language.code,
      footer: momentText(report),
      page: report.language.report.page,
      cut: report.language.report.cut,
      sheets: [tableOf(report), ...(report.further ?? [])],
    }),
  html: (report) => textStream(renderHtml(report)),
}

const tableOf = <T>({ title, columns, items }: TableReport<T>): Table => ({
  name: title,
  columns,
  rows: rows(columns, items),
})

async function* rows<T>(columns: TableColumn<T>[], items: TableReport<T>['items']): AsyncGenerator<Cell[]> {
  for await (const item of items) yield columns.map(({ cell }) => cell(item))
}

async function* renderJson({ title, language, reading, items, more }: TableReport<unknown>): AsyncGenerator<string> {
  const { registerVersion, moment } = reading
  const head = {
    title,
    language: language.code,
    registerVersion,
    generatedAt: new Date().toISOString(),
    asOf: moment?.asOf,
  }
  yield `${JSON.stringify({ ...head, ...more }).slice(0, -1)},"items":[`
  let separator = ''
  for await (const item of items) {
    yield separator + JSON.stringify(item)
    separator = ','
  }
  yield ']}'
}

const momentText = ({ language: t, reading: { moment, registerVersion } }: TableReport<unknown>) =>
  t.report.asRecorded(t.moment(moment?.asOf ?? new Date().toISOString()), t.number(registerVersion))

async function* renderHtml(report: TableReport<unknown>): AsyncGenerator<string> {
  const { title, language: t, further = [] } = report
  yield pageHead.render(title, t.code)
  yield String(html`<header><h1>${title}</h1><p class="lead">${momentText(report)}</p></header><main>`)
  yield* htmlTable(tableOf(report), t)
  for (const table of further) {
    yield String(html`<h2>${table.name}</h2>`)
    yield* htmlTable(table, t)
  }
  yield '</main></body></html>\n'
}

async function* htmlTable({ columns, rows }: Table, t: Language): AsyncGenerator<string> {
  yield String(
    html`<div class="table"><table><thead><tr>${columns.map(({ heading }) => html`<th scope="col">${heading}</th>`)}</tr></thead><tbody>`,
  )
  let empty = true
  for await (const row of rows) {
    empty = false
    yield `${html`<tr>${row.map((cell) => html`<td>${htmlCell(cell, t)}</td>`)}</tr>`}\n`
  }
  if (empty) yield String(html`<tr><td colspan="${columns.length}">${t.tables.nothing}</td></tr>`)
  yield '</tbody></table></div>'
}

const htmlCell = (cell: Cell, t: Language) => {
  if (isLink(cell) && 'url' in cell.link) {
    const address = webAddress(cell.link.url)
    if (address) return html`<a href="${address}" rel="noopener noreferrer">${cell.text}</a>`
  }
  return typeof cell === 'object' && 'date' in cell ? t.date(cell.date) : cellText(cell)
}
