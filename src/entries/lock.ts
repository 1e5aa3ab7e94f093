import { sql } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import type { Transaction } from '../platform/db/database.ts'
import { type FieldError, HttpProblem } from '../platform/http/problems.ts'
import { hashWithReferencesOf } from './content-hash.ts'
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

export type RevisionRef = { id: string; number: number }

/** The state of an entry. Every event carries it as it is after the event. */
export type EntryState = {
  status: Status
  inForce: RevisionRef | null
  proposed: RevisionRef | null
  proposal: 'draft' | 'in-review' | null
  /** In force, else proposed, else the last. */
  shown: RevisionRef | null
  owner: { id: string; key: string } | null
  approval: Approval
  /** Position of the event that approved what is in force. */
  approvedPosition: number | null
  inForceHash: string | null
}

/** An entry whose row this transaction has locked. */
export type LockedEntry = EntryState & {
  id: string
  key: string
  /** Position of its last event. */
  position: number
  /** What an approval of the proposal would be bound to. */
  proposedHash: string | null
  /** Number of its last revision; 0: it has none yet. */
  lastRevision: number
}

const lockedEntry = (resource: string, key: string) => sql`
  select e.id, e.key, e.status, e.position, e.proposal, e.approval, e.approved_position as "approvedPosition",
    e.in_force_hash as "inForceHash",
    (select json_build_object('id', o.id, 'key', o.key) from entries o where o.id = e.owner_id) as owner,
    (select json_build_object('id', r.id, 'number', r.number) from revisions r where r.id = e.in_force_id) as "inForce",
    (select json_build_object('id', r.id, 'number', r.number) from revisions r where r.id = e.proposed_id) as proposed,
    (select json_build_object('id', r.id, 'number', r.number) from revisions r where r.id = e.shown_id) as shown,
    (select ${hashWithReferencesOf('r')} from revisions r where r.id = e.proposed_id) as "proposedHash",
    coalesce((select max(r.number) from revisions r where r.entry_id = e.id), 0) as "lastRevision"
  from entries e where e.resource = ${resource} and e.key = ${key}`

/**
 * Locks an entry until the transaction ends, so that its writers come one after another.
 * @param mode `update` also keeps others from beginning to refer to it
 * @throws HttpProblem 404
 */
export const lockEntry = async (
  db: Transaction,
  { resource, singular }: Pick<Resource, 'resource' | 'singular'>,
  key: string,
  mode: 'no key update' | 'update' = 'no key update',
): Promise<LockedEntry> => {
  const { rows } = await sql<LockedEntry>`${lockedEntry(resource, key)} for ${sql.raw(mode)} of e`.execute(db)
  if (!rows[0]) throw notFound(singular, key)
  return rows[0]
}

export const notFound = (singular: string, key: string) =>
  new HttpProblem('not-found', `There is no ${singular} \`${key}\`.`)

/** Locks an entry, made now when there is none: without a revision, until one is written. */
export const lockOrCreate = async (
  db: Transaction,
  { resource }: Resource,
  key: string,
  content: EntryContent,
  author: Author,
): Promise<LockedEntry> => {
  const lock = () => sql<LockedEntry>`${lockedEntry(resource, key)} for no key update of e`.execute(db)
  const existing = (await lock()).rows[0]
  if (existing) return existing
  const id = uuidv7()
  const { rows } = await sql`
    insert into entries (id, resource, key, status, owner_id, position, name, created_at)
    values (${id}, ${resource}, ${key}, 'draft', ${author.serviceId}, 0, ${content.name}, clock_timestamp())
    on conflict (resource, key) do nothing returning id`.execute(db)
  if (rows.length === 0) return (await lock()).rows[0]!
  return {
    id,
    key,
    status: 'draft',
    inForce: null,
    proposed: null,
    proposal: null,
    shown: null,
    owner: author.serviceId === null ? null : { id: author.serviceId, key: author.service! },
    approval: 'none',
    approvedPosition: null,
    inForceHash: null,
    position: 0,
    proposedHash: null,
    lastRevision: 0,
  }
}

/** A service writes what it created, and the entry that stands for itself. */
export const assertOwned = (entry: Pick<LockedEntry, 'id' | 'owner'>, author: Author) => {
  if (author.serviceId === null || author.serviceId === entry.owner?.id || author.serviceId === entry.id) return
  const whose = entry.owner
    ? `The entry belongs to the service \`${entry.owner.key}\``
    : 'The entry belongs to no service'
  throw new HttpProblem('conflict', `${whose}; \`${author.service}\` writes only what it owns. Choose another key.`)
}

/** An entry that a content refers to, with the hash of its content as it stands. */
export type Target = { id: string; resource: string; key: string; revisionHash: string }

/**
 * The entries that a content refers to. They are locked against being retired until the write is committed, in the
 * order of their ids, so that two writers with the same references cannot wait for each other.
 * @param mode `share` keeps them from being changed at all
 * @throws HttpProblem 422 that names each reference to an entry that does not exist or is retired
 */
export const lockTargets = async (
  db: Transaction,
  resource: Resource,
  content: EntryContent,
  mode: 'key share' | 'share' = 'key share',
): Promise<Target[]> => {
  const references = resource.references(content)
  if (references.length === 0) return []
  const wanted = JSON.stringify(references.map(({ resource, key }) => ({ resource, key })))
  const { rows } = await sql<Target & { status: string }>`
    select e.id, e.resource, e.key, e.status, (select r.content_hash from revisions r where r.id = e.shown_id) as "revisionHash"
    from entries e
    where (e.resource, e.key) in (select w.resource, w.key from json_to_recordset(${wanted}::json) as w(resource text, key text))
    order by e.id for ${sql.raw(mode)} of e`.execute(db)
  const found = new Map(rows.map((row) => [`${row.resource}/${row.key}`, row]))
  const errors = references.flatMap(({ pointer, resource, key }): FieldError[] => {
    const target = found.get(`${resource}/${key}`)
    if (!target)
      return [{ pointer, message: `\`${key}\` is no entry of \`${resource}\`; create it or correct the key` }]
    if (target.status === 'retired') {
      return [
        { pointer, message: `\`${key}\` of \`${resource}\` is retired; revive it with a PUT or refer to another` },
      ]
    }
    return []
  })
  if (errors.length > 0) {
    throw new HttpProblem('unknown-reference', 'The body refers to entries that do not exist; `errors` names each.', {
      errors,
    })
  }
  return rows
}
