import { sql } from 'kysely'
import { Type } from 'typebox'
import { type Components, etagHeader, type Resource } from '../entries/index.ts'
import { type Database, inTransaction } from '../platform/db/database.ts'
import { json, jsonType, operation } from '../platform/http/operation.ts'
import { HttpProblem } from '../platform/http/problems.ts'
import { closed, ref } from '../platform/http/schema.ts'
import type { HttpServer } from '../platform/http/server.ts'
import { entryHistoryRoutes } from './entry-routes.ts'
import { readEvents, readHead } from './events.ts'
import { createFeed } from './feed.ts'
import { Changes, exampleEvent, HistoryHead, HistoryVerification } from './schema.ts'
import { verifyRegister } from './verify.ts'

/** Longest that a caller may wait for changes, in seconds; shorter than what proxies usually allow. */
const longestWait = 50

const tag = 'History'

/** History: of each entry, of the whole register as a feed, and whether it is as it was recorded. */
export const historyRoutes = (
  app: HttpServer,
  { db, resources, components }: { db: Database; resources: ReadonlyMap<string, Resource>; components: Components },
) => {
  for (const resource of resources.values()) {
    const { examples } = resource.Input as unknown as { examples: Record<string, unknown>[] }
    entryHistoryRoutes(app, { db, resource, components, example: examples[0]! })
  }
  const feed = createFeed(db)
  // Before the server stops to take requests, so that nobody who waits is cut off.
  app.addHook('preClose', async () => feed.close())

  app.get(
    '/v1/changes',
    {
      config: { access: 'read' },
      schema: {
        ...operation({
          operationId: 'listChanges',
          tag,
          summary: 'Feed of changes',
          description:
            'Answers the events after a position, in the order in which they were committed and without a gap. With `wait` an answer ' +
            'without events is held back until something happens or the time is over. Follow it by asking again with `next`.',
          answers: {
            200: json('The events.', ref(Changes), { items: [exampleEvent], next: 1 }),
            304: { description: 'The events are those that `If-None-Match` names.', headers: etagHeader },
          },
          problems: ['invalid-request'],
        }),
        querystring: closed({
          after: Type.Integer({
            minimum: 0,
            maximum: Number.MAX_SAFE_INTEGER,
            default: 0,
            description: 'The last position that is known; 0: from the beginning.',
          }),
          limit: Type.Integer({ minimum: 1, maximum: 1000, default: 100, description: 'How many events at most.' }),
          wait: Type.Integer({
            minimum: 0,
            maximum: longestWait,
            default: 0,
            description: 'How long to wait for the first event, in seconds.',
          }),
        }),
      },
    },
    async (request, reply) => {
      const { after, limit, wait } = request.query
      let items = await readEvents(db, after, limit)
      if (items.length === 0 && wait > 0) {
        const gone = new AbortController()
        reply.raw.once('close', () => gone.abort())
        await feed.waitBeyond(after, wait, gone.signal)
        items = await readEvents(db, after, limit)
      }
      const next = items.at(-1)?.position ?? after
      reply.header('register-version', Math.max(next, (await readHead(db)).position))
      return reply.type(jsonType).send(JSON.stringify({ items, next }))
    },
  )

  app.get(
    '/v1/history/head',
    {
      config: { access: 'read' },
      schema: {
        ...operation({
          operationId: 'getHistoryHead',
          tag,
          summary: 'Head of history',
          description:
            'Answers the position and hash of the last event. Noted regularly where whoever can write the database cannot, it proves ' +
            'that nothing before it was altered.',
          answers: {
            200: json('The head.', ref(HistoryHead), {
              position: 1,
              hash: '0'.repeat(64),
              recordedAt: '2026-11-24T08:00:00.000Z',
            }),
            304: { description: 'The head is the one that `If-None-Match` names.', headers: etagHeader },
          },
        }),
      },
    },
    async (_, reply) => {
      const head = await readHead(db)
      return reply.header('register-version', head.position).type(jsonType).send(JSON.stringify(head))
    },
  )

  app.get(
    '/v1/history/verify',
    {
      config: { access: 'read' },
      schema: {
        ...operation({
          operationId: 'verifyHistory',
          tag,
          summary: 'Verify history',
          description:
            'Computes the chain of events anew and compares it, the revisions and what stands now. Finds what was altered, removed or ' +
            'reordered behind the service’s back. Give a head that was noted elsewhere: without one, an owner of the database could ' +
            'have computed all anew.',
          answers: {
            200: json('What was found.', ref(HistoryVerification), {
              valid: true,
              head: { position: 1, hash: '0'.repeat(64) },
              against: 'itself',
              erased: 0,
              problems: [],
            }),
            304: { description: 'The answer is the one that `If-None-Match` names.', headers: etagHeader },
          },
          problems: ['invalid-request'],
        }),
        querystring: closed({
          position: Type.Optional(
            Type.Integer({
              minimum: 0,
              maximum: Number.MAX_SAFE_INTEGER,
              description: 'Position of a head that was noted elsewhere.',
            }),
          ),
          hash: Type.Optional(Type.String({ pattern: '^[0-9a-f]{64}$', description: 'Its hash.' })),
        }),
      },
    },
    async (request, reply) => {
      const { position, hash } = request.query
      if ((position === undefined) !== (hash === undefined)) {
        const missing = position === undefined ? '/query/position' : '/query/hash'
        throw new HttpProblem('invalid-request', 'A head is a position and a hash.', {
          errors: [{ pointer: missing, message: 'is required together with the other; add it' }],
        })
      }
      const known = position === undefined || hash === undefined ? undefined : { position, hash }
      const found = await inTransaction(
        db,
        async (transaction) => {
          await sql`set transaction read only`.execute(transaction)
          return verifyRegister(transaction, resources, known)
        },
        'repeatable read',
      )
      return reply
        .header('register-version', found.head.position)
        .type(jsonType)
        .send(JSON.stringify({ ...found, against: known ? 'known-head' : 'itself' }))
    },
  )
}
