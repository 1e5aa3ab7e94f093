import { type TProperties, Type } from 'typebox'
import { type Database, inTransaction, type Transaction } from '../platform/db/database.ts'
import { decodeCursor, encodeCursor } from '../platform/http/cursor.ts'
import { json, operation } from '../platform/http/operation.ts'
import { pageParameters } from '../platform/http/page.ts'
import { lengthOf, sendReady } from '../platform/http/ready.ts'
import { closed, oneOf, ref } from '../platform/http/schema.ts'
import type { HttpServer } from '../platform/http/server.ts'
import {
  etagHeader,
  exampleView,
  listSchema,
  pageOfEntries,
  type RememberedPages,
  readyEntry,
  readyPage,
  sendOwn,
  sendShown,
  sendStored,
  sendWritten,
} from './answer.ts'
import { type ListFilter, listEntries } from './list.ts'
import { asOfParameter, findMoment } from './moment.ts'
import { etagOf, renderEntry, type Status, statuses } from './render.ts'
import {
  contentOf,
  entryParams,
  preconditionHeaders,
  revisionParameter,
  type Writer,
  writeProblems,
  writerOf,
} from './request.ts'
import type { Resource } from './resource.ts'
import { type ShownEntries, type ShownSource, shownHeaders } from './shown.ts'
import { findUnchanged } from './unchanged.ts'
import type { WriteRules, Written } from './write.ts'
import type { WriteInTurn } from './write-queue.ts'

/** What a resource's list is filtered by, beside `q` and `status`: its query parameters, and what they ask of Postgres. */
export type ListParameters = {
  properties: TProperties
  filter(query: Record<string, unknown>): Pick<ListFilter, 'facets' | 'references' | 'conditions'>
}

/** How entries of a resource are written: at once, or by way of a proposal. */
export type EntryWrites = {
  /** For the contract: what a `PUT` and a `DELETE` do. */
  describe: { put: string; retire: string }
  /** Whether there are proposals, which a `GET` can ask for. */
  proposals: boolean
  rules(writer: Writer): WriteRules
  retire(db: Transaction, key: string, writer: Writer): Promise<Written>
}

