import { type RawBuilder, sql } from 'kysely'
import type { Database } from '../platform/db/database.ts'
import type { EntryRow } from './render.ts'

/** Every read tells the version that it saw, from the same snapshot: the position of the last event. */
export type Versioned<T> = { registerVersion: number; result: T }

const columns = sql`
  e.id, e.resource, e.key, e.status, e.position, e.created_at as "createdAt",
  (select o.key from entries o where o.id = e.owner_id) as owner,
  r.number as revision, r.content::text as content, r.content_hash as "contentHash",
  v.recorded_at as "updatedAt", p.name as "updatedBy"`

const joins = sql`
  entries e join revisions r on r.id = e.revision_id
  join events v on v.position = e.position join principals p on p.id = v.principal_id`

/** An entry by its key, retired or not. */
export const findEntry = async (db: Database, resource: string, key: string): Promise<EntryRow | undefined> =>
  (await sql<EntryRow>`select ${columns} from ${joins} where e.resource = ${resource} and e.key = ${key}`.execute(db))
    .rows[0]

/** An entry by its key, with the version of the register that was read. */
export const readEntry = async (
  db: Database,
  resource: string,
  key: string,
): Promise<Versioned<EntryRow | undefined>> => {
  const { rows } = await sql<EntryRow & { registerVersion: number }>`
    select h.position as "registerVersion", found.* from register_head h
    left join lateral (select ${columns} from ${joins} where e.resource = ${resource} and e.key = ${key}) found on true`.execute(
    db,
  )
  const row = rows[0]!
  return { registerVersion: row.registerVersion, result: row.id === null ? undefined : row }
}

/** What a list is restricted to. */
export type ListFilter = {
  resource: string
  status: 'in-force' | 'retired'
  /** Words that must begin words of the key, the name or the description. */
  q: string | undefined
  /** Facets that the entry must have. */
  facets: { kind: string; value: string }[]
  /** Entries that it must refer to. */
  references: { resource: string; key: string }[]
  /** Conditions of the feature that owns the resource; each sees the entry as `e`. */
  conditions: RawBuilder<boolean>[]
}

/**
 * A page of a list, ordered by key. Keyset: the page begins after a key, so the last page costs what the first does.
 * @param after the last key of the page before; undefined: the first page
 * @param limit how many entries; one more is read to know whether the list goes on
 */
export const listEntries = async (
  db: Database,
  filter: ListFilter,
  after: string | undefined,
  limit: number,
): Promise<Versioned<EntryRow[]>> => {
  const conditions = [
    sql`e.resource = ${filter.resource}`,
    // A partial index has what is not retired; Postgres uses it only for this very condition.
    filter.status === 'retired' ? sql`e.status = 'retired'` : sql`e.status <> 'retired'`,
    ...(after === undefined ? [] : [sql`e.key > ${after}`]),
    ...searchCondition(filter.q),
    ...filter.facets.map(({ kind, value }) => hasFacet(filter.resource, kind, value)),
    ...filter.references.map(({ resource, key }) => refersTo(filter.resource, resource, key)),
    ...filter.conditions,
  ]
  const { rows } = await sql<EntryRow & { registerVersion: number }>`
    select h.position as "registerVersion", found.* from register_head h
    left join lateral (
      select ${columns} from ${joins} where ${sql.join(conditions, sql` and `)} order by e.key limit ${limit}
    ) found on true`.execute(db)
  return { registerVersion: rows[0]!.registerVersion, result: rows.filter((row) => row.id !== null) }
}

/** ASCII punctuation separates words, as in the `search` column; none of the operators of a tsquery is left then. */
const searchCondition = (q: string | undefined) => {
  const words = q?.split(/[\s!-/:-@[-`{-~]+/).filter((word) => word !== '') ?? []
  if (words.length === 0) return []
  return [sql`e.search @@ to_tsquery('simple', ${words.map((word) => `'${word}':*`).join(' & ')})`]
}

/** Whether an entry's revision in force has a facet. */
export const hasFacet = (resource: string, kind: string, value: string) => sql<boolean>`exists (
  select from revision_facets f where f.entry_id = e.id
  and f.resource = ${resource} and f.kind = ${kind} and f.value = ${value} and f.key = e.key and f.current)`

/** Whether an entry's revision in force refers to another entry. */
export const refersTo = (from: string, resource: string, key: string) => sql<boolean>`exists (
  select from revision_references x where x.entry_id = e.id and x.resource = ${from} and x.key = e.key and x.current
  and x.target_id = (select t.id from entries t where t.resource = ${resource} and t.key = ${key}))`

/** What refers to an entry now: the referring entries, ordered by resource and key. */
export const listReferrers = async (db: Database, targetId: string, after: string | undefined, limit: number) => {
  const { rows } = await sql<EntryRow>`
    select ${columns} from ${joins} join revision_references x on x.entry_id = e.id and x.revision_id = r.id
    where x.target_id = ${targetId} and x.current and x.entry_id <> x.target_id
    ${after === undefined ? sql`` : sql`and e.resource || '/' || e.key > ${after}`}
    order by e.resource || '/' || e.key limit ${limit}`.execute(db)
  return rows
}

/** Every entry of the catalogue that is not retired. */
export const readWholeCatalogue = async (db: Database): Promise<EntryRow[]> =>
  (
    await sql<EntryRow>`
    select ${columns} from ${joins} where e.resource <> 'processing-activities' and e.status <> 'retired'`.execute(db)
  ).rows

/** The entries of the catalogue that some entries refer to, directly or through other entries. */
export const readReferredTo = async (db: Database, entryIds: string[]): Promise<EntryRow[]> =>
  (
    await sql<EntryRow>`
    with recursive reached(id) as (
      select x.target_id from revision_references x where x.entry_id = any(${entryIds}::uuid[]) and x.current
      union
      select x.target_id from revision_references x join reached on x.entry_id = reached.id where x.current
    )
    select ${columns} from ${joins} join reached on reached.id = e.id`.execute(db)
  ).rows
