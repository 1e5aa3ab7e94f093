import { isUtf8 } from 'node:buffer'
import { strFromU8, unzipSync } from 'fflate'
import readXlsxFile from 'read-excel-file/node'
import { type FieldError, HttpProblem } from '../platform/http/problems.ts'
import { invalidRequest } from '../platform/http/validation.ts'
import { type FileTable, mostColumns, mostRows, type ReadFile, refuse } from './file.ts'
import type { ImportCell } from './rows.ts'

/** How much a workbook may unpack to, in bytes: a small archive can be made to fill any memory. */
const mostUnpacked = 256 * 1024 * 1024

/** How long a cell may be in a sheet's XML, in characters: Excel takes 32,767, each of which may be an entity. */
const longestCell = 250_000

/**
 * Reads a workbook (ECMA-376). It is measured before it is read: its reader makes a place for every cell up to the last one.
 * @throws HttpProblem 400 for what cannot be read
 */
export const readXlsx = async (bytes: Buffer): Promise<ReadFile> => {
  try {
    const sheets = unpackSheets(bytes)
    for (const sheet of sheets) measure(sheet)
    const failed = failedFormulas(sheets)
    if (failed.length > 0) throw invalidRequest(failed)
    const read = await readXlsxFile(bytes, { trim: false })
    return { tables: read.map(({ sheet, data }) => tableOf(sheet, data as unknown[][])), understood: {}, notices: [] }
  } catch (error) {
    if (error instanceof HttpProblem) throw error
    throw refuse(`is no XLSX workbook that can be read: ${(error as Error).message}`)
  }
}

type Sheet = { name: string; xml: string }

const unpackSheets = (bytes: Buffer): Sheet[] => {
  let unpacked = 0
  const files = unzipSync(bytes, {
    filter: ({ name, originalSize }) => {
      unpacked += originalSize
      if (unpacked > mostUnpacked) throw new Error('it unpacks to too much')
      return /^xl\/(worksheets\/[^/]+\.xml|workbook\.xml|sharedStrings\.xml|_rels\/workbook\.xml\.rels)$/.test(name)
    },
  })
  for (const [name, file] of Object.entries(files))
    if (!isUtf8(file)) throw refuse(`is no workbook as programs write them: ${name} in it is not UTF-8`)
  const textOf = (name: string) => (files[name] ? strFromU8(files[name]) : '')
  if (longestBetween(textOf('xl/sharedStrings.xml'), '</si>') > longestCell) throw tooLong
  const targets = new Map(
    [...textOf('xl/_rels/workbook.xml.rels').matchAll(/<Relationship\b[^>]*>/g)].map(([element]) => [
      attribute(element, 'Id'),
      attribute(element, 'Target').replace(/^\/?(xl\/)?/, 'xl/'),
    ]),
  )
  return [...textOf('xl/workbook.xml').matchAll(/<sheet\b[^>]*>/g)].map(([sheet]) => ({
    name: attribute(sheet, 'name'),
    xml: textOf(targets.get(attribute(sheet, 'r:id')) ?? ''),
  }))
}

const attribute = (element: string, name: string) => new RegExp(`\\b${name}="([^"]*)"`).exec(element)?.[1] ?? ''

const tooLong = refuse('has a cell that is longer than Excel allows (32,767 characters)')

const longestBetween = (xml: string, end: string): number => {
  let longest = 0
  for (let from = 0, at = xml.indexOf(end); at !== -1; from = at, at = xml.indexOf(end, at + 1))
    longest = Math.max(longest, at - from)
  return longest
}

/** Refuses a sheet with more rows or columns than a register has, such as a stray cell in its far corner. */
const measure = ({ name, xml }: Sheet): void => {
  if (longestBetween(xml, '</c>') > longestCell) throw tooLong
  for (const [, column, row] of xml.matchAll(/<c\b[^>]*?\br="([A-Z]{1,3})(\d{1,7})"/g))
    if (Number(row) > mostRows || columnNumber(column!) > mostColumns)
      throw invalidRequest([
        {
          pointer: `/${name}`,
          message: `has something in cell ${column}${row}, beyond ${mostRows} rows and ${mostColumns} columns; delete the empty rows and columns around it`,
        },
      ])
}

const columnNumber = (letters: string) => [...letters].reduce((n, letter) => n * 26 + letter.charCodeAt(0) - 64, 0)

/** How many failed formulas are named. */
const mostNamed = 20

/** Formulas that came to an error. To the reader they are empty cells, by which an import would remove what stood there. */
const failedFormulas = (sheets: readonly Sheet[]): FieldError[] =>
  sheets
    .flatMap(({ name, xml }) =>
      [...xml.matchAll(/<c\b[^>]*\bt="e"[^>]*>/g)].map(([cell]) => ({
        pointer: `/${name}`,
        message: `has a formula that came to an error in cell ${attribute(cell, 'r')}; correct it, or write its value`,
      })),
    )
    .slice(0, mostNamed)

const tableOf = (sheet: string, [head = [], ...body]: unknown[][]): FileTable => ({
  resource: sheet,
  headings: head.slice(1).map((heading) => String(heading ?? '').trim()),
  rows: body.map((cells, i) => ({ number: i + 2, cells: cells.map(plain) })),
})

/** A day that a spreadsheet made of `2026-03-31` becomes that again. */
const plain = (value: unknown): ImportCell => {
  if (value === null || value === undefined) return undefined
  if (value instanceof Date) return value.toISOString().slice(0, 10)
  return value as ImportCell
}
