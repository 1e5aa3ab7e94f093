import type { FastifyReply, FastifyRequest } from 'fastify'

import { type TProperties, Type } from 'typebox'
import { principalOf } from '../access/index.ts'
import { type Database, inTransaction } from '../platform/db/database.ts'
import { preconditionsOf } from '../platform/http/conditional.ts'
import { decodeCursor, encodeCursor } from '../platform/http/cursor.ts'
import { json, jsonType, operation } from '../platform/http/operation.ts'
import { type FieldError, HttpProblem } from '../platform/http/problems.ts'
import { closed, oneOf, ref } from '../platform/http/schema.ts'
import type { HttpServer } from '../platform/http/server.ts'
import { type ListFilter, listEntries, listReferrers, readEntry } from './read.ts'
import { type EntryRow, etagOf, renderEntry } from './render.ts'
import type { EntryContent, Resource } from './resource.ts'
import { key, statuses } from './schema.ts'
import { type Author, putEntry, retireEntry } from './write.ts'

/** What a resource's list is filtered by, beside `q` and `status`: its query parameters, and what they ask of Postgres. */
export type ListParameters = {
  properties: TProperties
  filter(query: Record<string, unknown>): Pick<ListFilter, 'facets' | 'references' | 'conditions'>
}

const params = closed({ key: key('What the entry is addressed by.') })

const etagHeader = { ETag: Type.String({ description: 'The entity tag of the entry; any change changes it.' }) }

const preconditionHeaders = Type.Object({
  'if-match': Type.Optional(
    Type.String({ description: 'Writes only if the entry still has this entity tag (RFC 9110, 13.1.1).' }),
  ),
  'if-none-match': Type.Optional(
    Type.String({ description: '`*`: writes only if there is no such entry yet (RFC 9110, 13.1.2).' }),
  ),
})

/** The component of a page of a resource's list. */
export const listSchema = ({ component, View, singular }: Resource) =>
  closed(
    {
      items: Type.Array(ref(View as { $id?: string } & typeof View), {
        description: 'The entries, ordered by key; each as its `GET` shows it.',
      }),
      nextCursor: Type.Union([Type.String(), Type.Null()], {
        description: 'Where the list goes on; null: it ends here.',
      }),
    },
    { $id: `${component}List`, description: `A page of a list. One item is one ${singular}.` },
  )

