import { sql } from 'kysely'
import { appendEvent, facetBefore, facetValue, lockEntry, type Resource, today } from '../../entries/index.ts'
import { type Database, inTransaction } from '../../platform/db/database.ts'

/** Activities in force whose review is overdue on a day, and of which no event says so for that date yet. */
const findOverdue = async (db: Database, at: string): Promise<{ key: string; dueOn: string }[]> => {
  const { rows } = await sql<{ key: string; dueOn: string }>`
    select e.key, ${facetValue(sql`f.facet`)} as "dueOn" from entry_facets f join entries e on e.id = f.entry_id
    where f.resource = 'processing-activities' and ${facetBefore(sql`f.facet`, 'nextReviewOn', at)} and e.in_force_id is not null and not exists (
      select from events w where w.entry_id = e.id and w.type = 'review-overdue' and w.details ->> 'dueOn' = ${facetValue(sql`f.facet`)})
    order by e.key`.execute(db)
  return rows
}

/**
 * Records an event for each activity whose review has become overdue: once for each date, however many instances look.
 * @param principalId who the events are recorded for: the register itself
 * @returns how many were recorded
 */
export const recordOverdueReviews = async (db: Database, resource: Resource, principalId: string): Promise<number> => {
  const at = today()
  let recorded = 0
  for (const { key } of await findOverdue(db, at)) {
    await inTransaction(db, async (transaction) => {
      const entry = await lockEntry(transaction, resource, key)
      // Looked at again under the lock: another instance may have been here, or somebody reviewed it.
      const still = (await findOverdue(transaction, at)).find((found) => found.key === key)
      if (!still) return
      await appendEvent(transaction, entry, {
        type: 'review-overdue',
        principalId,
        details: { dueOn: still.dueOn },
        state: entry,
      })
      recorded++
    })
  }
  return recorded
}
