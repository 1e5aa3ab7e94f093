import { Type } from 'typebox'
import { entryRoutes, key, notFound, type Resource, readEntry } from '../entries/index.ts'
import type { Database } from '../platform/db/database.ts'
import { json, jsonType, operation } from '../platform/http/operation.ts'
import { closed, ref } from '../platform/http/schema.ts'
import type { HttpServer } from '../platform/http/server.ts'
import { Finding } from './finding.ts'
import { findingsOf } from './findings.ts'
import { activityParameters } from './resource.ts'
import { activityExample } from './schema.ts'

const tag = 'Processing activities'

export const exampleFinding = {
  code: 'purpose-missing',
  severity: 'error',
  basis: 'law',
  article: 'Art. 30(1)(b)',
  pointer: '/purposes',
  message: 'The activity names no purpose.',
  fix: 'Add at least one entry to `purposes`.',
}

export const Findings = closed(
  { items: Type.Array(ref(Finding), { description: 'The findings; none: the rules have nothing to say.' }) },
  { $id: 'Findings', description: 'What the rules find in one activity.' },
)

/** `/v1/processing-activities`, and what the rules say of each. */
export const activityRoutes = (app: HttpServer, { db, resource }: { db: Database; resource: Resource }) => {
  entryRoutes(app, { db, resource, tag, example: activityExample, parameters: activityParameters })

  app.get(
    '/v1/processing-activities/:key/findings',
    {
      config: { access: 'read' },
      schema: {
        ...operation({
          operationId: 'findingsOfProcessingActivity',
          tag,
          summary: 'Findings: processing activity',
          description:
            'Says what is missing or inconsistent in the activity, by the law valid today: each finding cites its article and says ' +
            'what to do. Findings never keep an activity from being stored.',
          answers: {
            200: json('The findings.', ref(Findings), { items: [exampleFinding] }),
            304: { description: 'The findings are those that `If-None-Match` names.' },
          },
          problems: ['invalid-request', 'not-found'],
        }),
        params: closed({ key: key('What the activity is addressed by.') }),
      },
    },
    async (request, reply) => {
      const { registerVersion, result: row } = await readEntry(db, resource.resource, request.params.key)
      reply.header('register-version', registerVersion)
      if (!row) throw notFound(resource.singular, request.params.key)
      return reply.type(jsonType).send(JSON.stringify({ items: await findingsOf(db, row) }))
    },
  )
}
