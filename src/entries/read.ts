import { type RawBuilder, sql } from 'kysely'
import type { Database } from '../platform/db/database.ts'
import { hashWithReferencesOf } from './content-hash.ts'
import type { EntryName } from './lock.ts'
import { type At, entriesAt, rfc3339 } from './moment.ts'
import { withPersonalValues } from './personal.ts'
import type { EntryRow, RevisionStatus } from './render.ts'
import type { EntryContent } from './resource.ts'

/** Every read tells the version that it saw, from the same snapshot: the position of the last event. */
export type Versioned<T> = { registerVersion: number; result: T }

/** A row as it comes from Postgres: personal values still apart. */
export type StoredRow = Omit<EntryRow, 'erased'> & { personal: Record<string, string | null> | null }

const complete = ({ personal, ...row }: StoredRow): EntryRow => {
  const { text, erased } = withPersonalValues(row.content, personal)
  return { ...row, content: text, erased }
}

const personalOf = sql`
  (select json_object_agg(y.digest, y.value) from personal_values y where y.digest = any(r.personal))`

export const columns = (moment: At | undefined) => sql`
  e.id, e.resource, e.key, e.status, e.position, e.created_at as "createdAt",
  (select o.key from entries o where o.id = e.owner_id) as owner,
  r.id as "revisionId", r.number as revision, r.content::text as content,
  case when r.id = e.proposed_id then ${hashWithReferencesOf('r', moment)} else coalesce(e.in_force_hash, r.content_hash) end
    as "contentHash",
  ${personalOf} as personal,
  e.approval, (select json_build_object('by', a.name, 'at', ${rfc3339(sql`w.recorded_at`)})
    from events w join principals a on a.id = w.principal_id where w.position = e.approved_position) as approved,
  (select f.number from revisions f where f.id = e.in_force_id) as "inForce",
  (select json_build_object('revision', pr.number, 'status', e.proposal, 'contentHash', ${hashWithReferencesOf('pr', moment)},
    'retirement', pr.retirement, 'proposedBy', b.name)
    from revisions pr join principals b on b.id = pr.principal_id where pr.id = e.proposed_id) as proposed,
  v.recorded_at as "updatedAt", p.name as "updatedBy"`

/** Entries with the revision that is shown: the one in force, else the proposed one, else the last. */
export const joins = (moment: At | undefined) => sql`
  ${entriesAt(moment)} e join revisions r on r.id = e.shown_id
  join events v on v.position = e.position join principals p on p.id = v.principal_id`

/** An entry by its key, retired or not, as it is now. */
export const findEntry = async (db: Database, resource: string, key: string): Promise<EntryRow | undefined> => {
  const { rows } = await sql<StoredRow>`
    select ${columns(undefined)} from ${joins(undefined)} where e.resource = ${resource} and e.key = ${key}`.execute(db)
  return rows[0] && complete(rows[0])
}

/** The content of a revision, as it was written. */
export const readContent = async (db: Database, revisionId: string): Promise<EntryContent> => {
  const { rows } = await sql<Pick<StoredRow, 'content' | 'personal'>>`
    select r.content::text as content, ${personalOf} as personal from revisions r where r.id = ${revisionId}`.execute(
    db,
  )
  return JSON.parse(withPersonalValues(rows[0]!.content, rows[0]!.personal).text)
}

export type Head = { registerVersion: number }
export const versioned = (rows: (StoredRow & Head)[]): Versioned<EntryRow[]> => ({
  registerVersion: rows[0]!.registerVersion,
  result: rows.filter((row) => row.id !== null).map(({ registerVersion: _, ...row }) => complete(row)),
})

/** An entry by its key, with the version of the register that was read. */
export const readEntry = async (
  db: Database,
  resource: string,
  key: string,
  moment?: At,
): Promise<Versioned<EntryRow | undefined>> => {
  const { rows } = await sql<StoredRow & Head>`
    select h.position as "registerVersion", found.* from register_head h left join lateral (
      select ${columns(moment)} from ${joins(moment)} where e.resource = ${resource} and e.key = ${key}) found on true`.execute(
    db,
  )
  const { registerVersion, result } = versioned(rows)
  return { registerVersion, result: result[0] }
}

