import type { EntryContent } from '../entries/index.ts'
import type { ImportColumn } from './columns.ts'
import { dayOf, type SlashOrder, truthOf } from './forms.ts'

/**
 * Contents as rows, and rows as contents again, without loss. An empty cell is a property that is absent; `[]` and `{}` are
 * an array and an object that are empty. A text that could be taken for JSON is written as JSON, in quotes.
 */

/** A cell as a file has it. */
export type ImportCell = string | number | boolean | undefined

/** The longest text that a cell of Excel takes. What is longer goes on in the rows below. */
const longestCell = 32_000

/** From how many characters a text may go on below: somebody may have edited the first of its pieces. */
const shortestPiece = 30_000

/** An entry as rows, each with a cell for each column. */
export const toRows = (content: EntryContent, columns: ImportColumn[]): ImportCell[][] => {
  const cells = columns.map((column) => cellsOf(content, column))
  const emptied = emptyMarks(content, columns)
  const count = Math.max(1, ...cells.map(({ length }) => length))
  return Array.from({ length: count }, (_, row) =>
    columns.map((_, i) => cells[i]![row] ?? (row === 0 ? emptied.get(i) : undefined)),
  )
}

/** The cells that a column has for a content, one below another. */
export const cellsOf = (content: EntryContent, column: ImportColumn): ImportCell[] => {
  const [first, ...rest] = column.path
  const value = content[first!]
  if (!column.array) return pieces(cell(valueAt(value, rest), column))
  return ((value ?? []) as unknown[]).map((element) => cell(valueAt(element, rest), column))
}

const pieces = (value: ImportCell): ImportCell[] => {
  if (typeof value !== 'string' || value.length <= longestCell) return [value]
  return Array.from({ length: Math.ceil(value.length / longestCell) }, (_, i) =>
    value.slice(i * longestCell, (i + 1) * longestCell),
  )
}

const valueAt = (value: unknown, path: string[]): unknown =>
  path.reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], value)

const looksLikeJson = /^["[{]/

/** What a workbook means by one character (ECMA-376, 22.9.2.19). LibreOffice reads it right and writes it wrong. */
const looksEscaped = /_(?=x[0-9A-Fa-f]{4}_)/g

const jsonOf = (value: unknown) => JSON.stringify(value).replace(looksEscaped, '\\u005f')

const cell = (value: unknown, { kind }: ImportColumn): ImportCell => {
  if (value === undefined) return undefined
  if (kind === 'json') return jsonOf(value)
  if (kind === 'list') {
    const texts = value as string[]
    const plain = texts.length > 0 && texts.every((text) => text === text.trim() && text !== '' && !/[\r\n]/.test(text))
    return plain && !looksLikeJson.test(texts[0]!) && texts.join().search(looksEscaped) === -1
      ? texts.join('\n')
      : jsonOf(texts)
  }
  if (typeof value !== 'string') return value as number | boolean
  const isPlain =
    !looksLikeJson.test(value) && value === value.trim() && !value.includes('\r') && value.search(looksEscaped) === -1
  return isPlain ? value : jsonOf(value)
}

/** Arrays and objects that are there and have nothing that a cell could show, by the first of their columns. */
const emptyMarks = (content: EntryContent, columns: ImportColumn[]): Map<number, string> => {
  const marks = new Map<number, string>()
  for (const [i, { path, array }] of columns.entries()) {
    if (array || path.length > 1) {
      const first = columns.findIndex((column) => column.path[0] === path[0])
      const value = content[path[0]!]
      if (first === i && isEmpty(value)) marks.set(i, JSON.stringify(value))
    }
  }
  return marks
}

const isEmpty = (value: unknown) =>
  Array.isArray(value)
    ? value.length === 0
    : typeof value === 'object' && value !== null && Object.keys(value).length === 0

/**
 * The content that rows of one entry have.
 * @param rows a value for each column that the file has; `columns` are those, in the order of the file
 * @param forms how what people write is understood
 * @throws SyntaxError a cell that cannot be read; its message names the column
 */
export const fromRows = (rows: ImportCell[][], columns: ImportColumn[], forms: Forms): Record<string, unknown> => {
  const content: Record<string, unknown> = {}
  for (const [i, column] of columns.entries()) {
    const cells = rows.map((row) => row[i])
    const [first, ...rest] = column.path
    if (column.array) {
      if (cells[0] === '[]') content[first!] ??= []
      else
        for (const [index, value] of cells.entries())
          if (isGiven(value)) put(element(content, first!, index), rest, parseCell(value, column, forms))
      continue
    }
    const whole = wholeOf(cells.filter(isGiven), column)
    if (whole === undefined) continue
    if (whole === '{}' && rest.length > 0) content[first!] ??= {}
    else put(content, column.path, parseCell(whole, column, forms))
  }
  return withoutHoles(content)
}

/** The one value of a column that has one for an entry, or the pieces of a long text. */
const wholeOf = (values: NonNullable<ImportCell>[], { name }: ImportColumn): ImportCell => {
  // A row whose key was forgotten would else become a part of the entry above.
  if (values.slice(0, -1).some((value) => typeof value !== 'string' || value.length < shortestPiece))
    throw new SyntaxError(
      `${name}: has a second value in the rows below, where it has one; give each entry's row its key`,
    )
  return values.length > 1 ? values.join('') : values[0]
}

/** Whether a cell says something. */
export const isGiven = (value: ImportCell): value is NonNullable<ImportCell> => value !== undefined && value !== ''

const element = (content: Record<string, unknown>, name: string, index: number): Record<string, unknown> => {
  content[name] ??= []
  const array = content[name] as Record<string, unknown>[]
  array[index] ??= {}
  return array[index]
}

const put = (target: Record<string, unknown>, [name, ...rest]: string[], value: unknown): void => {
  if (rest.length === 0) {
    target[name!] = value
    return
  }
  target[name!] ??= {}
  put(target[name!] as Record<string, unknown>, rest, value)
}

/** Rows that somebody left empty in between are no elements. */
const withoutHoles = (content: Record<string, unknown>) =>
  Object.fromEntries(
    Object.entries(content).map(([name, value]) => [name, Array.isArray(value) ? value.filter(() => true) : value]),
  )

/** How what people write is understood, and who is told of it. */
export type Forms = {
  slashOrder: SlashOrder
  /** Told what a cell was taken for that is written in another way. */
  understood(written: string, taken: string): void
}

const parseCell = (value: NonNullable<ImportCell>, { kind, name }: ImportColumn, forms: Forms): unknown => {
  if (kind === 'number')
    return typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value)) ? Number(value) : value
  if (kind === 'boolean') {
    if (typeof value === 'boolean') return value
    const truth = truthOf(String(value))
    if (truth !== undefined && String(value) !== String(truth)) forms.understood(String(value), String(truth))
    return truth ?? value
  }
  if (kind === 'date') {
    const day = dayIn(String(value), name, forms)
    if (day !== String(value)) forms.understood(String(value), day)
    return day
  }
  const text = String(value)
  if (looksLikeJson.test(text)) return parseJson(text, name)
  if (kind === 'list')
    return text
      .split(/\r?\n/)
      .map((line) => line.trim())
      .filter((line) => line !== '')
  return text
}

const dayIn = (text: string, name: string, { slashOrder }: Forms): string => {
  try {
    return dayOf(text, slashOrder)
  } catch (error) {
    throw new SyntaxError(`${name}: ${(error as Error).message}`)
  }
}

const parseJson = (text: string, name: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    throw new SyntaxError(`${name}: begins like JSON and is none; put text that begins with ", [ or { in JSON quotes`)
  }
}
