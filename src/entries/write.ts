import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'
import { sql } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import type { Transaction } from '../platform/db/database.ts'
import { assertPreconditions, type Preconditions } from '../platform/http/conditional.ts'
import { type FieldError, HttpProblem } from '../platform/http/problems.ts'
import { findEntry } from './read.ts'
import { type EntryRow, etagOf } from './render.ts'
import type { EntryContent, Resource } from './resource.ts'

/** Who writes, as far as the register records it. */
export type Author = {
  principalId: string
  /** The service that the author writes for; it owns what it creates, and writes nothing that another owns. */
  serviceId: string | null
  /** The service's key, for messages. */
  service: string | null
}

export type Written = { outcome: 'created' | 'updated' | 'unchanged'; row: EntryRow }

/**
 * Creates or replaces an entry by its key. A content equal to what stands writes nothing.
 * Everything is decided while Postgres holds the entry's row lock, so that concurrent writers come one after another.
 * @param content a body that is valid under the resource's schema, without `key` and `meta`
 * @throws HttpProblem 409 owned by another service, 412 precondition, 422 references that do not exist
 */
export const putEntry = async (
  db: Transaction,
  resource: Resource,
  key: string,
  content: EntryContent,
  author: Author,
  preconditions: Preconditions = { ifMatch: undefined, ifNoneMatch: undefined },
): Promise<Written> => {
  const text = JSON.stringify(content)
  const entry = await lockOrCreate(db, resource, key, content, author)
  assertOwned(entry, author)
  const targets = await lockTargets(db, resource, content)
  assertPreconditions(preconditions, entry.created ? undefined : etagOf(entry))

  const stands =
    entry.status === 'in-force' && entry.revisionId !== null && (await equalsStored(db, entry.revisionId, text))
  if (!stands) await writeRevision(db, resource, entry, { key, content, text, targets, author })
  const row = await findEntry(db, resource.resource, key)
  return { outcome: stands ? 'unchanged' : entry.created ? 'created' : 'updated', row: row! }
}

/**
 * Retires an entry; it stays readable, and a `PUT` revives it. A retired one is left as it is.
 * @throws HttpProblem 404, 409 still referenced or owned by another service, 412 precondition
 */
export const retireEntry = async (
  db: Transaction,
  resource: Resource,
  key: string,
  author: Author,
  preconditions: Preconditions,
): Promise<EntryRow> => {
  // FOR UPDATE excludes the FOR KEY SHARE of writers that are about to refer to the entry.
  const { rows } = await sql<LockedRow>`${lockedEntry(resource.resource, key)} for update of e`.execute(db)
  const entry = rows[0]
  if (!entry) throw new HttpProblem('not-found', `There is no ${resource.singular} \`${key}\`.`)
  assertOwned(entry, author)
  const referrers = await sql<{ resource: string; key: string }>`
    select resource, key from revision_references
    where target_id = ${entry.id} and current and entry_id <> ${entry.id}
    order by resource, key limit 20`.execute(db)
  if (referrers.rows.length > 0) {
    const names = referrers.rows.map((row) => `${row.resource}/${row.key}`).join(', ')
    throw new HttpProblem(
      'conflict',
      `The ${resource.singular} is still referred to by ${names}. Change or retire these first.`,
    )
  }
  assertPreconditions(preconditions, etagOf(entry))
  if (entry.status === 'in-force') {
    await sql`
      with head as (update register_head set position = position + 1 returning position),
      no_references as (update revision_references set current = false where entry_id = ${entry.id} and current),
      no_facets as (update revision_facets set current = false where entry_id = ${entry.id} and current),
      retired as (
        update entries set status = 'retired', position = head.position from head where id = ${entry.id} returning revision_id)
      insert into events (position, type, entry_id, revision_id, principal_id, recorded_at)
      select head.position, 'retired', ${entry.id}, retired.revision_id, ${author.principalId}, clock_timestamp()
      from head, retired`.execute(db)
  }
  return (await findEntry(db, resource.resource, key))!
}

type LockedRow = {
  id: string
  status: 'in-force' | 'retired'
  ownerId: string | null
  owner: string | null
  revisionId: string | null
  position: number
}

const lockedEntry = (resource: string, key: string) => sql`
  select e.id, e.status, e.owner_id as "ownerId", e.revision_id as "revisionId", e.position,
    (select o.key from entries o where o.id = e.owner_id) as owner
  from entries e where e.resource = ${resource} and e.key = ${key}`

