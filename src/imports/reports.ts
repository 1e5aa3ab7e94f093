import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import type { Author, ContentChange } from '../entries/index.ts'
import type { Database } from '../platform/db/database.ts'
import { type FieldError, HttpProblem } from '../platform/http/problems.ts'
import type { ReadFile } from './file.ts'
import { type Removal, unconfirmed } from './removals.ts'

export type ImportRow = {
  resource: string
  key: string
  /** The first row of the entry in its sheet or file, counted from 1. */
  row: number
  outcome: 'created' | 'changed' | 'unchanged' | 'refused'
  /** What becomes of an entry that there was, before and after. */
  changes: Pick<ContentChange, 'kind' | 'pointer' | 'place' | 'before' | 'after'>[]
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
  understood: ReadFile['understood']
  notices: string[]
  removals: Removal[]
  rows: ImportRow[]
}

export type ImportRequest = {
  file: ReadFile
  /** Its bytes, for the record of what was imported. */
  bytes: Buffer
  mediaType: string
  isWorkbook: boolean
  author: Author
  dryRun: boolean
  /** How many values it may remove, if these are many of a column. */
  confirmRemovals: number | undefined
}

const count = (rows: ImportRow[], outcome: ImportRow['outcome']) => rows.filter((row) => row.outcome === outcome).length

/** Keeps the report of an import, also of one that was refused or only tried. */
export const keepReport = async (
  db: Database,
  { bytes, mediaType, author: { principalId }, file: { understood, notices }, dryRun, confirmRemovals }: ImportRequest,
  rows: ImportRow[],
  removals: Removal[],
): Promise<ImportReport> => {
  const id = uuid()
  const refused = count(rows, 'refused')
  const status = refused > 0 || unconfirmed(removals, confirmRemovals) ? 'refused' : dryRun ? 'would-apply' : 'applied'
  const counts = {
    created: count(rows, 'created'),
    changed: count(rows, 'changed'),
    unchanged: count(rows, 'unchanged'),
  }
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const details = { understood, notices, removals }
  const { rows: inserted } = await sql<{ createdAt: Date }>`
    insert into imports (id, principal_id, dry_run, status, media_type, sha256, created, changed, unchanged, refused, details, rows)
    values (${id}, ${principalId}, ${dryRun}, ${status}, ${mediaType}, ${sha256}, ${counts.created}, ${counts.changed},
      ${counts.unchanged}, ${refused}, ${JSON.stringify(details)}::json, ${JSON.stringify(rows)}::json)
    returning created_at as "createdAt"`.execute(db)
  return { id, createdAt: inserted[0]!.createdAt.toISOString(), dryRun, status, ...counts, refused, ...details, rows }
}

type Details = Pick<ImportReport, 'understood' | 'notices' | 'removals'>

/** The report of an import; undefined when there is none of that id. */
export const readReport = async (db: Database, id: string): Promise<ImportReport | undefined> => {
  const { rows } = await sql<ImportReport & { createdAt: string | Date; details: Details }>`
    select id, created_at as "createdAt", dry_run as "dryRun", status, created, changed, unchanged, refused, details, rows
    from imports where id = ${id}::uuid`.execute(db)
  if (!rows[0]) return undefined
  const { createdAt, details, rows: entries, ...report } = rows[0]
  return { ...report, createdAt: new Date(createdAt).toISOString(), ...details, rows: entries }
}

/**
 * Deletes the report of an import that wrote nothing.
 * @throws HttpProblem 404, 409 for one that was applied: it says what it changed
 */
export const deleteReport = async (db: Database, id: string): Promise<void> => {
  const { numAffectedRows } = await sql`
    delete from imports where id = ${id}::uuid and status <> 'applied'`.execute(db)
  if (numAffectedRows) return
  if (await readReport(db, id)) throw new HttpProblem('conflict', 'The import was applied; its report is kept.')
  throw new HttpProblem('not-found', `There is no import \`${id}\`.`)
}
