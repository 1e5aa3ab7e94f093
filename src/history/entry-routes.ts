import { Type } from 'typebox'
import {
  asOfParameter,
  type Components,
  contentComparer,
  entryParams,
  etagHeader,
  exampleView,
  findMoment,
  notFound,
  type Resource,
  readEntry,
  readRevision,
  sendEntry,
} from '../entries/index.ts'
import type { Database } from '../platform/db/database.ts'
import { decodeCursor, encodeCursor } from '../platform/http/cursor.ts'
import { json, jsonType, operation } from '../platform/http/operation.ts'
import { pageParameters, sendPage } from '../platform/http/page.ts'
import { HttpProblem } from '../platform/http/problems.ts'
import { closed, oneOf, ref } from '../platform/http/schema.ts'
import type { HttpServer } from '../platform/http/server.ts'
import { diffContents, renderDiff } from './diff.ts'
import { readEvents } from './events.ts'
import { Diff, EntryHistory, exampleEvent } from './schema.ts'

const number = (description: string) => Type.Integer({ minimum: 1, maximum: 1_000_000_000, description })

/** `/history`, `/revisions/{n}` and `/diff` of the entries of one resource. */
export const entryHistoryRoutes = (
  app: HttpServer,
  {
    db,
    resource,
    components,
    example,
  }: { db: Database; resource: Resource; components: Components; example: Record<string, unknown> },
) => {
  const { component, singular, View } = resource
  const path = `/v1/${resource.resource}/:key`
  const compare = contentComparer(resource.Input, components)

  app.get(
    `${path}/history`,
    {
      config: { access: 'read' },
      schema: {
        ...operation({
          operationId: `historyOf${component}`,
          tag: 'History',
          summary: `History: ${singular}`,
          description: 'Lists what happened to the entry, oldest first: who did what, when, why, and on which content.',
          answers: {
            200: json('A page of the history.', ref(EntryHistory), { items: [exampleEvent], nextCursor: null }),
            304: { description: 'The page is the one that `If-None-Match` names.', headers: etagHeader },
          },
          problems: ['invalid-request', 'not-found'],
        }),
        params: entryParams,
        querystring: closed({ ...pageParameters, ...asOfParameter }),
      },
    },
    async (request, reply) => {
      const { limit, cursor, asOf } = request.query
      const moment = await findMoment(db, asOf)
      const { registerVersion, result: row } = await readEntry(db, resource.resource, request.params.key, moment)
      reply.header('register-version', registerVersion)
      if (!row) throw notFound(singular, request.params.key)
      const bound = { history: row.id, asOf }
      const after = cursor === undefined ? 0 : Number(decodeCursor(cursor, bound))
      const events = (await readEvents(db, after, limit + 1, row.id)).filter(
        ({ position }) => position <= (moment?.position ?? registerVersion),
      )
      const page = events.slice(0, limit)
      const next = events.length > limit ? encodeCursor(String(page.at(-1)!.position), bound) : null
      return sendPage(
        request,
        reply,
        page.map((event) => JSON.stringify(event)),
        next,
      )
    },
  )

  app.get(
    `${path}/revisions/:revision`,
    {
      config: { access: 'read' },
      schema: {
        ...operation({
          operationId: `revisionOf${component}`,
          tag: 'History',
          summary: `Revision: ${singular}`,
          description:
            'Answers one revision of the entry as it was written, with what became of it. Revisions never change.',
          answers: {
            200: json('The revision.', ref(View), exampleView(example), etagHeader),
            304: { description: 'The revision is the one that `If-None-Match` names.', headers: etagHeader },
          },
          problems: ['invalid-request', 'not-found'],
        }),
        params: closed({ ...entryParams.properties, revision: number('Number of the revision.') }),
      },
    },
    async (request, reply) => {
      const { key, revision } = request.params
      const { registerVersion, result: row } = await readRevision(db, resource.resource, key, revision)
      reply.header('register-version', registerVersion)
      if (!row) throw new HttpProblem('not-found', `There is no revision ${revision} of a ${singular} \`${key}\`.`)
      return sendEntry(reply, row)
    },
  )

  app.get(
    `${path}/diff`,
    {
      config: { access: 'read' },
      schema: {
        ...operation({
          operationId: `diffOf${component}`,
          tag: 'History',
          summary: `Difference: ${singular}`,
          description:
            'Says what differs between two revisions: as JSON Patch (RFC 6902) for programs, and change by change for people; as ' +
            'plain text with `format=text`.',
          answers: {
            200: {
              description: 'The difference.',
              content: {
                'application/json': {
                  schema: ref(Diff),
                  example: {
                    from: 1,
                    to: 2,
                    patch: [{ op: 'replace', path: '/name', value: 'Newsletter' }],
                    changes: [
                      { kind: 'changed', pointer: '/name', place: 'name', text: 'name: “News” became “Newsletter”' },
                    ],
                  },
                },
                'text/plain': {
                  schema: Type.String({ description: 'A line for each change.' }),
                  example: 'newsletter: revision 1 → 2\n~ name: “News” became “Newsletter”\n',
                },
              },
              headers: etagHeader,
            },
            304: { description: 'The difference is the one that `If-None-Match` names.', headers: etagHeader },
          },
          problems: ['invalid-request', 'not-found'],
        }),
        params: entryParams,
        querystring: closed({
          from: Type.Optional(number('The earlier revision; absent: the one before `to`.')),
          to: Type.Optional(number('The later revision; absent: the last one.')),
          format: oneOf(['json', 'text'], 'The format.', { default: 'json' }),
        }),
      },
    },
    async (request, reply) => {
      const { key } = request.params
      const read = async (revision: number) => {
        const { registerVersion, result } = await readRevision(db, resource.resource, key, revision)
        reply.header('register-version', registerVersion)
        if (!result) throw new HttpProblem('not-found', `There is no revision ${revision} of a ${singular} \`${key}\`.`)
        return JSON.parse(result.content)
      }
      const to = request.query.to ?? (await lastRevision(key))
      const from = request.query.from ?? to - 1
      const { patch, changes } = diffContents(from === 0 ? {} : await read(from), await read(to), compare)
      if (request.query.format === 'text')
        return reply.type('text/plain; charset=utf-8').send(renderDiff(key, from, to, changes))
      return reply.type(jsonType).send(JSON.stringify({ from, to, patch, changes }))
    },
  )

  const lastRevision = async (key: string): Promise<number> => {
    const { result: row } = await readEntry(db, resource.resource, key)
    if (!row) throw notFound(singular, key)
    return Math.max(row.revision, row.proposed?.revision ?? 0)
  }
}