const lockOrCreate = async (
  db: Transaction,
  resource: Resource,
  key: string,
  content: EntryContent,
  author: Author,
): Promise<LockedRow & { created: boolean }> => {
  const lock = () => sql<LockedRow>`${lockedEntry(resource.resource, key)} for no key update of e`.execute(db)
  const existing = (await lock()).rows[0]
  if (existing) return { ...existing, created: false }
  const id = uuidv7()
  const { rows } = await sql`
    insert into entries (id, resource, key, status, owner_id, position, name, created_at)
    values (${id}, ${resource.resource}, ${key}, 'in-force', ${author.serviceId}, 0, ${content.name}, clock_timestamp())
    on conflict (resource, key) do nothing returning id`.execute(db)
  if (rows.length === 0) return { ...(await lock()).rows[0]!, created: false }
  return {
    id,
    status: 'in-force',
    ownerId: author.serviceId,
    owner: author.service,
    revisionId: null,
    position: 0,
    created: true,
  }
}

/** A service writes what it created, and the entry that stands for itself. */
const assertOwned = (entry: Pick<LockedRow, 'id' | 'ownerId' | 'owner'>, author: Author) => {
  if (author.serviceId === null || author.serviceId === entry.ownerId || author.serviceId === entry.id) return
  const whose = entry.owner ? `The entry belongs to the service \`${entry.owner}\`` : 'The entry belongs to no service'
  throw new HttpProblem('conflict', `${whose}; \`${author.service}\` writes only what it owns. Choose another key.`)
}

/**
 * The entries that a content refers to. They are locked against being retired until the write is committed, in the
 * order of their ids, so that two writers with the same references cannot wait for each other.
 */
const lockTargets = async (db: Transaction, resource: Resource, content: EntryContent): Promise<string[]> => {
  const references = resource.references(content)
  if (references.length === 0) return []
  const wanted = JSON.stringify(references.map(({ resource, key }) => ({ resource, key })))
  const { rows } = await sql<{ id: string; resource: string; key: string; status: string }>`
    select e.id, e.resource, e.key, e.status from entries e
    where (e.resource, e.key) in (select w.resource, w.key from json_to_recordset(${wanted}::json) as w(resource text, key text))
    order by e.id for key share`.execute(db)
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
  return rows.map((row) => row.id)
}

const equalsStored = async (db: Transaction, revisionId: string, text: string): Promise<boolean> => {
  const { rows } = await sql<{ equal: boolean }>`
    select content::jsonb = ${text}::jsonb as equal from revisions where id = ${revisionId}`.execute(db)
  return rows[0]!.equal
}

/** SHA-256 over the canonical JSON (RFC 8785) of a content: equal contents have equal hashes, however they are written. */
export const contentHash = (content: EntryContent): string =>
  `sha256:${createHash('sha256').update(canonicalize(content)!).digest('hex')}`

/** One statement: revision, references, facets, entry and event. The head's row lock is taken last, just before the commit. */
const writeRevision = async (
  db: Transaction,
  resource: Resource,
  entry: LockedRow & { created: boolean },
  {
    key,
    content,
    text,
    targets,
    author,
  }: { key: string; content: EntryContent; text: string; targets: string[]; author: Author },
) => {
  const revisionId = uuidv7()
  const type = entry.created ? 'created' : entry.status === 'retired' ? 'revived' : 'updated'
  await sql`
    with head as (update register_head set position = position + 1 returning position, clock_timestamp() as now),
    revision as (
      insert into revisions (id, entry_id, number, content, content_hash, principal_id, recorded_at)
      select ${revisionId}, ${entry.id}, 1 + coalesce((select max(number) from revisions where entry_id = ${entry.id}), 0),
        ${text}::json, ${contentHash(content)}, ${author.principalId}, head.now from head),
    no_references as (update revision_references set current = false where entry_id = ${entry.id} and current),
    no_facets as (update revision_facets set current = false where entry_id = ${entry.id} and current),
    new_references as (
      insert into revision_references (revision_id, target_id, entry_id, resource, key, current)
      select ${revisionId}, t.id, ${entry.id}, ${resource.resource}, ${key}, true from unnest(${targets}::uuid[]) as t(id)),
    new_facets as (
      insert into revision_facets (revision_id, kind, value, entry_id, resource, key, current)
      select distinct ${revisionId}::uuid, f.kind, f.value, ${entry.id}::uuid, ${resource.resource}, ${key}, true
      from json_to_recordset(${JSON.stringify(resource.facets(content))}::json) as f(kind text, value text)),
    entry as (
      update entries set revision_id = ${revisionId}, status = 'in-force', position = head.position,
        name = ${content.name}, description = ${content.description ?? null}
      from head where id = ${entry.id})
    insert into events (position, type, entry_id, revision_id, principal_id, recorded_at)
    select head.position, ${type}, ${entry.id}, ${revisionId}, ${author.principalId}, head.now from head`.execute(db)
}
