import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { type ChainProblem, createChainVerifier, hashContent, type KnownHead } from '../chain/index.ts'
import { digestOf, facetText, type Resource, withPersonalValues } from '../entries/index.ts'
import type { Database } from '../platform/db/database.ts'
import { readEvents, readHead } from './events.ts'

export type Verification = {
  valid: boolean
  head: { position: number; hash: string }
  /** Personal values that were erased, as history records. */
  erased: number
  problems: ChainProblem[]
}

const batch = 1000

/**
 * Verifies the register: the chain of events, the revisions against it, and what stands now against both. To be called in
 * a transaction of isolation `repeatable read`, so that writes meanwhile do not look like alterations.
 * @param known a head that was noted elsewhere; without one, an owner of the database could have computed all anew
 */
export const verifyRegister = async (
  db: Database,
  resources: ReadonlyMap<string, Resource>,
  known?: KnownHead,
): Promise<Verification> => {
  const chain = createChainVerifier(known)
  for (let after = 0; ; ) {
    const events = await readEvents(db, after, batch)
    for (const event of events) chain.add(event)
    if (events.length < batch) break
    after = events.at(-1)!.position
  }
  await verifyRevisions(db, resources, chain.report)
  await verifyState(db, chain.report)
  const erased = await verifyPersonalValues(db, chain.report)
  await verifySnapshots(db, chain.report)
  const head = await readHead(db)
  const { head: last, problems } = chain.end()
  if (head.position !== last.position || head.hash !== last.hash)
    problems.push({
      position: head.position,
      problem: 'The head is not that of the last event: events were cut off or the head was altered.',
    })
  return { valid: problems.length === 0, head: last, erased, problems }
}

type Report = (position: number, problem: string) => void

type RevisionRow = {
  id: string
  position: number | null
  resource: string
  key: string
  number: number
  content: string
  contentHash: string
  personal: Record<string, string | null> | null
  references: string[]
  facets: string[]
}

/** Each revision has the content that its event names, and the rows that are drawn out of it are those of its content. */
const verifyRevisions = async (
  db: Database,
  resources: ReadonlyMap<string, Resource>,
  report: Report,
): Promise<void> => {
  for (let after = '00000000-0000-0000-0000-000000000000'; ; ) {
    const { rows } = await sql<RevisionRow>`
      select r.id, (select min(v.position) from events v where v.entry_id = e.id and v.revision_id = r.id) as position,
        e.resource, e.key, r.number, r.content::text as content, r.content_hash as "contentHash",
        (select json_object_agg(y.digest, y.value) from personal_values y where y.digest = any(r.personal)) as personal,
        array(select t.resource || '/' || t.key from unnest(r.targets) as x(id) join entries t on t.id = x.id) as references, r.facets
      from revisions r join entries e on e.id = r.entry_id where r.id > ${after} order by r.id limit ${batch}`.execute(
      db,
    )
    for (const row of rows) verifyRevision(row, resources.get(row.resource)!, report)
    if (rows.length < batch) return
    after = rows.at(-1)!.id
  }
}

const verifyRevision = (row: RevisionRow, resource: Resource, report: Report): void => {
  const name = `Revision ${row.number} of ${row.resource}/${row.key}`
  if (row.position === null) {
    report(0, `${name} stands in no event: it was put in.`)
    return
  }
  if (hashContent(JSON.parse(row.content)) !== row.contentHash) report(row.position, `${name} was altered.`)
  const content = JSON.parse(withPersonalValues(row.content, row.personal).text)
  const references = [...new Set(resource.references(content).map((target) => `${target.resource}/${target.key}`))]
  const facets = [...new Set(resource.facets(content).map(facetText))]
  if (!sameSet(references, row.references)) report(row.position, `What ${name} refers to was altered.`)
  if (!sameSet(facets, row.facets)) report(row.position, `What lists know of ${name} was altered.`)
}

const sameSet = (a: string[], b: string[]) => a.length === b.length && a.every((item) => b.includes(item))

