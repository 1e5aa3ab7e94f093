import { sql } from 'kysely'
import type { CatalogueEntry } from '../../catalogue/index.ts'
import {
  type Author,
  assertOwned,
  type Change,
  type ContentChange,
  currentTag,
  type EntryContent,
  type EntryState,
  hashWithReferences,
  inForceState,
  type Judgement,
  keepJudgements,
  type LockedEntry,
  leftAlone,
  lockEntry,
  lockTargets,
  type NewRevision,
  noPreconditions,
  prepareRevision,
  type Resource,
  recordChange,
  retiredState,
  type StandingContents,
  type WriteRules,
  type Written,
  writeEntry,
  writeType,
} from '../../entries/index.ts'
import type { Database, Transaction } from '../../platform/db/database.ts'
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
 * How activities are written: as their one proposal, or in force when the change is wholly editorial or when no approvals are
 * asked for. A content equal to what is in force withdraws the caller's own proposal. A service's is completed by what is
 * compliance staff's to judge; judgements that differ, and another's proposal, are a 409.
 */
export const activityWriteRules = ({ approvals, compare }: Lifecycle, author: Author): WriteRules => ({
  ...(author.serviceId !== null && { complete: (entry, written) => completeFromRecord(compare, entry, written) }),
  decide: async (db, { entry, revision, equal }) => {
    if (equal && equal.id === entry.inForce?.id)
      return entry.proposed === null ? undefined : await withdrawOwn(db, entry, author)
    if (equal) return undefined
    const { principalId } = author
    if (approvals === 'off') return putInForce(entry, revision, principalId, writeType(entry))
    if (await isEditorial(db, compare, entry, revision, author))
      return carryOver(entry, revision, principalId, 'updated')
    return propose(entry, revision, author)
  },
})

/**
 * Creates or replaces an activity.
 * @throws HttpProblem 409 owned by another, judgements that differ, another's proposal; 412 precondition; 422 references
 */
export const putActivity = (
  db: Transaction,
  lifecycle: Lifecycle,
  key: string,
  content: EntryContent,
  author: Author,
  preconditions: Preconditions = noPreconditions,
): Promise<Written> =>
  writeEntry(db, {
    resource: lifecycle.resource,
    key,
    content: () => content,
    rules: activityWriteRules(lifecycle, author),
    author,
    preconditions,
  })

/** What a service writes is completed by the judgements in force, or, when that is not what is in force, by those proposed. */
const completeFromRecord = (
  compare: Lifecycle['compare'],
  { inForce, proposed }: StandingContents,
  written: EntryContent,
): EntryContent => {
  if (inForce && proposed) {
    const standing = inForce.content
    const completed = keepJudgements(activityJudgements, standing, written)
    if (compare(standing, completed).length === 0) return completed
  }
  const base = proposed ?? inForce
  return base ? keepJudgements(activityJudgements, base.content, written) : written
}

/** Puts a revision in force without an approval: it was imported, or no approvals are asked for. */
export const putInForce = (
  entry: LockedEntry,
  revision: NewRevision,
  principalId: string,
  type: Change['type'],
): Change => ({
  type,
  principalId,
  revision,
  state: inForceState(entry, revision, hashWithReferences(revision.hash, revision.targets)),
})

/** Puts an editorial change in force under the approval that stands. */
export const carryOver = (
  entry: LockedEntry,
  revision: NewRevision,
  principalId: string,
  type: Change['type'],
): Change => {
  const change = putInForce(entry, revision, principalId, type)
  return {
    ...change,
    state: {
      ...change.state,
      approval: entry.approval === 'none' ? 'none' : 'carried-over',
      approvedPosition: entry.approvedPosition,
    },
  }
}

/** Editorial is what someone allowed to edit changes alone, with nothing proposed: nothing of it is material. */
const isEditorial = async (
  db: Database,
  compare: Lifecycle['compare'],
  entry: LockedEntry,
  { content }: NewRevision,
  author: Author,
): Promise<boolean> => {
  if (author.serviceId !== null || entry.inForce === null || entry.proposed !== null) return false
  const before = entry.inForce.content
  const [material] = await findMaterialChanges(db, [{ changes: compare(before, content), before }])
  return material!.length === 0
}

/**
 * The material ones of the changes of activities.
 * @returns those of each, in the order given
 */
export const findMaterialChanges = async (
  db: Database,
  changed: readonly { changes: readonly ContentChange[]; before: EntryContent }[],
): Promise<ContentChange[][]> => {
  const keys = changed.flatMap(({ changes }) =>
    changes.flatMap((change) =>
      change.pattern === '/data/*/retentionPeriod'
        ? [change.before, change.after].filter((key) => typeof key === 'string')
        : [],
    ),
  )
  const periods = keys.length === 0 ? new Map() : await readPeriods(db, keys)
  return changed.map(({ changes, before }) =>
    materialChangesOfActivity(changes, {
      before: before as unknown as ActivityContent,
      retentionPeriod: (key) => periods.get(key),
    }),
  )
}

const readPeriods = async (db: Database, keys: string[]) => {
  const { rows } = await sql<{ key: string; content: CatalogueEntry<'retention-periods'> }>`
    select e.key, r.content from entries e join revisions r on r.id = e.shown_id
    where e.resource = 'retention-periods' and e.key = any(${keys}::text[])`.execute(db)
  return new Map(rows.map(({ key, content }) => [key, content]))
}

/** Writes the one proposal. A service's goes straight into review; one that is in review stays there, with another hash. */
const propose = (entry: LockedEntry, revision: NewRevision, { principalId, serviceId }: Author): Change => {
  const proposal = serviceId !== null || entry.proposal === 'in-review' ? 'in-review' : 'draft'
  return {
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
  }
}

/** The state of an entry whose proposal has ended without an approval. */
export const withoutProposal = (entry: LockedEntry): EntryState =>
  entry.inForce ? { ...entry, proposed: null, proposal: null } : retiredState(entry)

const withdrawOwn = async (db: Database, entry: LockedEntry, { principalId }: Author): Promise<Change> => {
  if ((await findProposer(db, entry.id)) !== principalId)
    throw illegalStep(entry, 'A proposal of somebody else is pending.')
  return { type: 'withdrawn', principalId, about: entry.proposed!, state: withoutProposal(entry) }
}

/**
 * Retires an activity, which is material: proposes it, unless no approvals are asked for. An activity that was never in
 * force is withdrawn.
 * @throws HttpProblem 404, 409 owned by another or another's proposal, 412 precondition
 */
export const retireActivity = async (
  db: Transaction,
  { resource, approvals }: Lifecycle,
  key: string,
  author: Author,
  preconditions: Preconditions,
): Promise<Written> => {
  const entry = await lockEntry(db, resource, key)
  assertOwned(entry, author)
  assertPreconditions(preconditions, currentTag(entry))
  if (entry.status === 'retired') return leftAlone(entry)
  if (entry.inForce === null) return recordChange(db, entry, await withdrawOwn(db, entry, author))
  if (approvals === 'off') {
    const { principalId } = author
    return recordChange(db, entry, { type: 'retired', principalId, about: entry.inForce, state: retiredState(entry) })
  }
  if (entry.proposed?.retirement) return leftAlone(entry)
  const content = entry.inForce.content
  const targets = await lockTargets(db, resource, content)
  const revision = { ...prepareRevision(resource, entry, content, targets), retirement: true }
  return recordChange(db, entry, propose(entry, revision, author))
}
