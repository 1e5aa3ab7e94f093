import { Type } from 'typebox'
import { etagHeader, key } from '../../entries/index.ts'
import type { Database } from '../../platform/db/database.ts'
import { decodeCursor, encodeCursor } from '../../platform/http/cursor.ts'
import { json, operation } from '../../platform/http/operation.ts'
import { pageParameters, sendPage } from '../../platform/http/page.ts'
import { closed, oneOf, ref } from '../../platform/http/schema.ts'
import type { HttpServer } from '../../platform/http/server.ts'
import { exampleFinding, Finding } from '../finding.ts'
import type { Lifecycle } from './propose.ts'
import { readQueue } from './queue.ts'

const Change = closed(
  {
    kind: oneOf(['added', 'removed', 'changed'], 'What happened to the property or the element.'),
    pointer: Type.String({
      description: 'JSON Pointer (RFC 6901) into the proposal; of what is removed, into what is in force.',
    }),
    pattern: Type.String({ description: 'The property in the schema, with `*` for an element of an array.' }),
    place: Type.String({ description: 'Where it is, in words: elements by what they refer to.' }),
    material: Type.Boolean({ description: 'Whether this change needs the approval.' }),
    before: Type.Optional(Type.Unknown({ description: 'The value in force.' })),
    after: Type.Optional(Type.Unknown({ description: 'The proposed value.' })),
  },
  { $id: 'ProposedChange', description: 'One change that a proposal brings.' },
)

export const ApprovalQueue = closed(
  {
    items: Type.Array(
      closed(
        {
          key: key('The activity.'),
          name: Type.String({ description: 'Its name.' }),
          organisation: key('The organisation whose record it belongs to.', 'example-hosting'),
          proposal: Type.Optional(
            closed(
              {
                revision: Type.Integer({ description: 'Number of the proposed revision.' }),
                contentHash: Type.String({ description: 'What an approval is bound to; hand it to `/approve`.' }),
                retirement: Type.Boolean({ description: 'Whether it proposes to retire the activity.' }),
                since: Type.String({ format: 'date-time', description: 'Since when it has been in review.' }),
                contributors: Type.Array(Type.String({ description: 'A principal.' }), {
                  description: 'Who contributed since the last approval; with four eyes none of them may approve.',
                }),
                changes: Type.Array(ref(Change), {
                  description: 'What it changes of what is in force; empty for an activity that is new.',
                }),
                findings: Type.Array(ref(Finding), { description: 'What the rules find in it.' }),
                blockedBy: Type.Array(Type.String({ description: 'The code of a finding.' }), {
                  description:
                    'The errors of Art. 30 that keep it from being approved until they are mended or waived.',
                }),
              },
              { description: 'The proposal that waits for a decision.' },
            ),
          ),
          review: Type.Optional(
            closed(
              { dueOn: Type.String({ format: 'date', description: 'When it was due.' }) },
              { description: 'The review that is overdue.' },
            ),
          ),
        },
        { description: 'An activity that waits for a decision, for a review, or for both.' },
      ),
      { description: 'What waits, ordered by key.' },
    ),
    nextCursor: Type.Union([Type.String(), Type.Null()], {
      description: 'Where the list goes on; null: it ends here.',
    }),
  },
  { $id: 'ApprovalQueue', description: 'A page of what waits for staff.' },
)

export const queueSchemas = [Change, ApprovalQueue]

/** `/v1/approvals`: what waits, since when, what it changes, with which findings. */
export const queueRoute = (app: HttpServer, { db, lifecycle }: { db: Database; lifecycle: Lifecycle }) => {
  app.get(
    '/v1/approvals',
    {
      config: { access: 'read' },
      schema: {
        ...operation({
          operationId: 'listApprovals',
          tag: 'Approvals',
          summary: 'Approval queue',
          description:
            'Lists the activities that wait for staff: proposals in review, with what they change and what the rules find in them, and ' +
            'reviews that are overdue.',
          answers: {
            200: json('A page of the queue.', ref(ApprovalQueue), {
              items: [
                {
                  key: 'newsletter',
                  name: 'Newsletter',
                  organisation: 'example-hosting',
                  proposal: {
                    revision: 2,
                    contentHash: `sha256:${'0'.repeat(64)}`,
                    retirement: false,
                    since: '2026-11-24T08:00:00.000Z',
                    contributors: ['shop'],
                    changes: [
                      {
                        kind: 'added',
                        pointer: '/recipients/0',
                        pattern: '/recipients/*',
                        place: 'recipients › print-shop',
                        material: true,
                        after: { recipient: 'print-shop' },
                      },
                    ],
                    findings: [exampleFinding],
                    blockedBy: ['purpose-missing'],
                  },
                },
              ],
              nextCursor: null,
            }),
            304: { description: 'The page is the one that `If-None-Match` names.', headers: etagHeader },
          },
          problems: ['invalid-request'],
        }),
        querystring: closed(pageParameters),
      },
    },
    async (request, reply) => {
      const { limit, cursor } = request.query
      const after = cursor === undefined ? undefined : decodeCursor(cursor, 'approvals')
      const { registerVersion, waiting } = await readQueue(db, lifecycle, after, limit + 1)
      const page = waiting.slice(0, limit)
      reply.header('register-version', registerVersion)
      return sendPage(
        request,
        reply,
        page.map((item) => JSON.stringify(item)),
        waiting.length > limit ? encodeCursor(page.at(-1)!.key, 'approvals') : null,
      )
    },
  )
}