/** What readRevision asks of a revision itself, beside what it asks of its entry. */
type RevisionRow = {
  revisionStatus: RevisionStatus
  recordedAt: Date
  author: string | null
  boundHash: string | null
  decision: EntryRow['approved']
}

/**
 * One revision of an entry, with what became of it.
 * @param which its number, or `proposed`
 */
export const readRevision = async (
  db: Database,
  resource: string,
  key: string,
  which: number | 'proposed',
  moment?: At,
): Promise<Versioned<EntryRow | undefined>> => {
  const until = moment === undefined ? sql`` : sql`and w.position <= ${moment.position}`
  const about = sql`from events w where w.entry_id = e.id and w.revision_id = r.id ${until}`
  const { rows } = await sql<StoredRow & RevisionRow & Head>`
    select h.position as "registerVersion", found.* from register_head h left join lateral (
      select ${columns(moment)},
        case when r.id = e.in_force_id then 'in-force' when r.id = e.proposed_id then e.proposal
          when exists (select ${about} and w.type = 'rejected') then 'rejected'
          when exists (select ${about} and w.type = 'withdrawn') then 'withdrawn'
          when e.status = 'retired' and r.id = e.shown_id then 'retired' else 'superseded' end as "revisionStatus",
        r.recorded_at as "recordedAt", (select a.name from principals a where a.id = r.principal_id) as author,
        (select w.in_force_hash from events w where w.entry_id = e.id and w.in_force_id = r.id order by w.position limit 1)
          as "boundHash",
        (select json_build_object('by', a.name, 'at', ${rfc3339(sql`w.recorded_at`)})
          from events w join principals a on a.id = w.principal_id
          where w.entry_id = e.id and w.revision_id = r.id and w.type = 'approved' ${until} limit 1) as decision
      from ${entriesAt(moment)} e
      join revisions r on r.entry_id = e.id and ${which === 'proposed' ? sql`r.id = e.proposed_id` : sql`r.number = ${which}`}
      join events v on v.position = e.position join principals p on p.id = v.principal_id
      where e.resource = ${resource} and e.key = ${key} and exists (select ${about})) found on true`.execute(db)
  const { registerVersion, result } = versioned(rows)
  const row = result[0] as (EntryRow & RevisionRow) | undefined
  if (!row) return { registerVersion, result: undefined }
  const { revisionStatus: status, recordedAt, author, boundHash, decision, ...entry } = row
  const standing = status === 'in-force'
  return {
    registerVersion,
    result: {
      ...entry,
      status,
      updatedAt: recordedAt,
      updatedBy: author,
      ...(!standing && {
        approval: decision ? 'approved' : 'none',
        approved: decision,
        contentHash:
          which === 'proposed' || entry.proposed?.revision === row.revision
            ? entry.contentHash
            : (boundHash ?? entry.contentHash),
      }),
    },
  }
}

/** Entries of a resource by their keys, ordered by key; those that do not exist are left out. */
export const readEntries = async (db: Database, resource: string, keys: string[], moment?: At): Promise<EntryRow[]> => {
  const { rows } = await sql<StoredRow>`
    select ${columns(moment)} from ${joins(moment)}
    where e.resource = ${resource} and e.key = any(${keys}::text[]) order by e.key`.execute(db)
  return rows.map(complete)
}

/** What refers to an entry, in force or proposed: the referring entries, ordered by resource and key. */
export const listReferrers = async (
  db: Database,
  targetId: string,
  after: EntryName | undefined,
  limit: number,
  moment?: At,
): Promise<Pick<EntryRow, 'resource' | 'key' | 'content'>[]> => {
  const { rows } = await sql<Pick<EntryRow, 'resource' | 'key' | 'content'>>`
    select e.resource, e.key, r.content::text as content
    from ${entriesAt(moment)} e cross join lateral (
      select s.content from revisions s where s.id in (e.in_force_id, e.proposed_id) and ${targetId} = any(s.targets)
      order by (s.id = e.in_force_id) desc limit 1) r
    where e.id <> ${targetId}
    ${moment === undefined ? sql`and exists (select from entry_references x where x.entry_id = e.id and x.target_id = ${targetId})` : sql``}
    ${after === undefined ? sql`` : sql`and (e.resource, e.key) > (${after.resource}, ${after.key})`}
    order by e.resource, e.key limit ${limit}`.execute(db)
  return rows
}

