import { sql } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import { canonicalParts, type EventType, hashContent, type RecordedState } from '../chain/index.ts'
import type { Database, Transaction } from '../platform/db/database.ts'
import type { EntryName, EntryState, LockedEntry, RevisionRef } from './lock.ts'
import type { PersonalValue } from './personal.ts'
import { type EntryContent, facetText, type Resource } from './resource.ts'
import type { Target } from './targets.ts'

/** A revision that is ready to be stored. Its `content` is as it was written. */
export type NewRevision = RevisionRef & {
  /** The content as it is stored: with digests in place of personal values. */
  text: string
  hash: string
  digests: string[]
  personalValues: PersonalValue[]
  targets: Target[]
  /** As they are stored. */
  facets: string[]
  retirement: boolean
}

/**
 * Prepares the next revision of an entry, so that it can be compared with what stands before it is stored. What it refers to
 * is found afterwards, and only if it is equal to nothing.
 */
export const prepareRevision = (
  resource: Resource,
  entry: LockedEntry,
  content: EntryContent,
  targets: Target[] = [],
): NewRevision => {
  const separated = resource.separatePersonal(content, knownValues(entry))
  return {
    id: uuidv7(),
    number: entry.lastRevision + 1,
    content,
    text: JSON.stringify(separated.content),
    hash: hashContent(separated.content),
    digests: separated.digests,
    personalValues: separated.added,
    targets,
    facets: [...new Set(resource.facets(content).map(facetText))],
    retirement: false,
  }
}

/** Digests of the personal values that an entry has now, by value. */
const knownValues = ({ shown, proposed }: LockedEntry): Map<string, string> =>
  new Map(
    [shown, proposed].flatMap((revision) =>
      Object.entries(revision?.personal ?? {}).flatMap(([digest, value]) =>
        value === null ? [] : [[value, digest] as const],
      ),
    ),
  )

/** What happens to an entry. */
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

/** An entry that an event is of, at the position at which it was read. */
type Subject = EntryName & { id: string; position: number }

const partsOf = (
  { id, key, resource }: Subject,
  { type, principalId, reason, details, revision, about, state }: Change,
) => {
  const subject = revision ?? about
  return canonicalParts({
    actor: principalId,
    ...(details && { details }),
    entry: { id, key, resource },
    ...(reason !== undefined && { reason }),
    ...(subject && { revision: subject.number, revisionHash: subject.hash }),
    state: recordedState(state),
    type,
  })
}

/** An event as the statement that appends it is given it. */
const rowOf = (entry: Subject, change: Change, n: number) => {
  const { type, principalId, reason, details, revision, about, state } = change
  return {
    n,
    parts: partsOf(entry, change),
    type,
    entry_id: entry.id,
    read_at: entry.position,
    resource: entry.resource,
    key: entry.key,
    subject_id: (revision ?? about)?.id,
    principal_id: principalId,
    reason,
    details,
    status: state.status,
    in_force_id: state.inForce?.id,
    proposed_id: state.proposed?.id,
    proposal: state.proposal,
    shown_id: state.shown!.id,
    name: state.shown!.content.name,
    description: state.shown!.content.description,
    owner_id: state.owner?.id,
    approval: state.approval,
    // What is approved and stays in force was approved by this very event; a retirement leaves nothing in force.
    approves: type === 'approved' && state.inForce !== null,
    approved_position: state.approvedPosition,
    in_force_hash: state.inForceHash,
    ...(revision && {
      revision: {
        number: revision.number,
        text: revision.text,
        hash: revision.hash,
        digests: revision.digests,
        retirement: revision.retirement,
        values: revision.personalValues.map(({ digest, salt, value }) => ({
          digest,
          salt: salt.toString('hex'),
          value,
        })),
        targets: revision.targets.map(({ id }) => id),
        facets: revision.facets,
      },
    }),
  }
}

/**
 * Appends events to history, in their order, with the revisions that they bring and the states that they leave, in one
 * statement, if the entries and what their revisions refer to are still as they were read, and no personal value of theirs was
 * erased: these rows are locked in the order of their ids, and then the row of the head, from which on positions are committed
 * in their order.
 * @param changes each of another entry
 * @returns the positions of the events; undefined: something is not as it was read, and nothing is written
 */
