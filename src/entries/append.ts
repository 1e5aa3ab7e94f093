import { sql } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import type { Transaction } from '../platform/db/database.ts'
import { canonicalParts, type EventType, hashContent, type RecordedState } from './event.ts'
import type { EntryState, LockedEntry, RevisionRef, Target } from './lock.ts'
import { rfc3339 } from './moment.ts'
import type { PersonalValue } from './personal.ts'
import type { EntryContent, Facet, Resource } from './resource.ts'

/** A revision that is ready to be stored. */
export type NewRevision = RevisionRef & {
  /** The content as it was written, and as it is stored: with digests in place of personal values. */
  content: EntryContent
  text: string
  hash: string
  digests: string[]
  personalValues: PersonalValue[]
  targets: Target[]
  facets: Facet[]
  retirement: boolean
}

/**
 * Prepares the next revision of an entry, so that it can be compared with what stands before it is stored.
 * @param targets what the content refers to, locked
 */
export const prepareRevision = async (
  db: Transaction,
  resource: Resource,
  entry: LockedEntry,
  content: EntryContent,
  targets: Target[],
): Promise<NewRevision> => {
  const known = await knownValues(db, entry)
  const separated = resource.separatePersonal(content, known)
  return {
    id: uuidv7(),
    number: entry.lastRevision + 1,
    content,
    text: JSON.stringify(separated.content),
    hash: hashContent(separated.content),
    digests: separated.digests,
    personalValues: separated.added,
    targets,
    facets: resource.facets(content),
    retirement: false,
  }
}

/** Digests of the personal values that an entry has now, by value. */
const knownValues = async (db: Transaction, { shown, proposed }: LockedEntry): Promise<Map<string, string>> => {
  const ids = [shown?.id, proposed?.id].filter((id) => id !== undefined)
  if (ids.length === 0) return new Map()
  const { rows } = await sql<{ digest: string; value: string }>`
    select y.digest, y.value from revisions r join personal_values y on y.digest = any(r.personal)
    where r.id = any(${ids}::uuid[]) and y.value is not null`.execute(db)
  return new Map(rows.map(({ digest, value }) => [value, digest]))
}

/** Whether a stored revision has the same content. Postgres decides: the order of properties does not count, that of elements does. */
export const equalsStored = async (db: Transaction, stored: RevisionRef | null, text: string): Promise<boolean> => {
  if (stored === null) return false
  const { rows } = await sql<{ equal: boolean }>`
    select content::jsonb = ${text}::jsonb as equal from revisions where id = ${stored.id}`.execute(db)
  return rows[0]!.equal
}

export type Change = {
  type: EventType
  principalId: string
  reason?: string | undefined
  details?: Record<string, unknown> | undefined
  /** A revision to store. */
  revision?: NewRevision | undefined
  /** The revision that the event is about, when none is stored. */
  about?: { id: string; number: number; hash: string } | undefined
  /** The state of the entry after the event; `approvedPosition` of an `approved` one is its own position. */
  state: EntryState
}

const recordedState = (state: EntryState): RecordedState => ({
  approval: state.approval,
  ...(state.inForce && { inForce: state.inForce.number }),
  ...(state.inForceHash !== null && { inForceHash: state.inForceHash }),
  ...(state.owner && { owner: state.owner.key }),
  ...(state.proposal && { proposal: state.proposal }),
  ...(state.proposed && { proposed: state.proposed.number }),
  shown: state.shown!.number,
  status: state.status,
})

/**
 * Appends one event to history, with the revision that it brings and the state that it leaves, in one statement. The row
 * of the head is taken in this statement, last before the commit: from then on positions commit in their order.
 * @returns the event's position
 */
