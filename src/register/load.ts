import { sql } from 'kysely'
import { type EntryRow, etagOf, readShown, renderEntry, type ShownRow } from '../entries/index.ts'
import { type Database, inTransaction } from '../platform/db/database.ts'
import { createModel, type LoadedEntry, type Model } from './model.ts'

/** Loads what stands now out of Postgres: all of it, or what changed. */

/** How many entries are read at once. */
const batch = 2_000

/** The whole register, from one moment. */
export const loadModel = (db: Database): Promise<Model> =>
  inTransaction(
    db,
    async (transaction) => {
      const model = createModel()
      let after: Pick<EntryRow, 'resource' | 'key'> | undefined
      do {
        const beyond = after ? sql`(e.resource, e.key) > (${after.resource}, ${after.key})` : sql`true`
        const { registerVersion, result: rows } = await readShown(transaction, beyond, batch)
        model.apply(rows.map(loaded), registerVersion)
        after = rows.length < batch ? undefined : rows.at(-1)
      } while (after)
      return model
    },
    'repeatable read',
  )

/** Since more events than these, all is loaded. */
const mostToCatchUp = 5_000

/**
 * Brings a model up to date.
 * @param known the last position that is known of
 * @returns the model, or another one when so much changed that all was loaded
 */
export const catchUp = async (db: Database, model: Model, known: number): Promise<Model> => {
  if (known - model.version > mostToCatchUp) return loadModel(db)
  const since = sql`from events v where v.position > ${model.version}`
  const { registerVersion, result: rows } = await readShown(
    db,
    // What an approval is bound to changes with the entries that its proposal refers to.
    sql`(e.id in (select v.entry_id ${since}) or e.proposed_id is not null
      and exists (select from entries c where c.id in (select v.entry_id ${since}) and c.resource <> 'processing-activities'))`,
  )
  if (registerVersion === model.version) return model
  // An erasure may concern any entry: the name of whoever wrote it. It is an event of no entry.
  const { rows: erasures } =
    await sql`select from events v where v.position > ${model.version} and v.entry_id is null`.execute(db)
  if (erasures.length > 0) return loadModel(db)
  model.apply(rows.map(loaded), registerVersion)
  return model
}

const loaded = (row: ShownRow): LoadedEntry => ({
  id: row.id,
  resource: row.resource,
  key: row.key,
  status: row.status,
  etag: etagOf(row),
  body: renderEntry(row),
  revision: row.revision,
  facets: row.facets,
  references: row.references,
})
