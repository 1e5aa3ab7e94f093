import { type EntryRow, etagOf, readChanged, readShown, renderEntry, type ShownRow } from '../entries/index.ts'
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
        const { registerVersion, result: rows } = await readShown(transaction, after, batch)
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
 * @returns the model, or another one when all was loaded: so much changed, or the database was set back to an earlier moment
 */
export const catchUp = async (db: Database, model: Model): Promise<Model> => {
  const changed = await readChanged(db, model.version, mostToCatchUp)
  if (!changed || changed.registerVersion < model.version) return loadModel(db)
  if (changed.registerVersion > model.version) model.apply(changed.result.map(loaded), changed.registerVersion)
  return model
}

const loaded = (row: ShownRow): LoadedEntry => ({
  id: row.id,
  resource: row.resource,
  key: row.key,
  status: row.status,
  position: row.position,
  etag: etagOf(row),
  body: renderEntry(row),
  revision: row.revision,
  facets: row.facets,
  references: row.references,
})
