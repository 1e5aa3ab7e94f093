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
  // A notification may tell of what is known already, such as a write of this instance.
  if (known <= model.version) {
    const version = await readVersion(db)
    if (version === model.version) return model
    // The database was set back to an earlier moment.
    if (version < model.version) return loadModel(db)
  }
  const changed = await inTransaction(db, (transaction) => readChanged(transaction, model.version), 'repeatable read')
  if (!changed) return loadModel(db)
  model.apply(changed.result.map(loaded), changed.registerVersion)
  return model
}

/** What changed since a version, from one moment; undefined: too much to tell. */
const readChanged = async (db: Database, version: number) => {
  const { rows: events } = await sql<{ id: string | null; inCatalogue: boolean }>`
    select v.entry_id as id, e.resource <> 'processing-activities' as "inCatalogue"
    from events v left join entries e on e.id = v.entry_id
    where v.position > ${version} order by v.position limit ${mostToCatchUp + 1}`.execute(db)
  // An erasure is an event of no entry, and may concern any: the name of whoever wrote it.
  if (events.length > mostToCatchUp || events.some(({ id }) => id === null)) return undefined
  const ids = new Set(events.map(({ id }) => id!))
  // What an approval is bound to changes with the entries that its proposal refers to.
  if (events.some(({ inCatalogue }) => inCatalogue)) for (const id of await readProposed(db)) ids.add(id)
  return readShown(db, sql`e.id = any(${[...ids]}::uuid[])`)
}

const readProposed = async (db: Database): Promise<string[]> =>
  (await sql<{ id: string }>`select id from entries where proposed_id is not null`.execute(db)).rows.map(({ id }) => id)

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

const readVersion = async (db: Database): Promise<number> =>
  (await sql<{ position: number }>`select position from register_head`.execute(db)).rows[0]!.position