/** List, read, write and retire: the same four operations for every resource. */
export const entryRoutes = (
  app: HttpServer,
  {
    db,
    resource,
    tag,
    example,
    parameters,
  }: {
    db: Database
    resource: Resource
    tag: string
    example: Record<string, unknown>
    parameters: ListParameters
  },
) => {
  const { component, singular, View, Input } = resource
  const path = `/v1/${resource.resource}`
  const shown = exampleView(example)
  const View$ = ref(View)

  app.get(
    path,
    {
      config: { access: 'read' },
      schema: {
        ...operation({
          operationId: `list${component}`,
          tag,
          summary: `List: ${singular}`,
          description: `Lists the entries, ordered by key, without the retired ones. Filters combine: an entry must meet all of them.`,
          answers: {
            200: json(
              'A page of the list.',
              ref(listSchema(resource)),
              { items: [shown], nextCursor: null },
              {
                Link: Type.String({ description: 'The next page, `rel="next"`, when there is one (RFC 8288).' }),
                ETag: Type.String({ description: 'The entity tag of the page.' }),
              },
            ),
            304: { description: 'The page is the one that `If-None-Match` names.', headers: etagHeader },
          },
          problems: ['invalid-request'],
        }),
        querystring: closed({
          limit: Type.Integer({ minimum: 1, maximum: 200, default: 50, description: 'How many entries a page has.' }),
          cursor: Type.Optional(
            Type.String({
              maxLength: 500,
              description: 'The `nextCursor` of the page before; the filters must be the same.',
            }),
          ),
          q: Type.Optional(
            Type.String({
              maxLength: 200,
              description: 'Words; each must begin a word of the key, the name or the description.',
            }),
          ),
          status: Type.Optional(oneOf(statuses, 'Entries of this status; `retired` shows the retired ones instead.')),
          ...parameters.properties,
        }),
      },
    },
    async (request, reply) => {
      const { limit, cursor, ...query } = request.query as { limit: number; cursor?: string } & Record<string, unknown>
      const filter: ListFilter = {
        resource: resource.resource,
        status: query.status === 'retired' ? 'retired' : 'in-force',
        q: query.q as string | undefined,
        ...parameters.filter(query),
      }
      const after = cursor === undefined ? undefined : decodeCursor(cursor, query)
      const { registerVersion, result: rows } = await listEntries(db, filter, after, limit + 1)
      const nextCursor = rows.length > limit ? encodeCursor(rows[limit - 1]!.key, query) : null
      reply.header('register-version', registerVersion)
      return sendPage(request, reply, rows.slice(0, limit).map(renderEntry), nextCursor)
    },
  )

  app.get(
    `${path}/:key`,
    {
      config: { access: 'read' },
      schema: {
        ...operation({
          operationId: `get${component}`,
          tag,
          summary: `Read: ${singular}`,
          description: 'Answers an entry, also when it is retired. What it answers can be `PUT` back as it is.',
          answers: {
            200: json('The entry.', View$, shown, etagHeader),
            304: { description: 'The entry is the one that `If-None-Match` names.', headers: etagHeader },
          },
          problems: ['invalid-request', 'not-found'],
        }),
        params,
      },
    },
    async (request, reply) => {
      const { registerVersion, result: row } = await readEntry(db, resource.resource, request.params.key)
      reply.header('register-version', registerVersion)
      if (!row) throw notFound(singular, request.params.key)
      return sendEntry(reply, row)
    },
  )

  app.put(
    `${path}/:key`,
    {
      config: { access: 'write' },
      schema: {
        ...operation({
          operationId: `put${component}`,
          tag,
          summary: `Create or replace: ${singular}`,
          description:
            'Creates the entry or replaces all of it; it is in force at once. A body equal to what stands writes nothing, so a ' +
            'service may register on every deploy. A retired entry is revived. Incomplete entries are welcome: findings say what is missing.',
          answers: {
            200: json('The entry as it stands; replaced, or found equal.', View$, shown, etagHeader),
            201: json('The entry, created.', View$, shown, {
              ...etagHeader,
              Location: Type.String({ description: 'Path of the new entry.' }),
            }),
          },
          problems: [
            'invalid-request',
            'conflict',
            'precondition-failed',
            'body-too-large',
            'unsupported-media-type',
            'unknown-reference',
          ],
        }),
        params,
        headers: preconditionHeaders,
        body: ref(Input as { $id?: string } & typeof Input),
      },
    },
    async (request, reply) => {
      const { key } = request.params
      const content = contentOf(request.body as Record<string, unknown>, key)
      const { outcome, row } = await inTransaction(db, (transaction) =>
        putEntry(transaction, resource, key, content, authorOf(request), preconditionsOf(request.headers)),
      )
      reply.header('register-version', row.position)
      if (outcome === 'created') reply.code(201).header('location', `${path}/${key}`)
      return sendEntry(reply, row)
    },
  )

  app.delete(
    `${path}/:key`,
    {
      config: { access: 'write' },
      schema: {
        ...operation({
          operationId: `retire${component}`,
          tag,
          summary: `Retire: ${singular}`,
          description:
            'Retires the entry: it stays readable, and lists leave it out. Nothing is ever deleted. A `PUT` revives it.',
          answers: { 200: json('The entry, retired.', View$, exampleView(example, 'retired'), etagHeader) },
          problems: ['invalid-request', 'not-found', 'conflict', 'precondition-failed'],
        }),
        params,
        headers: preconditionHeaders,
      },
    },
    async (request, reply) => {
      const row = await inTransaction(db, (transaction) =>
        retireEntry(transaction, resource, request.params.key, authorOf(request), preconditionsOf(request.headers)),
      )
      reply.header('register-version', row.position)
      return sendEntry(reply, row)
    },
  )
}

export const Usage = closed(
  {
    items: Type.Array(
      closed(
        {
          resource: Type.String({ description: 'The resource of the entry that refers.' }),
          key: key('Its key.'),
          name: Type.String({ description: 'Its name.' }),
          pointers: Type.Array(Type.String({ description: 'A JSON Pointer.' }), {
            description: 'Where in its body the references stand (RFC 6901).',
          }),
        },
        { description: 'One entry that refers to this one.' },
      ),
      { description: 'What refers to the entry, ordered by resource and key.' },
    ),
    nextCursor: Type.Union([Type.String(), Type.Null()], {
      description: 'Where the list goes on; null: it ends here.',
    }),
  },
  { $id: 'Usage', description: 'A page of the entries that refer to an entry.' },
)

