import { expect, test } from '@jest/globals'
import { parse } from 'csv-parse/sync'
import exceljs from 'exceljs'
import fc from 'fast-check'
import { renderCsv } from '../../../src/platform/tables/csv.ts'
import type { Cell } from '../../../src/platform/tables/table.ts'
import { renderXlsx } from '../../../src/platform/tables/xlsx.ts'

/** Every text comes out of a table as it went in, for readers that are not ours. */

const columns = ['one', 'two', 'three'].map((heading) => ({ heading, width: 20, text: true }))

const awkward = [
  'a\nb',
  'a\rb',
  'a\r\nb',
  '\n',
  '"',
  '""',
  'a,b;c\td',
  '_x0020_',
  'Date_x0020_of_x0020_Birth',
  '_x005F_x0020_',
  '007',
  '1E5',
  'TRUE',
  '2026-03-31',
  'Ünïcode 計算 العربية 😀',
  '<&>"',
  ' leading',
  'trailing ',
  'NULL',
  '#N/A',
]
const text = fc.oneof(
  fc.constantFrom(...awkward),
  fc.string({ unit: 'grapheme', maxLength: 30 }).filter((each) => each.isWellFormed() && !each.includes('\0')),
)
const rows = fc.array(fc.tuple(text, text, text), { minLength: 1, maxLength: 8 })

const csvOf = async (rows: Cell[][], delimiter: 'comma' | 'semicolon' | 'tab') => {
  let csv = ''
  for await (const line of renderCsv({ columns, rows }, { delimiter })) csv += line
  return csv
}
/** The guard against formulas is a part of the text for others. */
const unguarded = (cell: string) => (/^'\s*[=+\-@\t\r']/.test(cell) ? cell.slice(1) : cell)

test('CSV, read by csv-parse', async () => {
  await fc.assert(
    fc.asyncProperty(rows, fc.constantFrom('comma', 'semicolon', 'tab'), async (rows, delimiter) => {
      const separator = { comma: ',', semicolon: ';', tab: '\t' }[delimiter]
      const [head, ...read] = parse(await csvOf(rows, delimiter), { delimiter: separator }) as string[][]
      expect(head).toEqual(['one', 'two', 'three'])
      expect(read.map((row) => row.map(unguarded))).toEqual(rows)
    }),
    { numRuns: 200 },
  )
})

/** exceljs leaves this to the caller in strings that stand in their cells (ECMA-376, 22.9.2.19). */
const decoded = (cell: string) =>
  cell.replaceAll(/_x([0-9A-F]{4})_/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))

test('XLSX, read by exceljs', async () => {
  const given = fc.sample(rows, 60).flat()
  const chunks: Buffer[] = []
  const workbook = {
    title: 'T',
    language: 'en',
    footer: 'T',
    page: 'Page',
    cut: '…',
    sheets: [{ name: 'T', columns, rows: given }],
  }
  for await (const chunk of renderXlsx(workbook)) chunks.push(chunk)
  const read = new exceljs.Workbook()
  await read.xlsx.load(Buffer.concat(chunks) as never)
  const sheet = read.worksheets[0]!
  expect(sheet.rowCount).toBe(given.length + 1)
  for (const [index, row] of given.entries())
    for (const [column, value] of row.entries()) {
      const cell = sheet.getRow(index + 2).getCell(column + 1)
      expect(decoded(String(cell.value ?? ''))).toBe(value)
      if (value !== '') expect(cell.numFmt).toBe('@')
    }
})
