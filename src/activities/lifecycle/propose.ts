import { sql } from 'kysely'
import type { CatalogueEntry } from '../../catalogue/index.ts'
import {
  type Author,
  aboutRevision,
  appendEvent,
  assertOwned,
  type ContentChange,
  currentTag,
  type EntryContent,
  type EntryState,
  type EventType,
  equalsStored,
  hashWithReferences,
  inForceState,
  type Judgement,
  keepJudgements,
  type LockedEntry,
  lockEntry,
  lockTargets,
  type NewRevision,
  noPreconditions,
  prepareRevision,
  prepareWrite,
  type ReadWritten,
  type Resource,
  readContent,
  readRevision,
  readWritten,
  retiredState,
  type Written,
  writeType,
} from '../../entries/index.ts'
import type { Transaction } from '../../platform/db/database.ts'
import { assertPreconditions, type Preconditions } from '../../platform/http/conditional.ts'
import type { ActivityContent } from '../schema.ts'
import { materialChangesOfActivity } from './materiality.ts'
import { type ApprovalMode, findProposer, illegalStep } from './proposal.ts'

/** What writing an activity needs. */
export type Lifecycle = {
  resource: Resource
  approvals: ApprovalMode
  /** Compares two contents of activities. */
  compare(before: object, after: object): ContentChange[]
}

const transfer = { array: 'transfers', by: ['to', 'destination'] }

/**
 * Legal bases, conditions, whether data must be provided, what makes a transfer lawful, and assessments are for compliance staff
 * to judge; a service that leaves them out keeps them.
 */
export const activityJudgements: readonly Judgement[] = [
  { property: 'legalBasis', within: { array: 'purposes', by: ['purpose'] } },
  { property: 'condition', within: { array: 'data', by: ['dataCategory'] } },
  { property: 'provision', within: { array: 'data', by: ['dataCategory'] } },
  { property: 'mechanism', within: transfer },
  { property: 'certification', within: transfer },
  { property: 'documents', within: transfer },
  { property: 'assessments' },
]

/**
 * Creates or replaces an activity: writes its one proposal, or what is in force when the change is wholly editorial or
 * when no approvals are asked for. A content equal to what is in force withdraws the caller's own proposal.
 * @returns the revision that was written
 * @throws HttpProblem 409 owned by another, judgements that differ, another's proposal; 412 precondition; 422 references
 */
export const putActivity = async (
  db: Transaction,
  lifecycle: Lifecycle,
  key: string,
  content: EntryContent,
  author: Author,
  preconditions: Preconditions = noPreconditions,
): Promise<Written> => {
  const { resource, approvals } = lifecycle
  const complete = author.serviceId === null ? undefined : completeFromRecord(db, lifecycle)
  const { entry, revision } = await prepareWrite(db, resource, key, content, author, preconditions, complete)
  const outcome = entry.lastRevision === 0 ? 'created' : 'updated'
  const read = (position: number, which?: 'proposed') => readWritten(resource.resource, key, position, which)
  if (await equalsStored(db, entry.inForce, revision.text)) {
    if (entry.proposed === null) return { outcome: 'unchanged', read: read(entry.position) }
    return { outcome, read: read(await withdrawOwn(db, lifecycle, entry, author)) }
  }
  if (await equalsProposed(db, entry, revision)) return { outcome: 'unchanged', read: read(entry.position, 'proposed') }
  if (approvals === 'off')
    return { outcome, read: read(await putInForce(db, lifecycle, entry, revision, author, writeType(entry))) }
  if (await isEditorial(db, lifecycle, entry, revision, author))
    return { outcome, read: read(await carryOver(db, lifecycle, entry, revision, author.principalId, 'updated')) }
  return { outcome, read: read(await propose(db, lifecycle, entry, revision, author), 'proposed') }
}

/** What a service writes is completed by the judgements in force, or, when that is not what is in force, by those proposed. */
const completeFromRecord =
  (db: Transaction, { compare }: Lifecycle) =>
  async (entry: LockedEntry, written: EntryContent): Promise<EntryContent> => {
    if (entry.inForce && entry.proposed) {
      const standing = await readContent(db, entry.inForce.id)
      const completed = keepJudgements(activityJudgements, standing, written)
      if (compare(standing, completed).length === 0) return completed
    }
    const base = entry.proposed ?? entry.inForce
    return base ? keepJudgements(activityJudgements, await readContent(db, base.id), written) : written
  }

const equalsProposed = async (db: Transaction, entry: LockedEntry, { text }: NewRevision): Promise<boolean> => {
  if (!(await equalsStored(db, entry.proposed, text))) return false
  const { rows } = await sql<{ retirement: boolean }>`
    select retirement from revisions where id = ${entry.proposed!.id}`.execute(db)
  return !rows[0]!.retirement
}

/** Puts a revision in force without an approval: it was imported, or no approvals are asked for. */
export const putInForce = async (
  db: Transaction,
  { resource }: Pick<Lifecycle, 'resource'>,
  entry: LockedEntry,
  revision: NewRevision,
  { principalId }: Pick<Author, 'principalId'>,
  type: EventType,
): Promise<number> => {
  const state = inForceState(entry, revision, hashWithReferences(revision.hash, revision.targets))
  return appendEvent(db, resource, entry, { type, principalId, revision, state })
}

