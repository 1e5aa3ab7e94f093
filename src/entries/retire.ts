import { sql } from 'kysely'
import type { Transaction } from '../platform/db/database.ts'
import { assertPreconditions, type Preconditions } from '../platform/http/conditional.ts'
import { HttpProblem } from '../platform/http/problems.ts'
import { type Author, assertOwned, type EntryState, type LockedEntry, lockEntry } from './lock.ts'
import type { Resource } from './resource.ts'
import { currentTag, leftAlone, recordChange, type Written } from './write.ts'

/** The state of an entry that is retired: what was shown stays readable. */
export const retiredState = (entry: LockedEntry): EntryState => ({
  ...entry,
  status: 'retired',
  inForce: null,
  proposed: null,
  proposal: null,
  approval: 'none',
  approvedPosition: null,
  inForceHash: null,
})

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
): Promise<Written> => {
  // FOR UPDATE excludes the FOR KEY SHARE of writers that are about to refer to the entry.
  const entry = await lockEntry(db, resource, key, 'update')
  assertOwned(entry, author)
  await assertNotReferred(db, resource, entry)
  assertPreconditions(preconditions, currentTag(entry))
  if (entry.status === 'retired') return leftAlone(entry)
  return recordChange(db, entry, {
    type: 'retired',
    principalId: author.principalId,
    about: entry.shown!,
    state: retiredState(entry),
  })
}

const assertNotReferred = async (db: Transaction, { singular }: Resource, { id }: LockedEntry): Promise<void> => {
  const { rows } = await sql<{ resource: string; key: string }>`
    select e.resource, e.key from entry_references x join entries e on e.id = x.entry_id
    where x.target_id = ${id} and x.entry_id <> ${id} order by e.resource, e.key limit 20`.execute(db)
  if (rows.length === 0) return
  const names = rows.map((row) => `${row.resource}/${row.key}`).join(', ')
  throw new HttpProblem('conflict', `The ${singular} is still referred to by ${names}. Change or retire these first.`)
}
