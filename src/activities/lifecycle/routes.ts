import { type Static, type TProperties, Type } from 'typebox'
import {
  type EntryRow,
  entryParams,
  etagHeader,
  etagOf,
  exampleView,
  key,
  preconditionHeaders,
  renderEntry,
  writeProblems,
  writerOf,
} from '../../entries/index.ts'
import { type Database, inTransaction, type Transaction } from '../../platform/db/database.ts'
import { idempotencyHeader, idempotently, sendReady } from '../../platform/http/idempotency.ts'
import { json, jsonType, operation } from '../../platform/http/operation.ts'
import type { ProblemCode } from '../../platform/http/problems.ts'
import { closed, date, ref, text } from '../../platform/http/schema.ts'
import type { HttpServer } from '../../platform/http/server.ts'
import { activityExample } from '../schema.ts'
import {
  approveProposal,
  recordReview,
  rejectProposal,
  type Step,
  submitProposal,
  transferOwnership,
  waiveFinding,
  withdrawProposal,
} from './decide.ts'
import type { Lifecycle } from './propose.ts'

const note = Type.Optional(text(2000, 'Why; it is kept in history.'))
const reason = text(2000, 'Why; it is kept in history.')
const contentHash = Type.String({
  pattern: '^sha256:[0-9a-f]{64}$',
  description: '`meta.contentHash` of the proposal, as it was read: what is approved.',
})

/** The step's body, with what runs it. */
type StepDefinition<P extends TProperties> = {
  name: string
  access: 'write' | 'edit' | 'approve' | 'administer'
  summary: string
  description: string
  body: P
  example: Record<string, unknown>
  problems?: readonly ProblemCode[]
  run(db: Transaction, lifecycle: Lifecycle, step: Step & Static<ReturnType<typeof closed<P>>>): Promise<EntryRow>
}

const define = <P extends TProperties>(definition: StepDefinition<P>) => ({
  ...definition,
  Body: closed(definition.body, {
    $id: `${definition.name[0]!.toUpperCase()}${definition.name.slice(1).replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase())}Step`,
    description: `What \`/${definition.name}\` is told.`,
    examples: [definition.example],
  }),
})

const steps = [
  define({
    name: 'submit',
    access: 'edit',
    summary: 'Submit the draft for review',
    description: 'Hands the proposal in, so that an approver decides on it.',
    body: {},
    example: {},
    run: (db, lifecycle, step) => submitProposal(db, lifecycle, step),
  }),
  define({
    name: 'approve',
    access: 'approve',
    summary: 'Approve the proposal',
    description:
      'Puts the proposal in force and supersedes what was. The approval is bound to `contentHash`; when the proposal or an entry that ' +
      'it refers to has changed since it was read, the answer is 412. With four eyes, whoever contributed since the last approval may ' +
      'not approve. Errors of Art. 30 that are not waived stand in the way: 409 names each.',
    body: { contentHash, reason: note },
    example: { contentHash: `sha256:${'0'.repeat(64)}`, reason: 'Checked against the contract' },
    run: (db, lifecycle, step) => approveProposal(db, lifecycle, step),
  }),
  define({
    name: 'reject',
    access: 'approve',
    summary: 'Reject the proposal',
    description: 'Refuses the proposal, with the reason. It stays readable in history; a `PUT` makes a new one.',
    body: { reason },
    example: { reason: 'The legal basis is missing' },
    run: (db, lifecycle, step) => rejectProposal(db, lifecycle, step),
  }),
  define({
    name: 'withdraw',
    access: 'write',
    summary: 'Withdraw the proposal',
    description: 'Takes the proposal back. What is in force stays. A service withdraws only its own.',
    body: { reason: note },
    example: { reason: 'Superseded by another change' },
    run: (db, lifecycle, step) => withdrawProposal(db, lifecycle, step),
  }),
  define({
    name: 'waivers',
    access: 'approve',
    summary: 'Waive a finding',
    description:
      'Waives a finding until a day, for a reason. It is still shown, with the waiver, and does not keep a proposal from being approved.',
    body: {
      findingCode: text(100, 'The `code` of the finding.', { examples: ['retention-missing'] }),
      pointer: Type.Optional(
        Type.String({ maxLength: 500, description: 'The `pointer` of the finding; absent: wherever it is found.' }),
      ),
      reason,
      until: date('The last day of the waiver, after today.'),
    },
    example: {
      findingCode: 'retention-missing',
      reason: 'The deletion routine is being specified',
      until: '2027-03-31',
    },
    run: (db, lifecycle, step) => waiveFinding(db, lifecycle, step),
  }),
  define({
    name: 'reviewed',
    access: 'edit',
    summary: 'Record a review',
    description:
      'Records that the activity was reviewed today and when it is to be reviewed next. An editorial change: it is in force at once.',
    body: { nextReviewDate: date('When it is to be reviewed next, after today.') },
    example: { nextReviewDate: '2027-11-30' },
    run: (db, lifecycle, step) => recordReview(db, lifecycle, step),
  }),
  define({
    name: 'transfer-ownership',
    access: 'administer',
    summary: 'Transfer the activity to another service',
    description:
      'Makes another service the owner of the activity: from then on it, and no other service, may write it.',
    body: { service: key('The service that becomes the owner.', 'shop') },
    example: { service: 'shop' },
    problems: ['unknown-reference'],
    run: (db, lifecycle, step) => transferOwnership(db, lifecycle, step),
  }),
]

export const lifecycleSchemas = steps.map(({ Body }) => Body)

/** The steps in the life of an activity: `POST …/{key}/{step}`. Each answers the activity, or the proposal, as it is then. */
export const lifecycleRoutes = (app: HttpServer, { db, lifecycle }: { db: Database; lifecycle: Lifecycle }) => {
  const { resource } = lifecycle
  for (const { name, access, summary, description, Body, problems = [], run } of steps) {
    app.post(
      `/v1/${resource.resource}/:key/${name}`,
      {
        config: { access },
        schema: {
          ...operation({
            operationId: `${name.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase())}${resource.component}`,
            tag: 'Approvals',
            summary,
            description,
            answers: {
              200: json('The activity after the step.', ref(resource.View), exampleView(activityExample), etagHeader),
            },
            problems: [...writeProblems, ...problems],
          }),
          params: entryParams,
          headers: Type.Object({ 'if-match': preconditionHeaders.properties['if-match'], ...idempotencyHeader }),
          body: ref(Body),
        },
      },
      async (request, reply) => {
        const { author, preconditions } = writerOf(request)
        const step = { ...(request.body as object), key: request.params.key, author, preconditions }
        const answer = await inTransaction(db, (transaction) =>
          idempotently(transaction, request, author.principalId, async () => {
            const row = await run(transaction, lifecycle, step as never)
            return {
              status: 200,
              headers: { 'content-type': jsonType, etag: etagOf(row), 'register-version': String(row.position) },
              body: renderEntry(row),
            }
          }),
        )
        return sendReady(reply, answer)
      },
    )
  }
}
