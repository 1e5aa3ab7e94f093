import { sql } from 'kysely'
import type { Database, Transaction } from '../platform/db/database.ts'
import { assertPreconditions, type Preconditions } from '../platform/http/conditional.ts'
import { HttpProblem } from '../platform/http/problems.ts'
import { appendEvent, appendEvents, type Change, type NewRevision, notAsRead, prepareRevision } from './append.ts'
import {
  type Author,
  assertOwned,
  type EntryName,
  type EntryState,
  type LockedEntry,
  lockOrCreate,
  nameOf,
  type StandingRevision,
  type StandingRow,
  standingByName,
  standingRows,
} from './lock.ts'
import type { At } from './moment.ts'
import { readEntry, readRevision } from './read.ts'
import type { EntryReference } from './references.ts'
import { type EntryRow, entityTag } from './render.ts'
import type { EntryContent, Resource } from './resource.ts'
import { sameJson } from './same-json.ts'
import { type FoundTarget, findTargets, targetRows, targetsByName, targetsOf } from './targets.ts'

/** What a write did to an entry. */
export type Written = {
  outcome: 'created' | 'updated' | 'unchanged'
  id: string
  resource: string
  key: string
  /** Position of the entry's last event. */
  position: number
  /** The entry as the write left it. */
  state: EntryState
}

const written = (
  { id, resource, key, lastRevision }: LockedEntry,
  state: EntryState,
  position: number,
  changed: boolean,
): Written => ({
  outcome: !changed ? 'unchanged' : lastRevision === 0 ? 'created' : 'updated',
  id,
  resource,
  key,
  position,
  state,
})

/** Nothing is written: the entry is as it was asked for. */
export const leftAlone = (entry: LockedEntry): Written => written(entry, entry, entry.position, false)

/**
 * Records what happens to a locked entry.
 * @returns the entry as it is then
 */
export const recordChange = async (db: Transaction, entry: LockedEntry, change: Change): Promise<Written> =>
  written(entry, change.state, await appendEvent(db, entry, change), true)

/**
 * Reads an entry as a write left it, whoever writes after it: its proposal, if it has one. To be called when the write is
 * committed: a writer holds the head of history until then, and every other one waits for it.
 */
export const readWritten = async (
  db: Database,
  { resource, key, position, state }: Pick<Written, 'resource' | 'key' | 'position' | 'state'>,
): Promise<EntryRow> => {
  const read = async (at?: At) =>
    (
      await (state.proposed === null
        ? readEntry(db, resource, key, at)
        : readRevision(db, resource, key, 'proposed', at))
    ).result
  const now = await read()
  // Only when somebody wrote it again meanwhile must history be asked, which takes longer.
  return now?.position === position ? now : (await read({ position }))!
}

export const noPreconditions: Preconditions = { ifMatch: undefined, ifNoneMatch: undefined }

/** The entity tag of a locked entry; undefined: it is being created. */
export const currentTag = (entry: LockedEntry): string | undefined =>
  entry.lastRevision === 0 ? undefined : entityTag(entry.position, entry.proposedHash ?? undefined)

/** The contents that an entry has now. */
export type StandingContents = Record<'inForce' | 'proposed', Pick<StandingRevision, 'content'> | null>

/** What a resource asks of writing its entries. */
export type WriteRules = {
  /** Completes a content from what the entry is now; throws to refuse it. */
  complete?(entry: StandingContents, content: EntryContent): EntryContent
  /**
   * What a write brings about; undefined: nothing, as it is equal to what stands.
   * @throws HttpProblem to refuse it
   */
  decide(db: Database, write: PreparedWrite): Change | undefined | Promise<Change | undefined>
}

/** An entry that is to be written. */
export type EntryWrite = {
  resource: Resource
  key: string
  /**
   * A body that is valid under the resource's schema, without `key` and `meta`, by what the entry is.
   * @throws HttpProblem to refuse it
   */
  content(entry: LockedEntry): EntryContent
  rules: WriteRules
  author: Author
  preconditions?: Preconditions
}

export const nameOfWrite = ({ resource: { resource }, key }: Pick<EntryWrite, 'resource' | 'key'>): EntryName => ({
  resource,
  key,
})

/** The entry, the revision that would be stored of it, and the one that stands and is equal to it. */
export type PreparedWrite = { entry: LockedEntry; revision: NewRevision; equal: StandingRevision | undefined }

/** Does what may be refused; what one write is refused for keeps the others from nothing. */
export const unlessRefused = async <T>(work: () => T | Promise<T>): Promise<T | HttpProblem> => {
  try {
    return await work()
  } catch (error) {
    if (error instanceof HttpProblem) return error
    throw error
  }
}

/** A revision that may be stored, what it refers to, and the one that stands and is equal to it. */
const draftOf = ({ resource, content, rules, author }: EntryWrite, entry: LockedEntry) => {
  const given = content(entry)
  assertOwned(entry, author)
  const revision = prepareRevision(resource, entry, rules.complete?.(entry, given) ?? given)
  return { entry, revision, references: resource.references(revision.content), equal: equalTo(entry, revision) }
}
type Draft = ReturnType<typeof draftOf>

/** A proposal to retire an entry has the content that is in force, which is looked at first. */
const equalTo = ({ inForce, proposed }: LockedEntry, { content }: NewRevision): StandingRevision | undefined => {
  const stored = JSON.parse(JSON.stringify(content))
  const isEqual = (stands: StandingRevision | null): stands is StandingRevision =>
    stands !== null && sameJson(stands.content, stored)
  return [inForce, proposed].find(isEqual)
}

