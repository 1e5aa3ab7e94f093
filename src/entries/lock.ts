import { type RawBuilder, sql } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import type { Database, Transaction } from '../platform/db/database.ts'
import { HttpProblem } from '../platform/http/problems.ts'
import { hashWithReferencesOf } from './content-hash.ts'
import { withPersonalValues } from './personal.ts'
import type { Approval, Status } from './render.ts'
import type { EntryContent, Resource } from './resource.ts'

/** Who writes, as far as the register records it. */
export type Author = {
  principalId: string
  /** The service that the author writes for; it owns what it creates, and writes nothing that another owns. */
  serviceId: string | null
  /** The service's key, for messages. */
  service: string | null
}

export type RevisionRef = {
  id: string
  number: number
  /** Its content, as it was written; what was erased is left out. */
  content: EntryContent
}

/** A revision of an entry that is in force, proposed or shown. */
export type StandingRevision = RevisionRef & {
  /** Hash of its content as it is stored, with digests in place of personal values. */
  hash: string
  /** Whether it proposes to retire the entry. */
  retirement: boolean
  /** Personal values by digest; null: erased. */
  personal: Record<string, string | null> | null
}

/** The state of an entry. Every event carries it as it is after the event. */
export type EntryState<Revision extends RevisionRef = RevisionRef> = {
  status: Status
  inForce: Revision | null
  proposed: Revision | null
  proposal: 'draft' | 'in-review' | null
  /** In force, else proposed, else the last. */
  shown: Revision | null
  owner: { id: string; key: string } | null
  approval: Approval
  /** Position of the event that approved what is in force. */
  approvedPosition: number | null
  inForceHash: string | null
}

/**
 * An entry as it stands. One to be written is locked by the transaction that reads it, or is looked at again, by its position,
 * under the lock that its event is appended with.
 */
export type LockedEntry = EntryState<StandingRevision> & {
  id: string
  resource: string
  key: string
  /** Position of its last event. */
  position: number
  /** What an approval of the proposal would be bound to. */
  proposedHash: string | null
  /** Number of its last revision; 0: it has none yet. */
  lastRevision: number
}

/**
 * The ids of the entries that rows with a resource and a key name, as an array: so that Postgres goes by its indexes whatever its
 * statistics say.
 */
export const namedBy = (rows: RawBuilder<unknown>) => sql`array(
  select i.id from (select distinct resource, key from ${rows}) n cross join lateral (
    select e.id from entries e where e.resource = n.resource and e.key = n.key offset 0) i)`

/** How an entry is named among others. */
export type EntryName = { resource: string; key: string }
export const nameOf = ({ resource, key }: EntryName): string => `${resource}/${key}`

/**
 * How rows are locked: `no key update` keeps other writers away, `update` also those who are about to refer to the entry,
 * `none` nobody.
 */
type LockMode = 'no key update' | 'update' | 'none'

const standing = (revision: string) => sql`(
  select json_build_object('id', r.id, 'number', r.number, 'hash', r.content_hash, 'retirement', r.retirement,
    'content', r.content, 'personal', (
      select json_object_agg(y.digest, y.value) from personal_values y where y.digest = any(r.personal)))
  from revisions r where r.id = ${sql.ref(revision)})`

/** The entries that are named, as they stand. */
export const standingRows = (names: readonly EntryName[], mode: LockMode) => {
  const wanted = JSON.stringify(names.map(({ resource, key }) => ({ resource, key })))
  return sql<StandingRow>`
    select e.id, e.resource, e.key, e.status, e.position, e.proposal, e.approval, e.approved_position as "approvedPosition",
      e.in_force_hash as "inForceHash", ${standing('e.in_force_id')} as "inForce", ${standing('e.proposed_id')} as proposed,
      case when e.in_force_id is null and e.proposed_id is null then ${standing('e.shown_id')} end as shown,
      (select json_build_object('id', o.id, 'key', o.key) from entries o where o.id = e.owner_id) as owner,
      (select ${hashWithReferencesOf('r')} from revisions r where r.id = e.proposed_id) as "proposedHash",
      coalesce((select max(r.number) from revisions r where r.entry_id = e.id), 0) as "lastRevision",
      (select s.position from entries s where s.id = e.id) as seen
    from entries e
    where e.id = any(${namedBy(sql`json_to_recordset(${wanted}::json) as w(resource text, key text)`)})
    order by e.id ${lockClause(mode)}`
}

/** A row as it is read: `seen` is its position in what the statement sees otherwise. */
export type StandingRow = LockedEntry & { seen: number }

/** The clause that locks entries, which the query has as `e`. */
export const lockClause = (mode: LockMode | 'key share' | 'share') =>
  mode === 'none' ? sql`` : sql`for ${sql.raw(mode)} of e`

