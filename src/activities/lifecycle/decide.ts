import { sql } from 'kysely'
import type { EventType } from '../../chain/index.ts'
import {
  type Author,
  appendEvent,
  assertOwned,
  currentTag,
  type EntryContent,
  type EntryRow,
  findEntry,
  type LockedEntry,
  lockEntry,
  lockTargets,
  prepareRevision,
  type Resource,
  readRevision,
  retiredState,
  today,
} from '../../entries/index.ts'
import type { Transaction } from '../../platform/db/database.ts'
import { assertPreconditions, type Preconditions } from '../../platform/http/conditional.ts'
import { HttpProblem } from '../../platform/http/problems.ts'
import { blocking, findingsOf } from '../findings.ts'
import { rules } from '../rules/index.ts'
import { findContributors, findProposer, illegalStep } from './proposal.ts'
import { carryOver, type Lifecycle, withoutProposal } from './propose.ts'

/** A step in the life of an activity, taken by somebody, on the entry as they read it. */
export type Step = { key: string; author: Author; preconditions: Preconditions }

const begin = async (
  db: Transaction,
  resource: Resource,
  { key, author, preconditions }: Step,
): Promise<LockedEntry> => {
  const entry = await lockEntry(db, resource, key)
  assertOwned(entry, author)
  assertPreconditions(preconditions, currentTag(entry))
  return entry
}

const end = async (db: Transaction, { resource }: Resource, key: string): Promise<EntryRow> =>
  (await findEntry(db, resource, key))!

/** Hands the draft in for review. */
export const submitProposal = async (db: Transaction, { resource }: Lifecycle, step: Step): Promise<EntryRow> => {
  const entry = await begin(db, resource, step)
  if (entry.proposal !== 'draft') throw illegalStep(entry, 'There is no draft to submit.')
  await appendEvent(db, entry, {
    type: 'submitted',
    principalId: step.author.principalId,
    about: entry.proposed!,
    state: { ...entry, status: entry.inForce ? 'in-force' : 'in-review', proposal: 'in-review' },
  })
  return (await readRevision(db, resource.resource, step.key, 'proposed')).result!
}

/**
 * Puts the proposal in force, or retires the activity when that is what was proposed.
 * @param contentHash what the approver read and approves: `meta.contentHash` of the proposal
 * @throws HttpProblem 403 for a contributor, 409 not in review or errors of Art. 30, 412 the hash is another by now
 */
export const approveProposal = async (
  db: Transaction,
  { resource, approvals }: Lifecycle,
  { contentHash, reason, ...step }: Step & { contentHash: string; reason?: string | undefined },
): Promise<EntryRow> => {
  const locked = await begin(db, resource, step)
  if (locked.proposal !== 'in-review') throw illegalStep(locked, 'There is no proposal in review.')
  // What is approved may not change until the approval is committed; the hash is taken again after that is sure.
  await lockTargets(db, resource, locked.proposed!.content, 'share')
  const entry = await lockEntry(db, resource, step.key)
  if (contentHash !== entry.proposedHash) {
    throw new HttpProblem(
      'precondition-failed',
      `What is proposed is not what \`contentHash\` names: it, or an entry that it refers to, has changed. Its hash is ${entry.proposedHash} now; read it again.`,
    )
  }
  if (approvals === 'four-eyes') await assertNoContributor(db, entry, step.author)
  const proposed = (await readRevision(db, resource.resource, step.key, 'proposed')).result!
  const retirement = proposed.proposed!.retirement
  if (!retirement) await assertNothingBlocks(db, proposed)
  await appendEvent(db, entry, {
    type: 'approved',
    principalId: step.author.principalId,
    reason,
    details: { contentHash },
    about: entry.proposed!,
    state: retirement
      ? { ...retiredState(entry), shown: entry.proposed }
      : {
          ...entry,
          status: 'in-force',
          inForce: entry.proposed,
          shown: entry.proposed,
          proposed: null,
          proposal: null,
          approval: 'approved',
          inForceHash: contentHash,
        },
  })
  return end(db, resource, step.key)
}

const assertNoContributor = async (db: Transaction, entry: LockedEntry, author: Author): Promise<void> => {
  const contributors = await findContributors(db, entry.id)
  if (!contributors.some(({ id }) => id === author.principalId)) return
  throw new HttpProblem(
    'forbidden',
    'Whoever contributed to a proposal does not approve it (four eyes); somebody else has to. `APPROVALS=self` loosens it.',
  )
}

/** Errors of Art. 30 keep a proposal from being approved, unless they are waived. */
const assertNothingBlocks = async (db: Transaction, proposed: EntryRow): Promise<void> => {
  const errors = (await findingsOf(db, proposed)).filter(blocking)
  if (errors.length === 0) return
  throw new HttpProblem(
    'conflict',
    'Art. 30 is not met. Mend what `errors` names, or waive it with a reason and an end.',
    {
      errors: errors.map(({ pointer, code, article, message }) => ({
        pointer,
        message: `${code} (${article}): ${message}`,
      })),
    },
  )
}