/** What is shown of an entry, without what the register itself says of it. */
export type ShownContent = EntryName & { content: string }

const shownContents = async (db: Database, condition: RawBuilder<unknown>, moment?: At): Promise<ShownContent[]> => {
  const { rows } = await sql<EntryName & Pick<StoredRow, 'content' | 'personal'>>`
    select e.resource, e.key, r.content::text as content, ${personalOf} as personal
    from ${entriesAt(moment)} e join revisions r on r.id = e.shown_id where ${condition}`.execute(db)
  return rows.map(({ resource, key, content, personal }) => ({
    resource,
    key,
    content: withPersonalValues(content, personal).text,
  }))
}

/** Every entry of the catalogue that is not retired. */
export const readWholeCatalogue = (db: Database, moment?: At): Promise<ShownContent[]> =>
  shownContents(db, sql`e.resource <> 'processing-activities' and e.status <> 'retired'`, moment)

/**
 * The entries that some revisions refer to, directly or through other entries. `offset 0` and the array make Postgres go by the
 * indexes: a recursion is expected to find millions, and then whole tables are read.
 */
export const readReferredTo = (db: Database, revisionIds: string[], moment?: At): Promise<ShownContent[]> =>
  shownContents(
    db,
    sql`e.id = any(array(
      with recursive reached(id) as (
        select n.id from revisions s cross join unnest(s.targets) as n(id) where s.id = any(${revisionIds}::uuid[])
        union
        select n.id from reached cross join lateral (
          select x.id from ${entriesAt(moment)} t join revisions s on s.id = t.shown_id cross join unnest(s.targets) as x(id)
          where t.id = reached.id offset 0) n)
      select id from reached))`,
    moment,
  )

/** An entry with what the revision that is shown is found by. */
export type ShownRow = EntryRow & { facets: string[]; references: string[] }

/** Entries as they are shown now, ordered by resource and key; the condition sees each as `e`. */
const shownRows = (condition: RawBuilder<unknown>, limit: RawBuilder<unknown> = sql``) => sql`
  select ${columns(undefined)}, to_json(r.facets) as facets, to_json(r.targets) as "references"
  from ${joins(undefined)} where ${condition} order by e.resource, e.key ${limit}`

/**
 * A part of all entries as they are shown now.
 * @param after the last one of the part before
 */
export const readShown = async (
  db: Database,
  after: Pick<EntryRow, 'resource' | 'key'> | undefined,
  limit: number,
): Promise<Versioned<ShownRow[]>> => {
  const beyond = after ? sql`(e.resource, e.key) > (${after.resource}, ${after.key})` : sql`true`
  const { rows } = await sql<StoredRow & Head>`
    select h.position as "registerVersion", found.* from register_head h left join lateral (
      ${shownRows(beyond, sql`limit ${limit}`)}) found on true`.execute(db)
  return versioned(rows) as Versioned<ShownRow[]>
}

/**
 * Entries as they are shown now that changed since a version, from one snapshot. What an approval is bound to changes with
 * the entries that its proposal refers to.
 * @param most how many events may lie between
 * @returns undefined: more, or an event that may concern any entry
 */
export const readChanged = async (
  db: Database,
  version: number,
  most: number,
): Promise<Versioned<ShownRow[]> | undefined> => {
  const since = sql`events v where v.position > ${version} and v.position <= ${version + most}`
  // Each event's resource is looked up by itself: joined, Postgres read the whole catalogue after every write.
  const changed = sql`array(
    select v.entry_id from ${since} union
    select p.id from entries p where p.proposed_id is not null and exists (
      select from ${since} and (select c.resource from entries c where c.id = v.entry_id) <> 'processing-activities'))`
  const { rows } = await sql<StoredRow & Head & { concernsAny: boolean }>`
    select h.position as "registerVersion", h.position > ${version + most} or exists (
      select from events v where v.position > ${version} and v.entry_id is null) as "concernsAny", found.*
    from register_head h left join lateral (${shownRows(sql`e.id = any(${changed})`)}) found on true`.execute(db)
  if (rows[0]!.concernsAny) return undefined
  const { registerVersion, result } = versioned(rows) as Versioned<(ShownRow & { concernsAny: boolean })[]>
  return { registerVersion, result: result.map(({ concernsAny: _, ...row }) => row) }
}