export const appendEvent = async (
  db: Transaction,
  { resource }: Pick<Resource, 'resource'>,
  entry: Pick<LockedEntry, 'id' | 'key'>,
  { type, principalId, reason, details, revision, about, state }: Change,
): Promise<number> => {
  const subject = revision ?? about
  const [first, second, third] = canonicalParts({
    actor: principalId,
    ...(details && { details }),
    entry: { id: entry.id, key: entry.key, resource },
    ...(reason !== undefined && { reason }),
    ...(subject && { revision: subject.number, revisionHash: subject.hash }),
    state: recordedState(state),
    type,
  })
  // What is approved and stays in force was approved by this very event; a retirement leaves nothing in force.
  const approvedPosition =
    type === 'approved' && state.inForce ? sql`head.position` : sql`${state.approvedPosition}::bigint`
  const current = [state.inForce?.id, state.proposed?.id].filter((id) => id !== undefined)
  const { rows } = await sql<{ position: number }>`
    with ${nextHead(first, second, third)}
    ${revision ? storeRevision(resource, entry, revision, principalId, current) : sql``},
    ${markCurrent('revision_references', entry, current)},
    ${markCurrent('revision_facets', entry, current)},
    entry as (
      update entries set status = ${state.status}, in_force_id = ${state.inForce?.id ?? null}::uuid,
        proposed_id = ${state.proposed?.id ?? null}::uuid, proposal = ${state.proposal}, shown_id = ${state.shown!.id}::uuid,
        owner_id = ${state.owner?.id ?? null}::uuid, approval = ${state.approval},
        approved_position = ${approvedPosition},
        in_force_hash = ${state.inForceHash}, position = head.position
        ${shownNames(state, revision)}
      from head where id = ${entry.id})
    insert into events (position, type, entry_id, revision_id, principal_id, reason, details, recorded_at, hash,
      status, in_force_id, proposed_id, proposal, shown_id, owner_id, approval, approved_position, in_force_hash)
    select head.position, ${type}, ${entry.id}::uuid, ${subject?.id ?? null}::uuid, ${principalId}::uuid, ${reason ?? null},
      ${details ? JSON.stringify(details) : null}::json, head.recorded_at, head.hash, ${state.status},
      ${state.inForce?.id ?? null}::uuid, ${state.proposed?.id ?? null}::uuid, ${state.proposal}, ${state.shown!.id}::uuid,
      ${state.owner?.id ?? null}::uuid, ${state.approval},
      ${approvedPosition}, ${state.inForceHash}
    from head returning position`.execute(db)
  return rows[0]!.position
}

/**
 * Rows drawn out of revisions are `current` while theirs is in force or proposed. Both directions are written so that an
 * index finds the rows: asked at once, as `current <> …`, Postgres read the whole table at every write.
 */
const markCurrent = (table: string, entry: Pick<LockedEntry, 'id'>, current: string[]) => sql`
    ${sql.id(`no_longer_${table}`)} as (
      update ${sql.table(table)} set current = false
      where entry_id = ${entry.id} and current and revision_id <> all(${current}::uuid[])),
    ${sql.id(`again_${table}`)} as (
      update ${sql.table(table)} set current = true where revision_id = any(${current}::uuid[]) and not current)`

/**
 * The head of the chain moves on: `head` has the position, time and hash of the event that is being recorded. Times never
 * go back, so that positions and times have one order.
 * @param parts the event's canonical form around its position, the hash before it and its time
 */
export const nextHead = (...[first, second, third]: [string, string, string]) => sql`
  head as (
    update register_head h set (position, recorded_at, hash) = (
      select h.position + 1, t.now, encode(sha256(convert_to(
        '{' || ${first}::text || '"position":' || (h.position + 1) || ',"previous":"' || h.hash || '",' || ${second}::text
        || '"recordedAt":"' || ${rfc3339(sql`t.now`)} || '",' || ${third}::text || '}', 'UTF8')), 'hex')
      from (select greatest(date_trunc('milliseconds', clock_timestamp()), h.recorded_at) as now offset 0) t)
    returning h.position, h.recorded_at, h.hash)`

const storeRevision = (
  resource: string,
  entry: Pick<LockedEntry, 'id' | 'key'>,
  revision: NewRevision,
  principalId: string,
  current: string[],
) => sql`,
  new_values as (
    insert into personal_values (digest, salt, value)
    select y.digest, decode(y.salt, 'hex'), y.value from json_to_recordset(${JSON.stringify(
      revision.personalValues.map(({ digest, salt, value }) => ({ digest, salt: salt.toString('hex'), value })),
    )}::json) as y(digest text, salt text, value text)),
  revision as (
    insert into revisions (id, entry_id, number, content, content_hash, principal_id, recorded_at, personal, retirement)
    select ${revision.id}::uuid, ${entry.id}::uuid, ${revision.number}::integer, ${revision.text}::json, ${revision.hash}, ${principalId}::uuid,
      head.recorded_at, ${revision.digests}::text[], ${revision.retirement}::boolean from head),
  new_references as (
    insert into revision_references (revision_id, target_id, entry_id, resource, key, current)
    select ${revision.id}::uuid, t.id, ${entry.id}::uuid, ${resource}, ${entry.key}, ${current.includes(revision.id)}::boolean
    from unnest(${revision.targets.map(({ id }) => id)}::uuid[]) as t(id)),
  new_facets as (
    insert into revision_facets (revision_id, kind, value, entry_id, resource, key, current)
    select distinct ${revision.id}::uuid, f.kind, f.value, ${entry.id}::uuid, ${resource}, ${entry.key}, ${current.includes(revision.id)}::boolean
    from json_to_recordset(${JSON.stringify(revision.facets)}::json) as f(kind text, value text))`

/** The columns that lists sort and search by follow the revision that is shown. */
const shownNames = (state: EntryState, revision: NewRevision | undefined) => {
  if (revision?.id === state.shown!.id) {
    return sql`, name = ${revision.content.name}, description = ${revision.content.description ?? null}`
  }
  return sql`, (name, description) = (
    select r.content ->> 'name', r.content ->> 'description' from revisions r where r.id = ${state.shown!.id})`
}
