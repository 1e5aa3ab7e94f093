import { Type } from 'typebox'
import type { Database } from '../platform/db/database.ts'
import { json, jsonType, operation } from '../platform/http/operation.ts'
import { HttpProblem } from '../platform/http/problems.ts'
import { closed, key, oneOf, ref, text } from '../platform/http/schema.ts'
import type { HttpServer } from '../platform/http/server.ts'
import type { KeyCache } from './key-cache.ts'
import { type ApiKey, createApiKey, generateKey, listApiKeys, revokeApiKey } from './keys.ts'
import { type LocalSession, sessionCookie } from './local-session.ts'
import { roles } from './roles.ts'

const time = (description: string) =>
  Type.String({ format: 'date-time', description: `${description} (RFC 3339, UTC)` })

const keyProperties = {
  id: Type.String({ format: 'uuid', description: 'Identifier of the key; it is no secret.' }),
  principal: Type.String({ description: 'The principal that the key belongs to.' }),
  role: oneOf(roles, 'What the key may do.'),
  service: Type.Optional(key('The service that the key stands for, with the role `service`.', 'shop')),
  description: Type.Optional(Type.String({ description: 'What the key is for.' })),
  selector: Type.String({ description: 'The part of the key that finds it, to recognise it by; it is no secret.' }),
  createdAt: time('When it was made.'),
  expiresAt: Type.Optional(time('From when on it is refused.')),
  lastUsedAt: Type.Optional(time('When it was last used, to the minute.')),
  revokedAt: Type.Optional(time('When it was revoked.')),
}

const ApiKeyView = closed(keyProperties, { $id: 'ApiKey', description: 'An API key, without its secret.' })

const ApiKeyCreated = closed(
  {
    ...keyProperties,
    key: Type.String({
      description: 'The whole key. It is shown only here and stored nowhere.',
      examples: ['ropa_<selector>_<verifier>'],
    }),
  },
  { $id: 'ApiKeyCreated', description: 'A new API key with its secret.' },
)

const ApiKeyInput = closed(
  {
    principal: text(100, 'Who uses the key: a person, a service, a job. One principal may have several keys.'),
    role: oneOf(roles, 'What the key may do.'),
    service: Type.Optional(
      key('The service that the key stands for; needed with the role `service`, and only there.', 'shop'),
    ),
    description: Type.Optional(text(500, 'What the key is for.')),
    expiresAt: Type.Optional(time('From when on the key is refused; absent: never.')),
  },
  {
    $id: 'ApiKeyInput',
    description: 'An API key to make.',
    examples: [
      { principal: 'ci', role: 'reader', description: 'Checks of pull requests', expiresAt: '2027-12-31T00:00:00Z' },
    ],
  },
)

const ApiKeyList = closed(
  {
    items: Type.Array(ref(ApiKeyView), { description: 'The keys, oldest first.' }),
    nextCursor: Type.Union([Type.String(), Type.Null()], {
      description: 'Where the list goes on; null: it ends here.',
    }),
  },
  { $id: 'ApiKeyList', description: 'A page of API keys.' },
)

export const accessSchemas = [ApiKeyView, ApiKeyCreated, ApiKeyInput, ApiKeyList]

const exampleKey = {
  id: '01970000-0000-7000-8000-000000000001',
  principal: 'ci',
  role: 'reader',
  selector: '0123456789abcdef',
  createdAt: '2026-11-24T08:00:00.000Z',
}

/** What is null in the database is absent in the contract; dates become RFC 3339 when they are serialised. */
const view = (key: ApiKey) => Object.fromEntries(Object.entries(key).filter(([, value]) => value !== null))