/** List, read, write and retire: the same four operations for every resource. */
export const entryRoutes = (
  app: HttpServer,
  {
    db,
    register,
    writeInTurn,
    pages,
    resource,
    tag,
    example,
    parameters,
    writes,
  }: {
    db: Database
    register: ShownSource
    writeInTurn: WriteInTurn
    pages: RememberedPages
    resource: Resource
    tag: string
    example: Record<string, unknown>
    parameters: ListParameters
    writes: EntryWrites
  },
) => {
  const { component, singular, View, Input } = resource
  const path = `/v1/${resource.resource}`
  const exampleShown = exampleView(example)
  const View$ = ref(View)

  app.get(
    path,
    {
      config: { access: 'read', ready: readyPage(register, pages) },
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
              { items: [exampleShown], nextCursor: null },
              {
                Link: Type.String({ description: 'The next page, `rel="next"`, when there is one (RFC 8288).' }),
                ETag: Type.String({ description: 'The entity tag of the page.' }),
              },
            ),
            304: { description: 'The page is the one that `If-None-Match` names.', headers: etagHeader },
          },
          problems: ['invalid-request'],
        }),
        headers: shownHeaders,
        querystring: closed({
          ...pageParameters,
          ...asOfParameter,
          q: Type.Optional(
            Type.String({
              maxLength: 200,
              description: 'Words; each must begin a word of the key, the name or the description.',
            }),
          ),
          status: Type.Optional(oneOf(statuses, 'Entries of this status. Absent: all but the retired ones.')),
          ...parameters.properties,
        }),
      },
    },
    async (request, reply) => {
      const { limit, cursor, ...query } = request.query as { limit: number; cursor?: string } & Record<string, unknown>
      const filter: ListFilter = {
        resource: resource.resource,
        status: query.status as Status | undefined,
        q: query.q as string | undefined,
        ...parameters.filter(query),
      }
      const after = cursor === undefined ? undefined : decodeCursor(cursor, query)
      const shown = query.asOf === undefined ? await register.shown(request) : undefined
      const readPage = async () => {
        const moment = await findMoment(db, query.asOf as string | undefined)
        const { registerVersion, result: rows } = await listEntries(db, filter, after, limit + 1, moment)
        const entries = rows.map((row) => ({ key: row.key, etag: etagOf(row), body: Buffer.from(renderEntry(row)) }))
        return { registerVersion, entries }
      }
      const inMemory = shown?.list(filter, after, limit + 1)
      const { registerVersion, entries } =
        shown && inMemory ? { registerVersion: shown.version, entries: inMemory } : await readPage()
      const next = entries.length > limit ? encodeCursor(entries[limit - 1]!.key, query) : null
      const page = pageOfEntries(request.url, entries.slice(0, limit), next, registerVersion)
      // Also when Postgres put it together: memory has the same version.
      if (shown?.version === registerVersion) pages.remember(shown, request.url, page, lengthOf(page.body))
      return sendReady(request, reply, page)
    },
  )

  app.get(
    `${path}/:key`,
    {
      config: { access: 'read', ready: readyEntry(register, resource) },
      schema: {
        ...operation({
          operationId: `get${component}`,
          tag,
          summary: `Read: ${singular}`,
          description: `Answers an entry, also when it is retired. What it answers can be \`PUT\` back as it is.${
            writes.proposals
              ? ' Shows the revision in force, else the proposed one, unless `revision` says otherwise.'
              : ''
          }`,
          answers: {
            200: json('The entry.', View$, exampleShown, etagHeader),
            304: { description: 'The entry is the one that `If-None-Match` names.', headers: etagHeader },
          },
          problems: ['invalid-request', 'not-found'],
        }),
        params: entryParams,
        headers: shownHeaders,
        querystring: closed({ ...(writes.proposals && revisionParameter), ...asOfParameter }),
      },
    },
    (request, reply) => {
      const { revision, asOf } = request.query as { revision?: string; asOf?: string }
      const { key } = request.params
      const send = (shown: ShownEntries | undefined) =>
        shown ? sendShown(reply, resource, key, shown) : sendStored(db, reply, resource, key, revision, asOf)
      if (revision !== undefined || asOf !== undefined) return send(undefined)
      const shown = register.shown(request)
      // Most answers are in memory, and need no turn of their own.
      return shown instanceof Promise ? shown.then(send) : send(shown)
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
          description: writes.describe.put,
          answers: {
            200: json('The entry as it stands; replaced, or found equal.', View$, exampleShown, etagHeader),
            201: json('The entry, created.', View$, exampleShown, {
              ...etagHeader,
              Location: Type.String({ description: 'Path of the new entry.' }),
            }),
          },
          problems: [
            'invalid-request',
            'forbidden',
            'conflict',
            'precondition-failed',
            'body-too-large',
            'unsupported-media-type',
            'unknown-reference',
          ],
        }),
        params: entryParams,
        headers: preconditionHeaders,
        body: ref(Input as { $id?: string } & typeof Input),
      },
      // So that a key that is not that of the path is named together with every other mistake.
      attachValidation: true,
    },
    async (request, reply) => {
      const { key } = request.params
      const content = contentOf(request.body as Record<string, unknown>, key, request.validationError)
      const writer = writerOf(request)
      const { author, preconditions } = writer
      const write = { resource, key, rules: writes.rules(writer), author, preconditions }
      const unchanged = await findUnchanged(db, register.current(), { ...write, content })
      if (unchanged) return sendOwn(reply, unchanged)
      const written = await writeInTurn({ ...write, content })
      if (written.outcome === 'created') reply.code(201).header('location', `${path}/${key}`)
      return sendWritten(db, register.shown, reply, written)
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
          description: writes.describe.retire,
          answers: { 200: json('The entry, retired.', View$, exampleView(example, 'retired'), etagHeader) },
          problems: writeProblems,
        }),
        params: entryParams,
        headers: preconditionHeaders,
      },
    },
    async (request, reply) => {
      const written = await inTransaction(db, (transaction) =>
        writes.retire(transaction, request.params.key, writerOf(request)),
      )
      return sendWritten(db, register.shown, reply, written)
    },
  )
}