/** `/usage`: which activities, and which other entries of the catalogue, refer to an entry. */
export const usageRoute = (
  app: HttpServer,
  {
    db,
    resource,
    tag,
    resources,
  }: { db: Database; resource: Resource; tag: string; resources: ReadonlyMap<string, Resource> },
) => {
  app.get(
    `/v1/${resource.resource}/:key/usage`,
    {
      config: { access: 'read' },
      schema: {
        ...operation({
          operationId: `usageOf${resource.component}`,
          tag,
          summary: `Usage: ${resource.singular}`,
          description:
            'Lists which processing activities, and which other entries of the catalogue, refer to the entry now.',
          answers: {
            200: json('A page of the usage.', ref(Usage), {
              items: [
                {
                  resource: 'processing-activities',
                  key: 'newsletter',
                  name: 'Newsletter',
                  pointers: ['/purposes/0/purpose'],
                },
              ],
              nextCursor: null,
            }),
            304: { description: 'The page is the one that `If-None-Match` names.', headers: etagHeader },
          },
          problems: ['invalid-request', 'not-found'],
        }),
        params,
        querystring: closed({
          limit: Type.Integer({ minimum: 1, maximum: 200, default: 50, description: 'How many entries a page has.' }),
          cursor: Type.Optional(Type.String({ maxLength: 500, description: 'The `nextCursor` of the page before.' })),
        }),
      },
    },
    async (request, reply) => {
      const { limit, cursor } = request.query
      const { registerVersion, result: target } = await readEntry(db, resource.resource, request.params.key)
      if (!target) throw notFound(resource.singular, request.params.key)
      const after = cursor === undefined ? undefined : decodeCursor(cursor, target.id)
      const rows = await listReferrers(db, target.id, after, limit + 1)
      const items = rows.slice(0, limit).map((row) => {
        const content: EntryContent = JSON.parse(row.content)
        const pointers = resources
          .get(row.resource)!
          .references(content)
          .filter((found) => found.resource === resource.resource && found.key === target.key)
          .map(({ pointer }) => pointer)
        return JSON.stringify({ resource: row.resource, key: row.key, name: content.name, pointers })
      })
      const last = rows[limit - 1]
      reply.header('register-version', registerVersion)
      return sendPage(
        request,
        reply,
        items,
        rows.length > limit ? encodeCursor(`${last!.resource}/${last!.key}`, target.id) : null,
      )
    },
  )
}

/** Who writes, as far as the register records it. */
export const authorOf = (request: FastifyRequest): Author => {
  const { id, service } = principalOf(request)
  return { principalId: id, serviceId: service?.id ?? null, service: service?.key ?? null }
}

export const notFound = (singular: string, key: string) =>
  new HttpProblem('not-found', `There is no ${singular} \`${key}\`.`)

/** The content of a body: without `meta`, which is ours, and without `key`, which must be that of the path. */
export const contentOf = (body: Record<string, unknown>, pathKey: string): EntryContent => {
  const { key, meta: _, ...content } = body
  if (key !== undefined && key !== pathKey) {
    const errors: FieldError[] = [
      { pointer: '/key', message: `must equal the key in the path, \`${pathKey}\`, or be left out` },
    ]
    throw new HttpProblem('invalid-request', 'One thing is wrong; `errors` names it.', { errors })
  }
  return content as EntryContent
}

const sendEntry = (reply: FastifyReply, row: EntryRow) =>
  reply.header('etag', etagOf(row)).type(jsonType).send(renderEntry(row))

const sendPage = (request: FastifyRequest, reply: FastifyReply, items: string[], nextCursor: string | null) => {
  if (nextCursor !== null) {
    const next = new URL(request.url, 'http://register')
    next.searchParams.set('cursor', nextCursor)
    reply.header('link', `<${next.pathname}${next.search}>; rel="next"`)
  }
  return reply.type(jsonType).send(`{"items":[${items.join(',')}],"nextCursor":${JSON.stringify(nextCursor)}}`)
}

const exampleView = (example: Record<string, unknown>, status = 'in-force') => ({
  key: 'example',
  ...example,
  meta: {
    id: '01970000-0000-7000-8000-000000000000',
    revision: 1,
    status,
    approval: 'none',
    contentHash: `sha256:${'0'.repeat(64)}`,
    createdAt: '2026-11-24T08:00:00.000Z',
    updatedAt: '2026-11-24T08:00:00.000Z',
    updatedBy: 'ci',
  },
})
