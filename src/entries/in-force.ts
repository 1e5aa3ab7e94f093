import type { EventType } from '../chain/index.ts'
import type { Database } from '../platform/db/database.ts'
import type { NewRevision } from './append.ts'
import type { Author, EntryState, LockedEntry } from './lock.ts'
import type { PreparedWrite, WriteRules } from './write.ts'

/** The state of an entry whose revision comes into force without an approval. */
export const inForceState = (entry: LockedEntry, revision: NewRevision, hash: string): EntryState => ({
  status: 'in-force',
  inForce: revision,
  proposed: null,
  proposal: null,
  shown: revision,
  owner: entry.owner,
  approval: 'none',
  approvedPosition: null,
  inForceHash: hash,
})

/** What a write into force is called. */
export const writeType = (entry: LockedEntry): EventType =>
  entry.lastRevision === 0 ? 'created' : entry.status === 'retired' ? 'revived' : 'updated'

/**
 * How entries of the catalogue are written: in force at once. A content equal to what stands writes nothing.
 * @param complete completes a content from what the entry is now
 * @param assertMayChange called before a revision is stored; throws to refuse it
 */
export const inForceAtOnce = (
  { principalId }: Author,
  complete?: WriteRules['complete'],
  assertMayChange?: (db: Database, write: PreparedWrite) => Promise<void>,
): WriteRules => ({
  ...(complete && { complete }),
  decide: async (db, write) => {
    const { entry, revision, equal } = write
    if (equal) return undefined
    await assertMayChange?.(db, write)
    return { type: writeType(entry), principalId, revision, state: inForceState(entry, revision, revision.hash) }
  },
})