export const appendEvents = async (
  db: Database,
  changes: readonly { entry: Subject; change: Change }[],
): Promise<number[] | undefined> => {
  if (changes.length === 0) return []
  const events = JSON.stringify(changes.map(({ entry, change }, n) => rowOf(entry, change, n + 1)))
  const revisions = changes.flatMap(({ change }) => change.revision ?? [])
  const targets = new Map(revisions.flatMap(({ targets }) => targets.map(({ id, position }) => [id, position])))
  const added = new Set(revisions.flatMap(({ personalValues }) => personalValues.map(({ digest }) => digest)))
  const kept = new Set(revisions.flatMap(({ digests }) => digests.filter((digest) => !added.has(digest))))
  const { rows } = await sql<{ position: number }>`
    with asked as materialized (
      select * from json_to_recordset(${events}::json) as g(n integer, parts text[], type text, entry_id uuid, read_at bigint,
        resource text, subject_id uuid, principal_id uuid, reason text, details json, status text, in_force_id uuid,
        proposed_id uuid, proposal text, shown_id uuid, name text, description text, owner_id uuid, approval text,
        approves boolean, approved_position bigint, in_force_hash text, revision json)),
    asked_revision as materialized (
      select a.subject_id as id, a.entry_id, r.* from asked a cross join lateral
        json_to_record(a.revision) as r(number integer, text text, hash text, digests text[], retirement boolean,
          values json, targets uuid[], facets text[])
      where a.revision is not null),
    entry_held as materialized (
      select e.id, e.position, e.in_force_id, e.proposed_id from entries e where e.id = any(array(select entry_id from asked))
      order by e.id for no key update of e),
    target_asked as materialized (
      select t.key::uuid as id, t.value::bigint as read_at from json_each_text(${JSON.stringify(Object.fromEntries(targets))}::json) t),
    target_held as materialized (
      select e.id, e.position from entries e where e.id = any(array(select id from target_asked)) order by e.id
      for key share of e),
    value_asked as materialized (select v.digest from json_array_elements_text(${JSON.stringify([...kept])}::json) as v(digest)),
    value_held as materialized (
      select y.digest, y.value is not null as known from personal_values y
      where y.digest = any(array(select digest from value_asked)) order by y.digest for key share of y),
    as_read as materialized (
      select (select count(*) from asked) = (select count(*) from asked a join entry_held h on h.id = a.entry_id and h.position = a.read_at)
        and (select count(*) from target_asked) = (
          select count(*) from target_asked t join target_held h on h.id = t.id and h.position = t.read_at)
        and (select count(*) from value_asked) = (select count(*) from value_held where known) as ok),
    given as materialized (select a.* from as_read r join asked a on r.ok),
    event as materialized (
      select g.*, c.position, c.recorded_at, c.hash, case when g.approves then c.position else g.approved_position end as approved
      from as_read r cross join lateral extend_chain(array(select parts[1] from given order by n),
        array(select parts[2] from given order by n), array(select parts[3] from given order by n)) c
      join given g on g.n = c.n where r.ok),
    revision as materialized (select r.* from as_read a join asked_revision r on a.ok),
    new_values as (
      insert into personal_values (digest, salt, value)
      select y.digest, decode(y.salt, 'hex'), y.value from revision r cross join lateral
        json_to_recordset(r.values) as y(digest text, salt text, value text)),
    new_revisions as (
      insert into revisions (id, entry_id, number, content, content_hash, principal_id, recorded_at, personal, retirement,
        targets, facets)
      select r.id, r.entry_id, r.number, r.text::json, r.hash, v.principal_id, v.recorded_at, r.digests, r.retirement,
        r.targets, r.facets
      from revision r join event v on v.subject_id = r.id),
    -- Most writes refer to what the entry referred to before, and are found by the same: there is nothing to do then.
    found_anew as materialized (
      select g.* from given g join entry_held h on h.id = g.entry_id
      left join revision n on n.id = g.in_force_id left join revisions o on o.id = h.in_force_id
      where g.proposed_id is not null or h.proposed_id is not null
        or n.targets is distinct from o.targets or n.facets is distinct from o.facets),
    standing as materialized (
      select g.entry_id, g.resource, r.id = g.shown_id as shown, r.targets, r.facets
      from found_anew g cross join lateral (
        select s.id, s.targets, s.facets from revisions s where s.id in (g.in_force_id, g.proposed_id)
        union all select n.id, n.targets, n.facets from revision n where n.id in (g.in_force_id, g.proposed_id)) r),
    referred as materialized (
      select s.entry_id, t.id as target_id, s.resource, bool_or(s.shown) as shown
      from standing s cross join unnest(s.targets) as t(id) group by s.entry_id, t.id, s.resource),
    no_longer_referred as (
      delete from entry_references x where x.entry_id = any(${foundAnew})
        and (x.entry_id, x.target_id) not in (select r.entry_id, r.target_id from referred r)),
    newly_referred as (
      insert into entry_references (entry_id, target_id, resource, shown)
      select r.entry_id, r.target_id, r.resource, r.shown from referred r
      where (r.entry_id, r.target_id, r.shown) not in (
        select x.entry_id, x.target_id, x.shown from entry_references x where x.entry_id = any(${foundAnew}))
      on conflict (entry_id, target_id) do update set shown = excluded.shown),
    shown_facets as materialized (
      select s.entry_id, f.facet, s.resource from standing s cross join unnest(s.facets) as f(facet) where s.shown),
    no_longer_shown as (
      delete from entry_facets x where x.entry_id = any(${foundAnew})
        and (x.entry_id, x.facet) not in (select f.entry_id, f.facet from shown_facets f)),
    newly_shown as (
      insert into entry_facets (entry_id, facet, resource)
      select f.entry_id, f.facet, f.resource from shown_facets f
      where (f.entry_id, f.facet) not in (
        select x.entry_id, x.facet from entry_facets x where x.entry_id = any(${foundAnew}))),
    entry as (
      update entries e set status = v.status, in_force_id = v.in_force_id, proposed_id = v.proposed_id, proposal = v.proposal,
        shown_id = v.shown_id, name = v.name, description = v.description, owner_id = v.owner_id, approval = v.approval,
        approved_position = v.approved, in_force_hash = v.in_force_hash, position = v.position
      from event v where e.id = v.entry_id and e.id = any(${changed}))
    insert into events (position, type, entry_id, revision_id, principal_id, reason, details, recorded_at, hash,
      status, in_force_id, proposed_id, proposal, shown_id, owner_id, approval, approved_position, in_force_hash)
    select position, type, entry_id, subject_id, principal_id, reason, details, recorded_at, hash,
      status, in_force_id, proposed_id, proposal, shown_id, owner_id, approval, approved, in_force_hash
    from event order by n returning position`.execute(db)
  return rows.length === 0 ? undefined : rows.map(({ position }) => position)
}

/**
 * Whoever holds the locks reads what nobody changes, but for personal values, which may be erased meanwhile: the transaction runs
 * again, as after Postgres' own serialization_failure.
 */
export const notAsRead = () => Object.assign(new Error('What is written is not as it was read.'), { code: '40001' })

/**
 * Appends one event of an entry that is locked.
 * @returns its position
 */
export const appendEvent = async (db: Transaction, entry: Subject, change: Change): Promise<number> => {
  const positions = await appendEvents(db, [{ entry, change }])
  if (!positions) throw notAsRead()
  return positions[0]!
}

/** Entries as an array, so that Postgres goes by its indexes, and with one plan, however many they are. */
const changed = sql`array(select entry_id from given)`
const foundAnew = sql`array(select entry_id from found_anew)`

/**
 * The head of the chain moves on: `head` has the position, time and hash of an event that is being recorded of no entry.
 * @param parts the event's canonical form around its position, the hash before it and its time
 */
export const nextHead = (...[first, second, third]: [string, string, string]) => sql`
  head as (
    select position, recorded_at, hash from extend_chain(array[${first}::text], array[${second}::text], array[${third}::text]))`
