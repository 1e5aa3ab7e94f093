import { parse } from 'csv-parse/sync'
import { strFromU8, unzipSync } from 'fflate'
import readXlsxFile from 'read-excel-file/node'
import { type FieldError, HttpProblem } from '../platform/http/problems.ts'
import { invalidRequest } from '../platform/http/validation.ts'
import { mediaTypes } from '../reports/index.ts'
import type { ImportCell } from './rows.ts'

/** Rows of one resource as a file has them; the first one has the headings. */
export type FileTable = { resource: string; headings: string[]; rows: { number: number; cells: ImportCell[] }[] }

/** How much a workbook may unpack to, in bytes: a small archive can be made to fill any memory. */
const mostUnpacked = 512 * 1024 * 1024

/**
 * Reads a file into tables.
 * @throws HttpProblem 400 for what is no such file, or has no resource or key
 */
export const readFile = async (bytes: Buffer, mediaType: string): Promise<FileTable[]> =>
  mediaType === mediaTypes.csv ? readCsv(bytes) : await readXlsx(bytes)

const refuse = (message: string) => invalidRequest([{ pointer: '', message }])

const readCsv = (bytes: Buffer): FileTable[] => {
  let records: { record: string[]; info: { lines: number } }[]
  try {
    records = parse(bytes, { bom: true, relax_column_count: false, info: true, encoding: 'utf8' }) as never
  } catch (error) {
    throw refuse(`is no CSV as RFC 4180 has it: ${(error as Error).message}`)
  }
  const [head, ...body] = records.map(({ record }, i) => ({ number: i + 1, cells: record.map(unguarded) }))
  const [first, second, ...headings] = head?.cells ?? []
  if (first !== 'resource' || second !== 'key')
    throw refuse('must have the columns `resource` and `key` first, as the export of the register has')
  const groups = Map.groupBy(body, ({ cells }) => cells[0]!)
  return [...groups].map(([resource, rows]) => ({
    resource,
    headings,
    rows: rows.map(({ number, cells }) => ({ number, cells: cells.slice(1) })),
  }))
}

/** Takes away the apostrophe that an export puts before what a spreadsheet would take for a formula. */
const unguarded = (text: string) => (/^'\s*[=+\-@\t\r']/.test(text) ? text.slice(1) : text)

const readXlsx = async (bytes: Buffer): Promise<FileTable[]> => {
  try {
    let unpacked = 0
    unzipSync(bytes, {
      filter: ({ originalSize }) => {
        unpacked += originalSize
        return false
      },
    })
    if (unpacked > mostUnpacked) throw new Error('it unpacks to too much')
    const sheets = await readXlsxFile(bytes, { trim: false })
    const failed = failedFormulas(bytes)
    if (failed.length > 0) throw invalidRequest(failed)
    return sheets.map(({ sheet, data }) => tableOf(sheet, data as unknown[][]))
  } catch (error) {
    if (error instanceof HttpProblem) throw error
    throw refuse(`is no XLSX workbook that can be read: ${(error as Error).message}`)
  }
}

/** How many failed formulas are named. */
const mostNamed = 20

/** Formulas that came to an error. To the reader they are empty cells, by which an import would remove what stood there. */
const failedFormulas = (bytes: Buffer): FieldError[] => {
  const files = unzipSync(bytes, {
    filter: ({ name }) => /^xl\/(worksheets\/[^/]+\.xml|workbook\.xml|_rels\/workbook\.xml\.rels)$/.test(name),
  })
  const textOf = (name: string) => (files[name] ? strFromU8(files[name]) : '')
  const attribute = (element: string, name: string) => new RegExp(`\\b${name}="([^"]*)"`).exec(element)?.[1] ?? ''
  const targets = new Map(
    [...textOf('xl/_rels/workbook.xml.rels').matchAll(/<Relationship\b[^>]*>/g)].map(([element]) => [
      attribute(element, 'Id'),
      attribute(element, 'Target').replace(/^\/?(xl\/)?/, 'xl/'),
    ]),
  )
  return [...textOf('xl/workbook.xml').matchAll(/<sheet\b[^>]*>/g)]
    .flatMap(([sheet]) =>
      [...textOf(targets.get(attribute(sheet, 'r:id')) ?? '').matchAll(/<c\b[^>]*\bt="e"[^>]*>/g)].map(([cell]) => ({
        pointer: `/${attribute(sheet, 'name')}`,
        message: `has a formula that came to an error in cell ${attribute(cell, 'r')}; correct it, or write its value`,
      })),
    )
    .slice(0, mostNamed)
}

const tableOf = (sheet: string, [head = [], ...body]: unknown[][]): FileTable => ({
  resource: sheet,
  headings: head.slice(1).map((heading) => String(heading ?? '')),
  rows: body.map((cells, i) => ({ number: i + 2, cells: cells.map(plain) })),
})

/** A day that a spreadsheet made of `2026-03-31` becomes that again. */
const plain = (value: unknown): ImportCell => {
  if (value === null || value === undefined) return undefined
  if (value instanceof Date) return value.toISOString().slice(0, 10)
  return value as ImportCell
}