/** Puts an editorial change in force under the approval that stands. */
export const carryOver = async (
  db: Transaction,
  { resource }: Pick<Lifecycle, 'resource'>,
  entry: LockedEntry,
  revision: NewRevision,
  principalId: string,
  type: EventType,
): Promise<number> => {
  const state: EntryState = {
    ...inForceState(entry, revision, hashWithReferences(revision.hash, revision.targets)),
    approval: entry.approval === 'none' ? 'none' : 'carried-over',
    approvedPosition: entry.approvedPosition,
  }
  return appendEvent(db, resource, entry, { type, principalId, revision, state })
}

/** Editorial is what someone allowed to edit changes alone, with nothing proposed: nothing of it is material. */
const isEditorial = async (
  db: Transaction,
  { compare }: Lifecycle,
  entry: LockedEntry,
  { content }: NewRevision,
  author: Author,
): Promise<boolean> => {
  if (author.serviceId !== null || entry.inForce === null || entry.proposed !== null) return false
  const before = await readContent(db, entry.inForce.id)
  return (await findMaterialChanges(db, compare(before, content), before)).length === 0
}

/** The material ones of the changes of an activity. */
export const findMaterialChanges = async (
  db: Transaction,
  changes: readonly ContentChange[],
  before: EntryContent,
): Promise<ContentChange[]> => {
  const keys = changes.flatMap((change) =>
    change.pattern === '/data/*/retentionPeriod'
      ? [change.before, change.after].filter((key) => typeof key === 'string')
      : [],
  )
  const { rows } = await sql<{ key: string; content: CatalogueEntry<'retention-periods'> }>`
    select e.key, r.content from entries e join revisions r on r.id = e.shown_id
    where e.resource = 'retention-periods' and e.key = any(${keys}::text[])`.execute(db)
  const periods = new Map(rows.map(({ key, content }) => [key, content]))
  return materialChangesOfActivity(changes, {
    before: before as unknown as ActivityContent,
    retentionPeriod: (key) => periods.get(key),
  })
}

/** Writes the one proposal. A service's goes straight into review; one that is in review stays there, with another hash. */
const propose = async (
  db: Transaction,
  { resource }: Lifecycle,
  entry: LockedEntry,
  revision: NewRevision,
  { principalId, serviceId }: Author,
): Promise<number> => {
  const proposal = serviceId !== null || entry.proposal === 'in-review' ? 'in-review' : 'draft'
  return appendEvent(db, resource, entry, {
    type: 'proposed',
    principalId,
    revision,
    state: {
      ...entry,
      status: entry.inForce ? 'in-force' : proposal,
      proposed: revision,
      proposal,
      shown: entry.inForce ?? revision,
    },
  })
}

/** The state of an entry whose proposal has ended without an approval. */
export const withoutProposal = (entry: LockedEntry): EntryState =>
  entry.inForce ? { ...entry, proposed: null, proposal: null } : retiredState(entry)

const withdrawOwn = async (
  db: Transaction,
  { resource }: Lifecycle,
  entry: LockedEntry,
  { principalId }: Author,
): Promise<number> => {
  if ((await findProposer(db, entry.id)) !== principalId)
    throw illegalStep(entry, 'A proposal of somebody else is pending.')
  return appendEvent(db, resource, entry, {
    type: 'withdrawn',
    principalId,
    about: await aboutRevision(db, entry.proposed!.id),
    state: withoutProposal(entry),
  })
}

/**
 * Retires an activity, which is material: proposes it, unless no approvals are asked for. An activity that was never in
 * force is withdrawn.
 * @throws HttpProblem 404, 409 owned by another or another's proposal, 412 precondition
 */
export const retireActivity = async (
  db: Transaction,
  lifecycle: Lifecycle,
  key: string,
  author: Author,
  preconditions: Preconditions,
): Promise<ReadWritten> => {
  const { resource, approvals } = lifecycle
  const entry = await lockEntry(db, resource, key)
  assertOwned(entry, author)
  assertPreconditions(preconditions, currentTag(entry))
  const read = (position: number, which?: 'proposed') => readWritten(resource.resource, key, position, which)
  if (entry.status === 'retired') return read(entry.position)
  if (entry.inForce === null) return read(await withdrawOwn(db, lifecycle, entry, author))
  if (approvals === 'off') {
    const { principalId } = author
    const about = await aboutRevision(db, entry.inForce.id)
    return read(
      await appendEvent(db, resource, entry, { type: 'retired', principalId, about, state: retiredState(entry) }),
    )
  }
  const pending = entry.proposed && (await readRevision(db, resource.resource, key, 'proposed')).result
  if (pending?.proposed?.retirement) return read(entry.position, 'proposed')
  const content = await readContent(db, entry.inForce.id)
  const targets = await lockTargets(db, resource, content)
  const revision = { ...(await prepareRevision(db, resource, entry, content, targets)), retirement: true }
  return read(await propose(db, lifecycle, entry, revision, author), 'proposed')
}
