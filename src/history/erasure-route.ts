import { Type } from 'typebox'
import { principalOf } from '../access/index.ts'
import { type Database, inTransaction } from '../platform/db/database.ts'
import { idempotencyHeader, idempotently, sendReady } from '../platform/http/idempotency.ts'
import { json, jsonType, operation } from '../platform/http/operation.ts'
import { closed, ref, text } from '../platform/http/schema.ts'
import type { HttpServer } from '../platform/http/server.ts'
import { erasePersonalData } from './erase.ts'

const ErasureInput = closed(
  {
    values: Type.Array(text(500, 'A value of a contact, exactly as it was written.'), {
      maxItems: 100,
      uniqueItems: true,
      description:
        'Values to erase from all earlier revisions: a name, an e-mail address, a telephone number, an address.',
    }),
    principal: Type.Optional(
      text(100, 'A principal whose name is to be erased from history; all of its keys must be revoked.'),
    ),
    reason: text(2000, 'Why, without personal data: it is kept in history.'),
  },
  {
    $id: 'ErasureInput',
    description: 'Personal data to erase (Art. 17).',
    examples: [{ values: ['jane.doe@hosting.example'], reason: 'Request 2026-117 under Art. 17(1)' }],
  },
)

const Erasure = closed(
  {
    position: Type.Integer({ description: 'Position of the event that records the erasure.' }),
    values: Type.Integer({ description: 'How many stored values were erased.' }),
    principal: Type.Boolean({ description: 'Whether the name of a principal was erased.' }),
  },
  { $id: 'Erasure', description: 'What was erased.' },
)

export const erasureSchemas = [ErasureInput, Erasure]

/** `POST /v1/erasures`: personal data leaves history, and history still verifies. */
export const erasureRoute = (app: HttpServer, { db }: { db: Database }) => {
  app.post(
    '/v1/erasures',
    {
      config: { access: 'approve' },
      schema: {
        ...operation({
          operationId: 'erasePersonalData',
          tag: 'History',
          summary: 'Erase personal data',
          description:
            'Erases values of contacts from earlier revisions, and the name of a principal from history (Art. 17). What still stands ' +
            'is refused: change the contact first. Revisions and events stay, and verify; the erased values are gone for good.',
          answers: { 201: json('What was erased.', ref(Erasure), { position: 12, values: 1, principal: false }) },
          problems: ['invalid-request', 'not-found', 'conflict', 'body-too-large', 'unsupported-media-type'],
        }),
        headers: Type.Object(idempotencyHeader),
        body: ref(ErasureInput),
      },
    },
    async (request, reply) => {
      const { id } = principalOf(request)
      const answer = await inTransaction(db, (transaction) =>
        idempotently(transaction, request, id, async () => {
          const erased = await erasePersonalData(transaction, id, request.body)
          const headers = { 'content-type': jsonType, 'register-version': String(erased.position) }
          return { status: 201, headers, body: JSON.stringify(erased) }
        }),
      )
      return sendReady(reply, answer)
    },
  )
}