/** Refuses the proposal; it stays readable in history. */
export const rejectProposal = async (
  db: Transaction,
  { resource }: Lifecycle,
  { reason, ...step }: Step & { reason: string },
): Promise<EntryRow> => {
  const entry = await begin(db, resource, step)
  if (entry.proposal !== 'in-review') throw illegalStep(entry, 'There is no proposal in review.')
  return endProposal(db, resource, entry, 'rejected', step, reason)
}

/** Takes the proposal back. A service takes back only its own. */
export const withdrawProposal = async (
  db: Transaction,
  { resource }: Lifecycle,
  { reason, ...step }: Step & { reason?: string | undefined },
): Promise<EntryRow> => {
  const entry = await begin(db, resource, step)
  if (entry.proposal === null) throw illegalStep(entry, 'Nothing is proposed.')
  const { serviceId, principalId } = step.author
  if (serviceId !== null && (await findProposer(db, entry.id)) !== principalId)
    throw illegalStep(entry, 'The proposal is somebody else’s; a service withdraws only its own.')
  return endProposal(db, resource, entry, 'withdrawn', step, reason)
}

const endProposal = async (
  db: Transaction,
  resource: Resource,
  entry: LockedEntry,
  type: EventType,
  { key, author: { principalId } }: Step,
  reason: string | undefined,
): Promise<EntryRow> => {
  await appendEvent(db, entry, { type, principalId, reason, about: entry.proposed!, state: withoutProposal(entry) })
  return end(db, resource, key)
}

export type Waiver = { findingCode: string; pointer?: string | undefined; reason: string; until: string }

/**
 * Waives a finding until a day: it is still shown, with the reason, and does not block an approval.
 * @throws HttpProblem 400 for a code that no rule has or a day that has passed, 409 for a retired activity
 */
export const waiveFinding = async (
  db: Transaction,
  { resource }: Pick<Lifecycle, 'resource'>,
  { findingCode, pointer, reason, until, ...step }: Step & Waiver,
): Promise<EntryRow> => {
  const errors = [
    ...(rules.some(({ code }) => code === findingCode)
      ? []
      : [{ pointer: '/findingCode', message: 'is the code of no rule; take it from the finding' }]),
    ...(until > today() ? [] : [{ pointer: '/until', message: 'must be a day after today' }]),
  ]
  if (errors.length > 0)
    throw new HttpProblem('invalid-request', 'The waiver is not valid; `errors` says why.', { errors })
  const entry = await begin(db, resource, step)
  if (entry.status === 'retired') throw illegalStep(entry, 'The activity is retired.')
  await appendEvent(db, entry, {
    type: 'waived',
    principalId: step.author.principalId,
    reason,
    details: { findingCode, ...(pointer !== undefined && { pointer }), until },
    state: entry,
  })
  return end(db, resource, step.key)
}

/**
 * Records that the activity was reviewed today, and when it is to be reviewed next: an editorial change.
 * @param nextReviewDate `YYYY-MM-DD`, after today
 * @throws HttpProblem 400 for a day that has passed, 409 when nothing is in force or something is proposed
 */
export const recordReview = async (
  db: Transaction,
  lifecycle: Lifecycle,
  { nextReviewDate, ...step }: Step & { nextReviewDate: string },
): Promise<EntryRow> => {
  const { resource } = lifecycle
  if (nextReviewDate <= today()) {
    const errors = [{ pointer: '/nextReviewDate', message: 'must be a day after today' }]
    throw new HttpProblem('invalid-request', 'The date is not valid.', { errors })
  }
  const entry = await begin(db, resource, step)
  if (entry.inForce === null) throw illegalStep(entry, 'Nothing is in force to be reviewed.')
  if (entry.proposed !== null) throw illegalStep(entry, 'A proposal is pending, which would undo the review.')
  const standing = entry.inForce.content
  const {
    '/review': _,
    '/review/lastReviewedOn': __,
    '/review/nextReviewOn': ___,
    ...statements
  } = (standing.statements ?? {}) as Record<string, unknown>
  const content: EntryContent = {
    ...standing,
    review: { ...(standing.review as object | undefined), lastReviewedOn: today(), nextReviewOn: nextReviewDate },
    statements,
  }
  if (Object.keys(statements).length === 0) delete content.statements
  const targets = await lockTargets(db, resource, content)
  const revision = prepareRevision(resource, entry, content, targets)
  await appendEvent(db, entry, carryOver(entry, revision, step.author.principalId, 'reviewed'))
  return end(db, resource, step.key)
}

/**
 * Makes another service the owner of an activity.
 * @throws HttpProblem 422 when there is no such service
 */
export const transferOwnership = async (
  db: Transaction,
  { resource }: Lifecycle,
  { service, ...step }: Step & { service: string },
): Promise<EntryRow> => {
  const entry = await begin(db, resource, step)
  const { rows } = await sql<{ id: string; key: string }>`
    select id, key from entries where resource = 'services' and key = ${service} and status <> 'retired' for key share`.execute(
    db,
  )
  if (!rows[0]) {
    const errors = [
      { pointer: '/service', message: `\`${service}\` is no entry of \`services\`; create it or correct the key` },
    ]
    throw new HttpProblem('unknown-reference', 'There is no such service.', { errors })
  }
  await appendEvent(db, entry, {
    type: 'ownership-transferred',
    principalId: step.author.principalId,
    details: { service },
    state: { ...entry, owner: rows[0] },
  })
  return end(db, resource, step.key)
}
