import { sql } from 'kysely'
import type { LockedEntry } from '../../entries/index.ts'
import type { Database } from '../../platform/db/database.ts'
import { HttpProblem } from '../../platform/http/problems.ts'

/** How activities are approved: by somebody else, also by whoever proposed, or not at all. */
export const approvalModes = ['four-eyes', 'self', 'off'] as const
export type ApprovalMode = (typeof approvalModes)[number]

const stepsOf = (entry: Pick<LockedEntry, 'proposal' | 'status'>): string[] => {
  if (entry.proposal === 'draft') return ['PUT', 'submit', 'withdraw']
  if (entry.proposal === 'in-review') return ['PUT', 'approve', 'reject', 'withdraw']
  return entry.status === 'retired' ? ['PUT'] : ['PUT', 'DELETE', 'reviewed', 'waivers']
}

/** 409 for a step that is not legal now; says which are. */
export const illegalStep = (entry: Pick<LockedEntry, 'proposal' | 'status'>, why: string) =>
  new HttpProblem('conflict', `${why} Legal steps now: ${stepsOf(entry).join(', ')}.`)

/** Who opened the pending proposal of an entry: its owner, as far as withdrawing it by a `PUT` goes. */
export const findProposer = async (db: Database, entryId: string): Promise<string | undefined> => {
  const { rows } = await sql<{ principalId: string }>`
    select w.principal_id as "principalId" from events w where w.entry_id = ${entryId} and w.position > coalesce(
      (select max(z.position) from events z where z.entry_id = ${entryId} and z.proposed_id is null), 0)
    order by w.position limit 1`.execute(db)
  return rows[0]?.principalId
}

/**
 * Who contributed to an entry since what is in force was approved, imported, or stored without approvals. Four eyes means
 * that none of them approves.
 */
export const findContributors = async (
  db: Database,
  entryId: string,
): Promise<{ id: string; name: string | null }[]> => {
  const { rows } = await sql<{ id: string; name: string | null }>`
    select distinct p.id, p.name from events w join principals p on p.id = w.principal_id
    where w.entry_id = ${entryId} and w.type in ('proposed', 'updated', 'created', 'revived') and w.position > coalesce((
      select max(z.position) from events z where z.entry_id = ${entryId} and (z.type = 'approved'
        or (z.approval = 'none' and z.type in ('imported', 'created', 'updated', 'revived')))), 0)`.execute(db)
  return rows
}
