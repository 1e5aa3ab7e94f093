import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import { importedEntry } from '../activities/index.ts'
import {
  type Author,
  type Components,
  contentOf,
  type EntryContent,
  inReferenceOrder,
  type Resource,
  type ValidateEntry,
  type Written,
  writeEntries,
} from '../entries/index.ts'
import { type Database, inTransaction, type Transaction } from '../platform/db/database.ts'
import { type FieldError, HttpProblem } from '../platform/http/problems.ts'
import { invalidRequest } from '../platform/http/validation.ts'
import { columnsOf } from './columns.ts'
import type { FileTable } from './read-file.ts'
import { fromRows } from './rows.ts'

export type ImportRow = {
  resource: string
  key: string
  /** The first row of the entry in its sheet or file, counted from 1. */
  row: number
  outcome: 'created' | 'changed' | 'unchanged' | 'refused'
  errors: FieldError[]
}

export type ImportReport = {
  id: string
  createdAt: string
  dryRun: boolean
  /** `would-apply`: a dry run that found nothing to refuse. */
  status: 'applied' | 'would-apply' | 'refused'
  created: number
  changed: number
  unchanged: number
  refused: number
  rows: ImportRow[]
}

/** An entry of a file. */
type FileEntry = { resource: Resource; key: string; row: number; content: EntryContent; errors: FieldError[] }

export type ImportDependencies = {
  db: Database
  resources: ReadonlyMap<string, Resource>
  components: Components
  validate: ValidateEntry
}

/**
 * Imports the entries of a file, all of them or none: what one would be refused for leaves nothing of the others behind.
 * @param file its bytes, for the record of what was imported
 * @throws HttpProblem 400 for sheets, columns or keys that cannot be understood
 */
export const importTables = async (
  dependencies: ImportDependencies,
  tables: FileTable[],
  author: Author,
  file: { bytes: Buffer; mediaType: string },
  dryRun: boolean,
): Promise<ImportReport> => {
  const { db, resources } = dependencies
  const entries = inReferenceOrder(readEntries(dependencies, tables), resources, ({ errors }) => errors.length === 0)
  try {
    return await inTransaction(db, async (transaction) => {
      const rows = await importEntries(transaction, entries, author)
      if (dryRun || rows.some(({ outcome }) => outcome === 'refused')) throw new Undone(rows)
      return await keep(transaction, author, file, dryRun, rows)
    })
  } catch (error) {
    if (!(error instanceof Undone)) throw error
    return await keep(db, author, file, dryRun, error.rows)
  }
}

/** Thrown to undo what was only tried. */
class Undone extends Error {
  readonly rows: ImportRow[]
  constructor(rows: ImportRow[]) {
    super('Only tried.')
    this.rows = rows
  }
}

const readEntries = ({ resources, components, validate }: ImportDependencies, tables: FileTable[]): FileEntry[] =>
  tables.flatMap((table) => {
    const resource = resources.get(table.resource)
    if (!resource)
      throw invalidRequest([
        { pointer: `/${table.resource}`, message: `is no resource; known are ${[...resources.keys()].join(', ')}` },
      ])
    const known = columnsOf(resource.Input, components)
    const places = table.headings.flatMap((name, i) => {
      const column = known.find((each) => each.name === name)
      return column ? [{ column, i }] : []
    })
    refuseUnknownColumns(table, known)
    return group(table).map(({ key, rows }): FileEntry => {
      const { number } = rows[0]!
      try {
        const body = fromRows(
          rows.map(({ cells }) => places.map(({ i }) => cells[i + 1])),
          places.map(({ column }) => column),
        )
        const errors = validate(resource, { ...body, key })
        return { resource, key, row: number, content: contentOf(body, key), errors }
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error
        return { resource, key, row: number, content: { name: '' }, errors: [{ pointer: '', message: error.message }] }
      }
    })
  })

/** A file of all resources has columns that are none of this one; with something in it such a column is a mistake. */
const refuseUnknownColumns = ({ resource, headings, rows }: FileTable, known: { name: string }[]) => {
  const unknown = headings.flatMap((name, i) => {
    const filled = rows.find(({ cells }) => cells[i + 1] !== undefined && cells[i + 1] !== '')
    return known.some((each) => each.name === name) || !filled
      ? []
      : [
          {
            pointer: `/${resource}/${name}`,
            message: `is no column of \`${resource}\`, and has a value in row ${filled.number}`,
          },
        ]
  })
  if (unknown.length > 0) throw invalidRequest(unknown)
}

