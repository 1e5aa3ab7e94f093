import { sql } from 'kysely'
import {
  type ContentChange,
  type EntryRow,
  erasedName,
  facetBefore,
  facetValue,
  readContent,
  readRevision,
  rfc3339,
  today,
} from '../../entries/index.ts'
import { type Database, inTransaction } from '../../platform/db/database.ts'
import type { Finding } from '../finding.ts'
import { blocking, findingsOf } from '../findings.ts'
import { findContributors } from './proposal.ts'
import { findMaterialChanges, type Lifecycle } from './propose.ts'

/** An activity that waits for somebody: a proposal in review, or a review that is overdue. */
export type Waiting = {
  key: string
  name: string
  organisation: string
  proposal?: {
    revision: number
    contentHash: string
    retirement: boolean
    /** Since when it has been in review. */
    since: string
    contributors: string[]
    changes: (ContentChange & { material: boolean })[]
    findings: Finding[]
    /** Codes of the findings that keep it from being approved. */
    blockedBy: string[]
  }
  review?: { dueOn: string }
}

/**
 * A page of the queue, ordered by key.
 * @param after the last key of the page before
 * @param limit how many; one more is read to know whether the queue goes on
 */
export const readQueue = (
  db: Database,
  lifecycle: Lifecycle,
  after: string | undefined,
  limit: number,
): Promise<{ registerVersion: number; waiting: Waiting[] }> =>
  inTransaction(
    db,
    async (transaction) => {
      const head = await sql<{ position: number }>`select position from register_head`.execute(transaction)
      const isDue = facetBefore(sql`f.facet`, 'nextReviewOn', today())
      const { rows } = await sql<QueueRow>`
        select e.key, r.content ->> 'name' as name, r.content ->> 'organisation' as organisation,
          case when e.proposal = 'in-review' then (
            select ${rfc3339(sql`w.recorded_at`)} from events w where w.entry_id = e.id and w.proposal = 'in-review'
              and w.position > coalesce((
                select max(z.position) from events z where z.entry_id = e.id and z.proposal is distinct from 'in-review'), 0)
            order by w.position limit 1) end as since,
          case when e.in_force_id is not null and ${isDue} then ${facetValue(sql`f.facet`)} end as "dueOn"
        from entries e join revisions r on r.id = e.shown_id
        left join entry_facets f on f.entry_id = e.id and ${facetBefore(sql`f.facet`, 'nextReviewOn')}
        where e.resource = ${lifecycle.resource.resource} and e.status <> 'retired'
          and (e.proposal = 'in-review' or (e.in_force_id is not null and ${isDue}))
          ${after === undefined ? sql`` : sql`and e.key > ${after}`}
        order by e.key limit ${limit}`.execute(transaction)
      const waiting: Waiting[] = []
      for (const { since, dueOn, ...row } of rows) {
        waiting.push({
          ...row,
          ...(since !== null && { proposal: await describeProposal(transaction, lifecycle, row.key, since) }),
          ...(dueOn !== null && { review: { dueOn } }),
        })
      }
      return { registerVersion: head.rows[0]!.position, waiting }
    },
    'repeatable read',
  )

type QueueRow = { key: string; name: string; organisation: string; since: string | null; dueOn: string | null }

const describeProposal = async (
  db: Parameters<typeof findMaterialChanges>[0],
  { resource, compare }: Lifecycle,
  key: string,
  since: string,
): Promise<NonNullable<Waiting['proposal']>> => {
  const row = (await readRevision(db, resource.resource, key, 'proposed')).result!
  const { retirement } = row.proposed!
  const findings = retirement ? [] : await findingsOf(db, row)
  return {
    revision: row.revision,
    contentHash: row.contentHash,
    retirement,
    since,
    contributors: (await findContributors(db, row.id)).map(({ name }) => name ?? erasedName).sort(),
    changes: retirement ? [] : await markedChanges(db, compare, row),
    findings,
    blockedBy: [...new Set(findings.filter(blocking).map(({ code }) => code))],
  }
}

/** What a proposal changes of what is in force, the material changes marked. Of what was never in force, everything is new. */
const markedChanges = async (
  db: Parameters<typeof findMaterialChanges>[0],
  compare: Lifecycle['compare'],
  row: EntryRow,
): Promise<(ContentChange & { material: boolean })[]> => {
  if (row.inForce === null) return []
  const { rows } = await sql<{ id: string }>`
    select id from revisions where entry_id = ${row.id} and number = ${row.inForce}`.execute(db)
  const before = await readContent(db, rows[0]!.id)
  const changes = compare(before, JSON.parse(row.content))
  const material = new Set((await findMaterialChanges(db, [{ changes, before }])).flat())
  return changes.map((change) => ({ ...change, material: material.has(change) }))
}
