import {
  type Author,
  type EntryWrite,
  findEntry,
  inForceAtOnce,
  noPreconditions,
  type Resource,
  type WriteRules,
} from '../../entries/index.ts'
import type { Transaction } from '../../platform/db/database.ts'
import { blocking, findingsOf } from '../findings.ts'
import { activityResourceName } from '../resource.ts'
import { type Waiver, waiveFinding } from './decide.ts'
import { putInForce } from './propose.ts'

/**
 * How an entry that comes from another record is written: in force as it comes. An activity was in force there, and says
 * `approval: none` here.
 */
export const importedEntry = (
  resource: Resource,
  key: string,
  content: EntryWrite['content'],
  author: Author,
): EntryWrite => ({
  resource,
  key,
  content,
  rules: resource.resource === activityResourceName ? importRules(author) : inForceAtOnce(author),
  author,
})

const importRules = ({ principalId }: Author): WriteRules => ({
  decide: (_, { entry, revision, equal }) =>
    equal && equal.id === entry.inForce?.id ? undefined : putInForce(entry, revision, principalId, 'imported'),
})

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
