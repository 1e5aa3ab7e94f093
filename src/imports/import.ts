import { importedEntry } from '../activities/index.ts'
import {
  type Author,
  type Components,
  type ContentChange,
  contentComparer,
  contentOf,
  type EntryContent,
  inReferenceOrder,
  type LockedEntry,
  type Resource,
  type ValidateEntry,
  type Written,
  writeEntries,
} from '../entries/index.ts'
import { type Database, inTransaction, type Transaction } from '../platform/db/database.ts'
import { HttpProblem } from '../platform/http/problems.ts'
import { invalidRequest } from '../platform/http/validation.ts'
import { MissingColumns, merge } from './merge.ts'
import { contentIn, type FileEntry, readEntries } from './read-entries.ts'
import { createRemovals, type Removal, type Removals, unconfirmed } from './removals.ts'
import { type ImportReport, type ImportRequest, type ImportRow, keepReport } from './reports.ts'

export type ImportDependencies = {
  db: Database
  resources: ReadonlyMap<string, Resource>
  components: Components
  validate: ValidateEntry
}

/**
 * Imports the entries of a file, all of them or none: what one would be refused for leaves nothing of the others behind.
 * @returns what became of it; `refused`: nothing was written
 * @throws HttpProblem 400 for sheets, columns or keys that cannot be understood
 */
export const importFile = async (dependencies: ImportDependencies, request: ImportRequest): Promise<ImportReport> => {
  const { db, resources, components } = dependencies
  const { file, author, dryRun, confirmRemovals } = request
  const read = readEntries(file, resources, components, request.isWorkbook)
  const entries = inReferenceOrder(
    read.map((entry) => ({ ...entry, content: contentIn(entry) })),
    resources,
    isReadable,
  )
  const report = (db: Database, { rows, removals }: Tried) => keepReport(db, request, rows, removals)
  try {
    return await inTransaction(db, async (transaction) => {
      const removals = createRemovals()
      const rows = await importEntries(dependencies, transaction, entries, author, removals)
      const tried = { rows, removals: removals.found() }
      const isRefused =
        rows.some(({ outcome }) => outcome === 'refused') || unconfirmed(tried.removals, confirmRemovals)
      if (dryRun || isRefused) throw new OnlyTried(tried)
      return await report(transaction, tried)
    })
  } catch (error) {
    if (!(error instanceof OnlyTried)) throw error
    return await report(db, error.tried)
  }
}

/** Whether references can be found in what the rows of an entry say: what is wrong with it is named when it is written. */
const isReadable = ({ errors, resource, content }: FileEntry & { content: EntryContent }): boolean => {
  if (errors.length > 0) return false
  try {
    resource.references(content)
    return true
  } catch {
    return false
  }
}

type Tried = { rows: ImportRow[]; removals: Removal[] }

/** Thrown to roll back what was only tried. */
class OnlyTried extends Error {
  readonly tried: Tried
  constructor(tried: Tried) {
    super('Only tried.')
    this.tried = tried
  }
}

/** How many entries are written at once. */
const batch = 250

const importEntries = async (
  { resources, components, validate }: ImportDependencies,
  db: Transaction,
  entries: readonly FileEntry[],
  author: Author,
  removals: Removals,
): Promise<ImportRow[]> => {
  const comparers = new Map([...resources].map(([name, { Input }]) => [name, contentComparer(Input, components)]))
  const rows: ImportRow[] = []
  for (let from = 0; from < entries.length; from += batch) {
    const part = entries.slice(from, from + batch)
    const valid = part.filter(({ errors }) => errors.length === 0)
    const changes = new Map<FileEntry, ImportRow['changes']>()
    const results = await writeEntries(
      db,
      valid.map((entry) => {
        const contentFor = (stands: LockedEntry): EntryContent => {
          const before = stands.shown?.content
          const content = mergedContent(entry, before, validate)
          if (before) {
            removals.count(entry, before, content)
            changes.set(entry, comparers.get(entry.resource.resource)!(before, content).map(told))
          }
          return content
        }
        return importedEntry(entry.resource, entry.key, contentFor, author)
      }),
    )
    const became = new Map(valid.map((entry, n) => [entry, results[n]!]))
    rows.push(...part.map((entry) => rowOf(entry, became.get(entry), changes.get(entry) ?? [])))
  }
  return rows
}

const told = ({ kind, pointer, place, before, after }: ContentChange): ImportRow['changes'][number] => ({
  kind,
  pointer,
  place,
  ...(before !== undefined && { before }),
  ...(after !== undefined && { after }),
})

/** @throws HttpProblem 400 that names what is wrong with the entry as it would be */
const mergedContent = (
  { resource, key, given, columns: { present, all, identities } }: FileEntry,
  stands: EntryContent | undefined,
  validate: ValidateEntry,
): EntryContent => {
  try {
    const body = merge(stands ?? {}, given, present, all, identities)
    const errors = validate(resource, { ...body, key })
    if (errors.length > 0) throw invalidRequest(errors)
    return contentOf(body, key)
  } catch (error) {
    if (error instanceof MissingColumns) throw invalidRequest([{ pointer: '', message: error.message }])
    throw error
  }
}

/** @param became undefined: its rows cannot be read */
const rowOf = (
  { resource, key, row, errors }: FileEntry,
  became: Written | HttpProblem | undefined,
  changes: ImportRow['changes'],
): ImportRow => {
  const about = { resource: resource.resource, key, row }
  if (!became) return { ...about, outcome: 'refused', changes: [], errors }
  if (became instanceof HttpProblem) {
    const why = became.errors ?? [{ pointer: '', message: became.message }]
    return { ...about, outcome: 'refused', changes: [], errors: why }
  }
  const outcome = became.outcome === 'updated' ? 'changed' : became.outcome
  return { ...about, outcome, changes: outcome === 'changed' ? changes : [], errors: [] }
}
