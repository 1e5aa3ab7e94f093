import {
  type Author,
  type EntryContent,
  findEntry,
  noPreconditions,
  type Resource,
  type WriteRules,
  type Written,
  writeEntry,
} from '../../entries/index.ts'
import type { Transaction } from '../../platform/db/database.ts'
import { blocking, findingsOf } from '../findings.ts'
import { type Waiver, waiveFinding } from './decide.ts'
import { putInForce } from './propose.ts'

type Outcome = Written['outcome']

/**
 * Puts an activity in force as it comes from another record: it was in force there, and says `approval: none` here.
 * @throws HttpProblem 422 references that do not exist
 */
export const importActivity = async (
  db: Transaction,
  resource: Resource,
  key: string,
  content: EntryContent,
  author: Author,
): Promise<Outcome> => {
  const rules: WriteRules = {
    decide: (_, { entry, revision, equal }) =>
      equal && equal.id === entry.inForce?.id ? undefined : putInForce(entry, revision, author.principalId, 'imported'),
  }
  return (await writeEntry(db, { resource, key, content: () => content, rules, author })).outcome
}

/** Waives what would keep an imported activity from being approved: its source is complete, or nothing can be done here. */
export const waiveImported = async (
  db: Transaction,
  resource: Resource,
  key: string,
  author: Author,
  waiver: Pick<Waiver, 'reason' | 'until'>,
): Promise<void> => {
  const row = (await findEntry(db, resource.resource, key))!
  const codes = new Set((await findingsOf(db, row)).filter(blocking).map(({ code }) => code))
  for (const findingCode of codes)
    await waiveFinding(db, { resource }, { key, author, preconditions: noPreconditions, findingCode, ...waiver })
}