/** Entries by `nameOf`, out of rows as they are read. */
export const standingByName = (rows: readonly StandingRow[]): Map<string, LockedEntry> =>
  new Map(
    rows.map(({ seen: _, ...row }) => {
      const [inForce, proposed, last] = [row.inForce, row.proposed, row.shown].map(
        (stored) => stored && readable(stored),
      )
      return [nameOf(row), { ...row, inForce, proposed, shown: inForce ?? proposed ?? last } as LockedEntry]
    }),
  )

const readable = (stored: StandingRevision): StandingRevision =>
  stored.personal === null
    ? stored
    : { ...stored, content: JSON.parse(withPersonalValues(JSON.stringify(stored.content), stored.personal).text) }

/**
 * Entries as they stand, locked until the transaction ends, so that their writers come one after another. They are locked
 * in the order of their ids, so that two who want the same ones cannot wait for each other.
 * @returns those that there are, by `nameOf`
 */
export const lockEntries = async (
  db: Database,
  names: readonly EntryName[],
  mode: LockMode = 'no key update',
): Promise<Map<string, LockedEntry>> => {
  const read = async () => (await standingRows(names, mode).execute(db)).rows
  let rows = await read()
  // Who waited for a lock has the row as it is by then, and the revisions as they were before: nobody changes them now.
  if (rows.some(({ position, seen }) => position !== seen)) rows = await read()
  return standingByName(rows)
}

/**
 * Locks one entry.
 * @throws HttpProblem 404
 */
export const lockEntry = async (
  db: Transaction,
  { resource, singular }: Pick<Resource, 'resource' | 'singular'>,
  key: string,
  mode?: LockMode,
): Promise<LockedEntry> => {
  const entry = (await lockEntries(db, [{ resource, key }], mode)).get(nameOf({ resource, key }))
  if (!entry) throw notFound(singular, key)
  return entry
}

export const notFound = (singular: string, key: string) =>
  new HttpProblem('not-found', `There is no ${singular} \`${key}\`.`)

const newEntry = ({ resource, key }: EntryName, { serviceId, service }: Author): LockedEntry => ({
  id: uuidv7(),
  resource,
  key,
  status: 'draft',
  inForce: null,
  proposed: null,
  proposal: null,
  shown: null,
  owner: serviceId === null ? null : { id: serviceId, key: service! },
  approval: 'none',
  approvedPosition: null,
  inForceHash: null,
  position: 0,
  proposedHash: null,
  lastRevision: 0,
})

/**
 * Locks entries, made now when there are none: without a revision, and under their key, until one is written.
 * @param wanted the entries, and who writes each
 * @returns all of them, by `nameOf`
 */
export const lockOrCreate = async (
  db: Transaction,
  wanted: readonly { resource: Pick<Resource, 'resource'>; key: string; author: Author }[],
): Promise<Map<string, LockedEntry>> => {
  const names = wanted.map(({ resource: { resource }, key }) => ({ resource, key }))
  const locked = await lockEntries(db, names)
  const missing = wanted.flatMap(({ author }, n) =>
    locked.has(nameOf(names[n]!)) ? [] : [newEntry(names[n]!, author)],
  )
  if (missing.length === 0) return locked
  const made = missing.map(({ id, resource, key, owner }) => ({ id, resource, key, owner_id: owner?.id }))
  const { rows } = await sql<{ id: string }>`
    insert into entries (id, resource, key, status, owner_id, position, name, created_at)
    select n.id, n.resource, n.key, 'draft', n.owner_id, 0, n.key, clock_timestamp()
    from json_to_recordset(${JSON.stringify(made)}::json) as n(id uuid, resource text, key text, owner_id uuid)
    order by n.resource, n.key on conflict (resource, key) do nothing returning id`.execute(db)
  const created = new Set(rows.map(({ id }) => id))
  const taken = missing.filter(({ id }) => !created.has(id))
  for (const entry of missing) if (created.has(entry.id)) locked.set(nameOf(entry), entry)
  if (taken.length > 0) for (const [name, entry] of await lockEntries(db, taken)) locked.set(name, entry)
  return locked
}

/** A service writes what it created, and the entry that stands for itself. */
export const assertOwned = (entry: Pick<LockedEntry, 'id' | 'owner'>, author: Author) => {
  if (author.serviceId === null || author.serviceId === entry.owner?.id || author.serviceId === entry.id) return
  const whose = entry.owner
    ? `The entry belongs to the service \`${entry.owner.key}\``
    : 'The entry belongs to no service'
  throw new HttpProblem('conflict', `${whose}; \`${author.service}\` writes only what it owns. Choose another key.`)
}