/** What stands now is what the last event of each entry left, and what approved it is the event that says so. */
const verifyState = async (db: Database, report: Report): Promise<void> => {
  const { rows } = await sql<{ position: number; resource: string; key: string }>`
    select e.position, e.resource, e.key from entries e left join lateral (
      select * from events w where w.entry_id = e.id order by w.position desc limit 1) v on true
    left join revisions r on r.id = v.shown_id
    where (e.position, e.status, e.in_force_id, e.proposed_id, e.proposal, e.shown_id, e.owner_id, e.approval,
        e.approved_position, e.in_force_hash)
      is distinct from (v.position, v.status, v.in_force_id, v.proposed_id, v.proposal, v.shown_id, v.owner_id, v.approval,
        v.approved_position, v.in_force_hash)
      or (e.name, e.description) is distinct from (r.content ->> 'name', r.content ->> 'description')
    order by e.position limit 100`.execute(db)
  for (const { position, resource, key } of rows)
    report(position, `What stands now of ${resource}/${key} is not what its last event left.`)
  const approvals = await sql<{ position: number; resource: string; key: string }>`
    select v.position, e.resource, e.key from events v join entries e on e.id = v.entry_id
    where v.approved_position is distinct from case when v.approval = 'none' then null else (
      select max(w.position) from events w where w.entry_id = v.entry_id and w.type = 'approved' and w.position <= v.position) end
    order by v.position limit 100`.execute(db)
  for (const { position, resource, key } of approvals.rows)
    report(position, `Which event approved ${resource}/${key} was altered.`)
  const flags = await sql<{ resource: string; key: string; position: number }>`
    with referred as (
      select e.id, t.target, e.resource, bool_or(r.id = e.shown_id)
      from entries e join revisions r on r.id in (e.in_force_id, e.proposed_id) cross join unnest(r.targets) as t(target)
      group by e.id, t.target),
    shown as (
      select e.id, f.facet, e.resource from entries e join revisions r on r.id = e.shown_id
      cross join unnest(r.facets) as f(facet) where e.status <> 'retired'),
    stored_references as (select entry_id, target_id, resource, shown from entry_references),
    stored_facets as (select entry_id, facet, resource from entry_facets),
    altered as (
      (table referred except table stored_references) union all (table stored_references except table referred)),
    refaceted as ((table shown except table stored_facets) union all (table stored_facets except table shown))
    select distinct e.resource, e.key, e.position from entries e
    where e.id in (select id from altered union select id from refaceted) limit 100`.execute(db)
  for (const { position, resource, key } of flags.rows)
    report(position, `What lists know of ${resource}/${key} was altered.`)
}

/** A personal value is what its digest was made of, or was erased by an event that says so. */
const verifyPersonalValues = async (db: Database, report: Report): Promise<number> => {
  const erasures = await sql<{ digest: string }>`
    select d.digest from events v cross join json_array_elements_text(v.details -> 'digests') as d(digest)
    where v.type = 'erased'`.execute(db)
  const erased = new Set(erasures.rows.map(({ digest }) => digest))
  const { rows } = await sql<{
    digest: string
    salt: Buffer | null
    value: string | null
    found: boolean
    position: number
    name: string
  }>`
    select distinct on (d.digest) d.digest, y.salt, y.value, y.digest is not null as found, v.position, e.resource || '/' || e.key as name
    from revisions r cross join unnest(r.personal) as d(digest) join entries e on e.id = r.entry_id
    join events v on v.revision_id = r.id left join personal_values y on y.digest = d.digest
    order by d.digest, v.position`.execute(db)
  for (const { digest, salt, value, found, position, name } of rows) {
    if (!found) report(position, `A personal value of ${name} was removed.`)
    else if (value === null || salt === null) {
      if (!erased.has(digest)) report(position, `A personal value of ${name} was erased, and no event says so.`)
    } else if (digestOf(salt, value) !== digest) report(position, `A personal value of ${name} was altered.`)
    else if (erased.has(digest)) report(position, `A personal value of ${name} that was erased has come back.`)
  }
  return erased.size
}

/** The bytes of each sealed report are those whose hash its event has, and there is none that no event knows. */
const verifySnapshots = async (db: Database, report: Report): Promise<void> => {
  const { rows } = await sql<{ position: number; id: string | null; sealed: string; same: boolean }>`
    select v.position, s.id, v.details ->> 'sha256' as sealed,
      (s.id::text, s.position, s.sha256, s.size, s.request, s.media_type, s.register_version) is not distinct from
      (v.details ->> 'snapshot', v.position, v.details ->> 'sha256', (v.details ->> 'size')::bigint, v.details ->> 'request',
        v.details ->> 'mediaType', (v.details ->> 'registerVersion')::bigint) as same
    from events v left join report_snapshots s on s.id::text = v.details ->> 'snapshot'
    where v.type = 'report-sealed' order by v.position`.execute(db)
  for (const { position, id, sealed, same } of rows) {
    if (id === null) report(position, 'A sealed report was removed.')
    else if (!same) report(position, `What is said of the sealed report ${id} was altered.`)
    else if ((await hashPieces(db, id)) !== sealed) report(position, `The sealed report ${id} was altered.`)
  }
  const unknown = await sql<{ id: string; position: number }>`
    select s.id, s.position from report_snapshots s join events v on v.position = s.position
    where v.type <> 'report-sealed' or v.details ->> 'snapshot' <> s.id::text limit 100`.execute(db)
  for (const { id, position } of unknown.rows)
    report(position, `The sealed report ${id} stands in no event: it was put in.`)
}

/** Piece by piece: a report may be larger than memory allows. */
const hashPieces = async (db: Database, id: string): Promise<string> => {
  const hash = createHash('sha256')
  for (let after = -1; ; ) {
    const { rows } = await sql<{ number: number; bytes: Buffer }>`
      select number, bytes from report_snapshot_pieces where snapshot_id = ${id}::uuid and number > ${after}
      order by number limit 1`.execute(db)
    if (!rows[0]) return hash.digest('hex')
    hash.update(rows[0].bytes)
    after = rows[0].number
  }
}