/**
 * Decides what becomes of an entry.
 * @param found what drafts refer to; a change adds the entry as those after it refer to it
 */
const decideOn = async (
  db: Database,
  { rules, preconditions = noPreconditions }: EntryWrite,
  { entry, revision, references, equal }: Draft,
  found: Map<string, FoundTarget>,
) => {
  const targets = equal ? [] : targetsOf(references, found, entry)
  assertPreconditions(preconditions, currentTag(entry))
  const change = await rules.decide(db, { entry, revision: { ...revision, targets }, equal })
  if (change?.revision) found.set(nameOf(entry), asTarget(entry, change.revision))
  return { entry, change }
}

const asTarget = ({ id, resource, key, position }: LockedEntry, { hash }: NewRevision): FoundTarget => ({
  id,
  resource,
  key,
  position,
  status: 'in-force',
  revisionHash: hash,
})

const draftsOf = async (
  writes: readonly EntryWrite[],
  entries: ReadonlyMap<string, LockedEntry>,
): Promise<(Draft | HttpProblem)[]> => {
  const drafts: (Draft | HttpProblem)[] = []
  for (const write of writes)
    drafts.push(await unlessRefused(() => draftOf(write, entries.get(nameOf(nameOfWrite(write)))!)))
  return drafts
}

/** What has to be found to write drafts: what an equal one refers to stands already. */
const referencesOf = (drafts: readonly (Draft | HttpProblem)[]): EntryReference[] =>
  drafts.flatMap((draft) => (draft instanceof HttpProblem || draft.equal ? [] : draft.references))

/**
 * Decides what becomes of entries, in their order, and records it.
 * @returns as `writeEntries`; undefined: something is not as it was read, and nothing is written
 */
const recordDecisions = async (
  db: Database,
  writes: readonly EntryWrite[],
  drafts: readonly (Draft | HttpProblem)[],
  found: Map<string, FoundTarget>,
): Promise<(Written | HttpProblem)[] | undefined> => {
  const decided: (Awaited<ReturnType<typeof decideOn>> | HttpProblem)[] = []
  for (const [n, draft] of drafts.entries())
    decided.push(
      draft instanceof HttpProblem ? draft : await unlessRefused(() => decideOn(db, writes[n]!, draft, found)),
    )
  const changes = decided.flatMap((each) =>
    each instanceof HttpProblem || !each.change ? [] : [{ entry: each.entry, change: each.change }],
  )
  const positions = (await appendEvents(db, changes))?.values()
  return (
    positions &&
    decided.map((each) => {
      if (each instanceof HttpProblem) return each
      if (!each.change) return leftAlone(each.entry)
      return written(each.entry, each.change.state, positions.next().value!, true)
    })
  )
}

/**
 * Writes entries, or finds that they are as they are wanted. Each may refer to those before it. They are locked, made when there
 * are none, with what they refer to, and everything is decided while Postgres holds the row locks, so that concurrent writers
 * come one after another.
 * @param writes each of another entry
 * @returns what became of each: a problem when it is refused, and then nothing of it is written: 409 owned by another
 *   service, 412 precondition, 422 references that do not exist, and what its rules refuse
 */
export const writeEntries = async (
  db: Transaction,
  writes: readonly EntryWrite[],
): Promise<(Written | HttpProblem)[]> => {
  const drafts = await draftsOf(writes, await lockOrCreate(db, writes))
  const results = await recordDecisions(db, writes, drafts, await findTargets(db, referencesOf(drafts)))
  if (!results) throw notAsRead()
  return results
}

/** A write whose content is known before its entry is. */
export type ContentWrite = Omit<EntryWrite, 'content'> & { content: EntryContent }

export const withContent = (write: ContentWrite): EntryWrite => ({ ...write, content: () => write.content })

/**
 * The same in two statements, without a transaction and without a lock between them: one reads, and the other records what
 * was decided if everything is still as it was read.
 * @returns undefined: it is not, or there is no such entry yet, and nothing is written
 */
export const writeAsRead = async (
  db: Database,
  given: readonly ContentWrite[],
): Promise<(Written | HttpProblem)[] | undefined> => {
  const writes = given.map(withContent)
  const asked = given.flatMap(({ resource, content }) => resource.references(content))
  const { rows } = await sql<{ entries: StandingRow[]; found: FoundTarget[] }>`
    select coalesce((select json_agg(s) from (${standingRows(writes.map(nameOfWrite), 'none')}) s), '[]') as entries,
      coalesce((select json_agg(t) from (${targetRows(asked, 'none')}) t), '[]') as found`.execute(db)
  const entries = standingByName(rows[0]!.entries)
  if (entries.size < writes.length) return undefined
  const drafts = await draftsOf(writes, entries)
  // What completes a content may refer to more.
  const names = new Set(asked.map(nameOf))
  if (referencesOf(drafts).some((reference) => !names.has(nameOf(reference)))) return undefined
  return recordDecisions(db, writes, drafts, targetsByName(rows[0]!.found))
}

/**
 * Writes one entry.
 * @throws HttpProblem 409 owned by another service, 412 precondition, 422 references that do not exist, and what its rules
 *   refuse
 */
export const writeEntry = async (db: Transaction, write: EntryWrite): Promise<Written> => {
  const [result] = await writeEntries(db, [write])
  if (result instanceof HttpProblem) throw result
  return result!
}