/** `/v1/api-keys`, and on a local run the link that opens a session for reading in a browser. */
export const accessRoutes = (
  app: HttpServer,
  { db, keys, localSession }: { db: Database; keys: KeyCache; localSession: LocalSession | undefined },
) => {
  const config = { access: 'administer' } as const

  app.post(
    '/v1/api-keys',
    {
      config,
      schema: {
        ...operation({
          operationId: 'createApiKey',
          tag: 'Access',
          summary: 'Make an API key',
          description:
            'Makes a key and answers it once: the register keeps only a hash of its secret. Needs the role `admin`.',
          answers: {
            201: json('The key, with its secret.', ref(ApiKeyCreated), {
              ...exampleKey,
              key: 'ropa_<selector>_<verifier>',
            }),
          },
          problems: ['invalid-request', 'body-too-large', 'unsupported-media-type', 'unknown-reference'],
        }),
        body: ref(ApiKeyInput),
      },
    },
    async (request, reply) => {
      assertServiceFits(request.body)
      const secret = generateKey()
      const created = await createApiKey(db, secret, request.body)
      return reply
        .code(201)
        .header('cache-control', 'no-store')
        .type(jsonType)
        .send(JSON.stringify({ ...view(created), key: secret }))
    },
  )

  app.get(
    '/v1/api-keys',
    {
      config,
      schema: {
        ...operation({
          operationId: 'listApiKeys',
          tag: 'Access',
          summary: 'List the API keys',
          description:
            'Lists all keys, revoked and expired ones included, without their secrets. Needs the role `admin`.',
          answers: { 200: json('A page of keys.', ref(ApiKeyList), { items: [exampleKey], nextCursor: null }) },
          problems: ['invalid-request'],
        }),
        querystring: closed({
          limit: Type.Integer({ minimum: 1, maximum: 200, default: 50, description: 'How many entries a page has.' }),
          cursor: Type.Optional(Type.String({ format: 'uuid', description: 'The `nextCursor` of the page before.' })),
        }),
      },
    },
    async (request, reply) => {
      const { limit, cursor } = request.query
      const found = await listApiKeys(db, cursor, limit + 1)
      const page = found.slice(0, limit)
      return reply
        .type(jsonType)
        .send(JSON.stringify({ items: page.map(view), nextCursor: found.length > limit ? page.at(-1)!.id : null }))
    },
  )

  app.delete(
    '/v1/api-keys/:id',
    {
      config,
      schema: {
        ...operation({
          operationId: 'revokeApiKey',
          tag: 'Access',
          summary: 'Revoke an API key',
          description: 'Revokes a key: it is refused from now on, and stays listed. Needs the role `admin`.',
          answers: {
            200: json('The key, revoked.', ref(ApiKeyView), { ...exampleKey, revokedAt: '2026-11-24T09:00:00.000Z' }),
          },
          problems: ['invalid-request', 'not-found', 'body-too-large', 'unsupported-media-type'],
        }),
        params: closed({ id: Type.String({ format: 'uuid', description: 'Identifier of the key.' }) }),
      },
    },
    async (request, reply) => {
      const revoked = await revokeApiKey(db, request.params.id)
      keys.forget()
      if (!revoked) throw new HttpProblem('not-found', 'There is no such API key.')
      return reply.type(jsonType).send(JSON.stringify(view(revoked)))
    },
  )

  if (localSession) {
    app.get(
      '/local-session',
      {
        config: { access: 'open' },
        schema: { hide: true, querystring: closed({ token: Type.String({ maxLength: 100 }) }) },
      },
      async (request, reply) => {
        const cookie = localSession.open(request, request.query.token)
        if (!cookie)
          throw new HttpProblem(
            'not-found',
            'The link was used already, or is wrong. Start the service again for a new one.',
          )
        return reply
          .setCookie(sessionCookie, cookie, { path: '/', httpOnly: true, sameSite: 'strict' })
          .redirect('/v1/reports/article-30?role=controller&format=html', 303)
      },
    )
  }
}

/** A `service` key stands for one service; the other roles stand for none. */
const assertServiceFits = ({ role, service }: { role: string; service?: string | undefined }) => {
  if ((role === 'service') === (service !== undefined)) return
  const message =
    role === 'service' ? 'is required with the role `service`; add it' : 'is only for the role `service`; remove it'
  throw new HttpProblem('invalid-request', 'One thing is wrong; `errors` names it.', {
    errors: [{ pointer: '/service', message }],
  })
}
