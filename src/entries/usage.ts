import { Type } from 'typebox'
import type { Database } from '../platform/db/database.ts'
import { decodeCursor, encodeCursor } from '../platform/http/cursor.ts'
import { json, operation } from '../platform/http/operation.ts'
import { pageParameters, sendPage } from '../platform/http/page.ts'
import { closed, key, ref } from '../platform/http/schema.ts'
import type { HttpServer } from '../platform/http/server.ts'
import { etagHeader } from './answer.ts'
import { type EntryName, nameOf, notFound } from './lock.ts'
import { asOfParameter, findMoment } from './moment.ts'
import { listReferrers, readEntry } from './read.ts'
import { entryParams } from './request.ts'
import type { EntryContent, Resource } from './resource.ts'

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
      { description: 'What refers to the entry, in force or proposed, ordered by resource and key.' },
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
            'Lists which processing activities, and which other entries of the catalogue, refer to the entry: in force, or in a proposal.',
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
        params: entryParams,
        querystring: closed({ ...pageParameters, ...asOfParameter }),
      },
    },
    async (request, reply) => {
      const { limit, cursor, asOf } = request.query
      const moment = await findMoment(db, asOf)
      const { registerVersion, result: target } = await readEntry(db, resource.resource, request.params.key, moment)
      if (!target) throw notFound(resource.singular, request.params.key)
      const bound = { target: target.id, asOf }
      const after = cursor === undefined ? undefined : nameIn(decodeCursor(cursor, bound))
      const rows = await listReferrers(db, target.id, after, limit + 1, moment)
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
      return sendPage(request, reply, items, rows.length > limit ? encodeCursor(nameOf(last!), bound) : null)
    },
  )
}

/** The entry of a name as `nameOf` makes it. */
const nameIn = (name: string): EntryName => {
  const [resource = '', key = ''] = name.split('/')
  return { resource, key }
}
