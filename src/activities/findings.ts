import { sql } from 'kysely'
import { type Catalogue, readCatalogueOf } from '../catalogue/index.ts'
import { type At, type EntryRow, lawDay, type Moment, metaOf } from '../entries/index.ts'
import type { Database } from '../platform/db/database.ts'
import type { Finding } from './finding.ts'
import { evaluateRules } from './rules/index.ts'
import type { ActivityContent, ActivityView } from './schema.ts'

/** An activity as its `GET` shows it. */
export const viewOf = (row: EntryRow): ActivityView => ({ key: row.key, ...JSON.parse(row.content), meta: metaOf(row) })

/** A revision of an activity, as far as it is judged. */
export type JudgedRow = Pick<EntryRow, 'id' | 'revisionId' | 'status' | 'content'>

/** When activities are judged as they stood, and the day whose law counts. */
export type JudgedMoment = Pick<Moment, 'position' | 'date'>

/** What the record of an activity says about its findings: waivers, and entries that changed after its approval. */
export type Circumstances = {
  waivers: { findingCode: string; pointer: string | null; reason: string; until: string; by: string | null }[]
  changedSinceApproval: { resource: string; key: string }[]
}

/** The circumstances of activities, by their ids. */
export const readCircumstances = async (
  db: Database,
  rows: readonly Pick<JudgedRow, 'id'>[],
  moment?: At,
): Promise<Map<string, Circumstances>> => {
  const ids = rows.map(({ id }) => id)
  const until = moment === undefined ? sql`` : sql`and w.position <= ${moment.position}`
  const found = await sql<Circumstances & { id: string }>`
    select e.id, coalesce((
      select json_agg(json_build_object('findingCode', w.details ->> 'findingCode', 'pointer', w.details ->> 'pointer',
        'reason', w.reason, 'until', w.details ->> 'until', 'by', p.name) order by w.position desc)
      from events w join principals p on p.id = w.principal_id where w.entry_id = e.id and w.type = 'waived' ${until}), '[]') as waivers,
      coalesce((
        select json_agg(json_build_object('resource', t.resource, 'key', t.key) order by t.resource, t.key)
        from revisions f cross join unnest(f.targets) as x(id) join entries t on t.id = x.id
        where f.id = s.in_force_id and s.approved_position is not null and exists (
          select from events w where w.entry_id = t.id and w.position > s.approved_position and w.revision_id is not null ${until})), '[]')
        as "changedSinceApproval"
    from entries e cross join lateral (
      select * from events w where w.entry_id = e.id ${until} order by w.position desc limit 1) s
    where e.id = any(${ids}::uuid[])`.execute(db)
  return new Map(found.rows.map(({ id, ...circumstances }) => [id, circumstances]))
}

/**
 * What the rules find in activities, with their entries of the catalogue, as they stand at the moment.
 * @returns findings in the order of the activities
 */
export const findingsOfEach = async (
  db: Database,
  rows: readonly JudgedRow[],
  moment?: JudgedMoment,
): Promise<Finding[][]> => {
  const catalogue = await readCatalogueOf(
    db,
    rows.map(({ revisionId }) => revisionId),
    moment,
  )
  return judgeEach(db, rows, catalogue, moment)
}

/** The same by a catalogue that was read already. */
export const judgeEach = async (
  db: Database,
  rows: readonly JudgedRow[],
  catalogue: Catalogue,
  moment?: JudgedMoment,
): Promise<Finding[][]> => {
  const circumstances = await readCircumstances(db, rows, moment)
  return rows.map(({ id, status, content }) =>
    judge({ status, activity: JSON.parse(content) }, catalogue, circumstances.get(id), lawDay(moment)),
  )
}

/** What the rules find in one activity, with the waivers that hold on the day. */
export const judge = (
  { status, activity }: Pick<JudgedRow, 'status'> & { activity: ActivityContent },
  catalogue: Catalogue,
  circumstances: Circumstances | undefined,
  at: string,
): Finding[] => {
  const standing = status === 'in-force' ? (circumstances?.changedSinceApproval ?? []) : []
  const findings = evaluateRules({ activity, catalogue, at, changedSinceApproval: standing })
  return findings.map((finding) => {
    const waiver = circumstances?.waivers.find(
      ({ findingCode, pointer, until }) =>
        findingCode === finding.code && until >= at && (pointer === null || pointer === finding.pointer),
    )
    if (!waiver) return finding
    const { reason, until, by } = waiver
    return { ...finding, waiver: { reason, until, by: by ?? '(erased)' } }
  })
}

export const findingsOf = async (db: Database, row: EntryRow, moment?: Moment): Promise<Finding[]> =>
  (await findingsOfEach(db, [row], moment))[0]!

/** Whether a finding keeps a proposal from being approved: errors of Art. 30 itself that nobody waived. */
export const blocking = ({ severity, article, waiver }: Finding): boolean =>
  severity === 'error' && /^Art\. 30\b/.test(article) && waiver === undefined