/** Rows of one entry stand below one another; their key is repeated or left empty. */
const group = ({ resource, rows }: FileTable) => {
  const groups: { key: string; rows: FileTable['rows'] }[] = []
  for (const row of rows) {
    if (row.cells.every((cell) => cell === undefined || cell === '')) continue
    const key = String(row.cells[0] ?? '')
    const last = groups.at(-1)
    if (last && (key === '' || key === last.key)) last.rows.push(row)
    else if (key === '') throw invalidRequest([{ pointer: `/${resource}`, message: `has no key in row ${row.number}` }])
    else groups.push({ key, rows: [row] })
  }
  const twice = groups.find(({ key }, i) => groups.findIndex((other) => other.key === key) !== i)
  if (twice)
    throw invalidRequest([
      {
        pointer: `/${resource}/${twice.key}`,
        message: `stands twice, again in row ${twice.rows[0]!.number}; put its rows below one another`,
      },
    ])
  return groups
}

/** How many entries are written at once. */
const batch = 250

const importEntries = async (db: Transaction, entries: FileEntry[], author: Author): Promise<ImportRow[]> => {
  const rows: ImportRow[] = []
  for (let from = 0; from < entries.length; from += batch) {
    const part = entries.slice(from, from + batch)
    const valid = part.filter(({ errors }) => errors.length === 0)
    const results = await writeEntries(
      db,
      valid.map(({ resource, key, content }) => importedEntry(resource, key, content, author)),
    )
    const became = new Map(valid.map((entry, n) => [entry, results[n]!]))
    rows.push(...part.map((entry) => rowOf(entry, became.get(entry))))
  }
  return rows
}

/** @param became undefined: it is not valid */
const rowOf = ({ resource, key, row, errors }: FileEntry, became: Written | HttpProblem | undefined): ImportRow => {
  const about = { resource: resource.resource, key, row }
  if (!became) return { ...about, outcome: 'refused', errors }
  if (became instanceof HttpProblem)
    return { ...about, outcome: 'refused', errors: became.errors ?? [{ pointer: '', message: became.message }] }
  return { ...about, outcome: became.outcome === 'updated' ? 'changed' : became.outcome, errors: [] }
}

const count = (rows: ImportRow[], outcome: ImportRow['outcome']) => rows.filter((row) => row.outcome === outcome).length

const keep = async (
  db: Database,
  { principalId }: Author,
  { bytes, mediaType }: { bytes: Buffer; mediaType: string },
  dryRun: boolean,
  rows: ImportRow[],
): Promise<ImportReport> => {
  const id = uuid()
  const refused = count(rows, 'refused')
  const status = refused > 0 ? 'refused' : dryRun ? 'would-apply' : 'applied'
  const counts = {
    created: count(rows, 'created'),
    changed: count(rows, 'changed'),
    unchanged: count(rows, 'unchanged'),
  }
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const { rows: inserted } = await sql<{ createdAt: Date }>`
    insert into imports (id, principal_id, dry_run, status, media_type, sha256, created, changed, unchanged, refused, rows)
    values (${id}, ${principalId}, ${dryRun}, ${status}, ${mediaType}, ${sha256}, ${counts.created}, ${counts.changed},
      ${counts.unchanged}, ${refused}, ${JSON.stringify(rows)}::json) returning created_at as "createdAt"`.execute(db)
  return { id, createdAt: inserted[0]!.createdAt.toISOString(), dryRun, status, ...counts, refused, rows }
}

/** The report of an import; undefined when there is none of that id. */
export const readImport = async (db: Database, id: string): Promise<ImportReport | undefined> => {
  const { rows } = await sql<ImportReport & { createdAt: string | Date }>`
    select id, created_at as "createdAt", dry_run as "dryRun", status, created, changed, unchanged, refused, rows
    from imports where id = ${id}::uuid`.execute(db)
  return rows[0] && { ...rows[0], createdAt: new Date(rows[0].createdAt).toISOString() }
}
