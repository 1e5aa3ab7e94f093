import type { Components, EntryContent, Resource } from '../entries/index.ts'
import type { FieldError } from '../platform/http/problems.ts'
import { keyOptions } from '../platform/http/schema.ts'
import { invalidRequest } from '../platform/http/validation.ts'
import { columnsOf, type ImportColumn } from './columns.ts'
import { type FileTable, type ReadFile, refuse } from './file.ts'
import { type SlashOrder, slashOrderOf } from './forms.ts'
import { type Identities, identitiesOf } from './merge.ts'
import { type Forms, fromRows, type ImportCell } from './rows.ts'

/** What a file can say of a resource, and what it says by having these columns. */
export type Columns = { all: ImportColumn[]; present: ImportColumn[]; identities: Identities }

/** An entry of a file. */
export type FileEntry = {
  resource: Resource
  key: string
  /** Its first row, counted from 1. */
  row: number
  /** What its rows say, without what they leave empty. */
  given: Record<string, unknown>
  columns: Columns
  /** Why its rows cannot be read. */
  errors: FieldError[]
}

/**
 * The entries of the tables of a file.
 * @throws HttpProblem 400 for sheets, columns or keys that cannot be understood
 */
export const readEntries = (
  { tables, notices }: Pick<ReadFile, 'tables' | 'notices'>,
  resources: ReadonlyMap<string, Resource>,
  components: Components,
  isWorkbook: boolean,
): FileEntry[] => {
  const known = tables.flatMap((table) => {
    const resource = resources.get(table.resource.toLowerCase())
    if (resource) return [{ table, resource }]
    const message = `is no resource; known are ${[...resources.keys()].join(', ')}`
    // People keep notes in further sheets; a row of CSV is meant to be an entry.
    if (!isWorkbook) throw invalidRequest([{ pointer: `/${table.resource}`, message }])
    notices.push(`The sheet “${table.resource}” was left out: it ${message}.`)
    return []
  })
  if (known.length === 0) {
    const names = [...resources.keys()].join(', ')
    throw refuse(isWorkbook ? `has no sheet with the name of a resource: ${names}` : 'has no rows below its headings')
  }
  const understanding = createUnderstanding(slashOrderOf(textsOf(tables)))
  const entries = known.flatMap(({ table, resource }) => entriesOf(table, resource, components, understanding))
  notices.push(...understanding.notices())
  return entries
}

function* textsOf(tables: readonly FileTable[]): Generator<string> {
  for (const { rows } of tables)
    for (const { cells } of rows)
      for (const cell of cells) if (typeof cell === 'string' && cell.length <= 10) yield cell
}

/** Counts what was read otherwise than it stands in the file. */
const createUnderstanding = (slashOrder: SlashOrder) => {
  const counts = new Map<string, number>()
  const note = (text: string) => counts.set(text, (counts.get(text) ?? 0) + 1)
  const forms: Forms = { slashOrder, understood: (written, taken) => void note(`“${written}” was read as ${taken}`) }
  return {
    forms,
    note,
    /** At most twenty, the most frequent first. */
    notices: () =>
      [...counts]
        .sort(([, a], [, b]) => b - a)
        .slice(0, 20)
        .map(([text, count]) => (count === 1 ? `${text}.` : `${text}, ${count} times.`)),
  }
}

const entriesOf = (
  table: FileTable,
  resource: Resource,
  components: Components,
  { forms, note }: ReturnType<typeof createUnderstanding>,
): FileEntry[] => {
  const all = columnsOf(resource.Input, components)
  const byName = new Map(all.map((column) => [column.name.toLowerCase(), column]))
  const places = table.headings.flatMap((name, i) => {
    const column = byName.get(name.toLowerCase())
    return column ? [{ column, i }] : []
  })
  refuseUnknownColumns(table, byName)
  refuseRepeatedColumns(table, places)
  const present = places.map(({ column }) => column)
  const columns = { all, present, identities: identitiesOf(resource, components) }
  return group(table).map(({ key, rows }): FileEntry => {
    const cells = rows.map(({ cells }) => places.map(({ i }) => cells[i + 1]))
    for (const row of cells) noteNumbers(row, present, note)
    const entry = { resource, key, row: rows[0]!.number, columns }
    if (!isKey(key)) return { ...entry, given: {}, errors: [noKey] }
    try {
      return { ...entry, given: fromRows(cells, present, forms), errors: [] }
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error
      return { ...entry, given: {}, errors: [{ pointer: '', message: error.message }] }
    }
  })
}

const isKey = (key: string) => key.length <= keyOptions.maxLength && new RegExp(keyOptions.pattern).test(key)
const noKey = {
  pointer: '/key',
  message: 'is no key: it has small letters, digits and single hyphens, as `news-letter`, and at most 100 of them',
}

/** A spreadsheet makes 7 of what was typed as 007, and nobody can tell afterwards. */
const noteNumbers = (row: ImportCell[], columns: ImportColumn[], note: (text: string) => void) => {
  for (const [i, cell] of row.entries())
    if (typeof cell === 'number' && columns[i]!.kind !== 'number')
      note(`A cell of the text column \`${columns[i]!.name}\` is a number; if it was typed as 007, it has become 7`)
}

/** A file of all resources has columns that are none of this one; with something in it such a column is a mistake. */
const refuseUnknownColumns = ({ resource, headings, rows }: FileTable, known: ReadonlyMap<string, unknown>) => {
  const unknown = headings.flatMap((name, i) => {
    if (known.has(name.toLowerCase())) return []
    const filled = rows.find(({ cells }) => cells[i + 1] !== undefined && cells[i + 1] !== '')
    const message = `is no column of \`${resource}\`, and has a value in row ${filled?.number}`
    return filled ? [{ pointer: `/${resource}/${name}`, message }] : []
  })
  if (unknown.length > 0) throw invalidRequest(unknown)
}

const refuseRepeatedColumns = ({ resource }: FileTable, places: { column: ImportColumn }[]) => {
  const seen = new Set<string>()
  for (const { column } of places) {
    if (seen.has(column.name))
      throw invalidRequest([{ pointer: `/${resource}/${column.name}`, message: 'stands twice among the headings' }])
    seen.add(column.name)
  }
}

/** Rows of one entry stand below one another; their key is repeated or left empty. */
const group = ({ resource, rows }: FileTable) => {
  const groups: { key: string; rows: FileTable['rows'] }[] = []
  const keys = new Set<string>()
  for (const row of rows) {
    if (row.cells.every((cell) => cell === undefined || cell === '')) continue
    const key = String(row.cells[0] ?? '').trim()
    const last = groups.at(-1)
    if (last && (key === '' || key === last.key)) {
      last.rows.push(row)
      continue
    }
    if (key === '') throw invalidRequest([{ pointer: `/${resource}`, message: `has no key in row ${row.number}` }])
    if (keys.has(key)) {
      const message = `stands twice, again in row ${row.number}; put its rows below one another`
      throw invalidRequest([{ pointer: `/${resource}/${key}`, message }])
    }
    keys.add(key)
    groups.push({ key, rows: [row] })
  }
  return groups
}

/** What the content of an entry is taken for, as long as it is not known what stands. */
export const contentIn = ({ given }: FileEntry): EntryContent => given as EntryContent
