import { sql } from 'kysely'
import type { Database, Transaction } from '../platform/db/database.ts'
import { assertPreconditions, type Preconditions } from '../platform/http/conditional.ts'
import { HttpProblem } from '../platform/http/problems.ts'
import { appendEvent, equalsStored, type NewRevision, prepareRevision } from './append.ts'
import type { EventType } from './event.ts'
import {
  type Author,
  assertOwned,
  type EntryState,
  type LockedEntry,
  lockEntry,
  lockOrCreate,
  lockTargets,
} from './lock.ts'
import type { At } from './moment.ts'
import { readEntry, readRevision } from './read.ts'
import { type EntryRow, entityTag } from './render.ts'
import type { EntryContent, Resource } from './resource.ts'

/**
 * Reads an entry as a write left it, whoever writes after it. To be called when the write is committed: a writer holds the
 * head of history until then, and every other one waits for it.
 */
export type ReadWritten = (db: Database) => Promise<EntryRow>

export const readWritten =
  (resource: string, key: string, position: number, which?: 'proposed'): ReadWritten =>
  async (db) => {
    const read = async (at?: At) =>
      (await (which ? readRevision(db, resource, key, which, at) : readEntry(db, resource, key, at))).result
    const now = await read()
    // Only when somebody wrote it again meanwhile must history be asked, which takes longer.
    return now?.position === position ? now : (await read({ position }))!
  }

export type Written = { outcome: 'created' | 'updated' | 'unchanged'; read: ReadWritten }

export const noPreconditions: Preconditions = { ifMatch: undefined, ifNoneMatch: undefined }

/** The entity tag of a locked entry; undefined: it is being created. */
export const currentTag = (entry: LockedEntry): string | undefined =>
  entry.lastRevision === 0 ? undefined : entityTag(entry.position, entry.proposedHash ?? undefined)

/** What a write brings: the entry and what it refers to, locked, and the revision that would be stored. */
export type PreparedWrite = { entry: LockedEntry; revision: NewRevision }

/**
 * Locks an entry, made when there is none, and prepares its next revision. Everything is decided while Postgres holds the
 * row lock, so that concurrent writers come one after another.
 * @param content a body that is valid under the resource's schema, without `key` and `meta`
 * @param complete completes the content from what the entry is now
 * @throws HttpProblem 409 owned by another service, 412 precondition, 422 references that do not exist
 */
export const prepareWrite = async (
  db: Transaction,
  resource: Resource,
  key: string,
  content: EntryContent,
  author: Author,
  preconditions: Preconditions,
  complete: (entry: LockedEntry, content: EntryContent) => Promise<EntryContent> = async (_, given) => given,
): Promise<PreparedWrite> => {
  const entry = await lockOrCreate(db, resource, key, content, author)
  assertOwned(entry, author)
  const completed = await complete(entry, content)
  const targets = await lockTargets(db, resource, completed)
  assertPreconditions(preconditions, currentTag(entry))
  return { entry, revision: await prepareRevision(db, resource, entry, completed, targets) }
}

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

/** What a resource adds to writing its entries. */
export type WriteRules = {
  /** Completes a content from what the entry is now. */
  complete?(entry: LockedEntry, content: EntryContent): Promise<EntryContent>
  /** Called before a revision is stored; throws to refuse it. */
  assertMayChange?(entry: LockedEntry, revision: NewRevision): Promise<void>
}

/**
 * Creates or replaces an entry of the catalogue by its key; it is in force at once. A content equal to what stands writes
 * nothing.
 * @throws HttpProblem 409 owned by another service, 412 precondition, 422 references that do not exist
 */
export const putEntry = async (
  db: Transaction,
  resource: Resource,
  key: string,
  content: EntryContent,
  author: Author,
  preconditions: Preconditions = noPreconditions,
  { complete, assertMayChange }: WriteRules = {},
): Promise<Written> => {
  const { entry, revision } = await prepareWrite(db, resource, key, content, author, preconditions, complete)
  if (await equalsStored(db, entry.inForce, revision.text))
    return { outcome: 'unchanged', read: readWritten(resource.resource, key, entry.position) }
  await assertMayChange?.(entry, revision)
  const state = inForceState(entry, revision, revision.hash)
  const { principalId } = author
  const position = await appendEvent(db, resource, entry, { type: writeType(entry), principalId, revision, state })
  return {
    outcome: entry.lastRevision === 0 ? 'created' : 'updated',
    read: readWritten(resource.resource, key, position),
  }
}

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
): Promise<ReadWritten> => {
  // FOR UPDATE excludes the FOR KEY SHARE of writers that are about to refer to the entry.
  const entry = await lockEntry(db, resource, key, 'update')
  assertOwned(entry, author)
  await assertNotReferred(db, resource, entry)
  assertPreconditions(preconditions, currentTag(entry))
  if (entry.status === 'retired') return readWritten(resource.resource, key, entry.position)
  const position = await appendEvent(db, resource, entry, {
    type: 'retired',
    principalId: author.principalId,
    about: await aboutRevision(db, entry.shown!.id),
    state: retiredState(entry),
  })
  return readWritten(resource.resource, key, position)
}

const assertNotReferred = async (db: Transaction, { singular }: Resource, { id }: LockedEntry): Promise<void> => {
  const { rows } = await sql<{ resource: string; key: string }>`
    select distinct resource, key from revision_references where target_id = ${id} and current and entry_id <> ${id}
    order by resource, key limit 20`.execute(db)
  if (rows.length === 0) return
  const names = rows.map((row) => `${row.resource}/${row.key}`).join(', ')
  throw new HttpProblem('conflict', `The ${singular} is still referred to by ${names}. Change or retire these first.`)
}

/** A stored revision, as an event about it names it. */
export const aboutRevision = async (db: Transaction, id: string) =>
  (
    await sql<{ id: string; number: number; hash: string }>`
    select id, number, content_hash as hash from revisions where id = ${id}`.execute(db)
  ).rows[0]!
