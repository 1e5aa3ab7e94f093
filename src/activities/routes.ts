import { Type } from 'typebox'
import {
  asOfParameter,
  type EntryWrites,
  entryRoutes,
  findMoment,
  key,
  notFound,
  type RememberedPages,
  readEntry,
  readRevision,
  type ShownSource,
  type WriteInTurn,
} from '../entries/index.ts'
import type { Database } from '../platform/db/database.ts'
import { json, jsonType, operation } from '../platform/http/operation.ts'
import { closed, oneOf, ref } from '../platform/http/schema.ts'
import type { HttpServer } from '../platform/http/server.ts'
import { controllerRoutes } from './controllers.ts'
import { exampleFinding, Finding } from './finding.ts'
import { findingsOf } from './findings.ts'
import { activityWriteRules, type Lifecycle, retireActivity } from './lifecycle/propose.ts'
import { lifecycleRoutes } from './lifecycle/routes.ts'
import { activityParameters } from './resource.ts'
import { activityExample } from './schema.ts'

export const activityTag = 'Processing activities'

export const Findings = closed(
  { items: Type.Array(ref(Finding), { description: 'The findings; none: the rules have nothing to say.' }) },
  { $id: 'Findings', description: 'What the rules find in one activity.' },
)

/** How activities are written: by way of a proposal. */
const activityWrites = (lifecycle: Lifecycle): EntryWrites => ({
  proposals: true,
  describe: {
    put:
      'Writes the one proposal of the activity, whole: as a draft, or, from a `service`, straight into review. A wholly editorial ' +
      'change by staff, with nothing proposed, is in force at once under the approval that stands; so is everything with ' +
      '`APPROVALS=off`. A body equal to what is in force withdraws the caller’s own proposal, and otherwise writes nothing, so a ' +
      'service may register on every deploy. A service that leaves out legal bases, conditions, transfer mechanisms or assessments keeps them. Answers ' +
      'the revision that was written. Incomplete activities are welcome: findings say what is missing.',
    retire:
      'Proposes to retire the activity; with `APPROVALS=off` retires it at once. One that was never in force is withdrawn. ' +
      'Retired, it stays readable, and lists leave it out. Nothing is ever deleted. A `PUT` revives it.',
  },
  rules: ({ author }) => activityWriteRules(lifecycle, author),
  retire: (db, key, { author, preconditions }) => retireActivity(db, lifecycle, key, author, preconditions),
})

/** `/v1/processing-activities`: the activities, their life, and what the rules say of each. */
export const activityRoutes = (
  app: HttpServer,
  {
    db,
    register,
    writeInTurn,
    pages,
    lifecycle,
  }: { db: Database; register: ShownSource; writeInTurn: WriteInTurn; pages: RememberedPages; lifecycle: Lifecycle },
) => {
  const { resource } = lifecycle
  entryRoutes(app, {
    db,
    register,
    writeInTurn,
    pages,
    resource,
    tag: activityTag,
    example: activityExample,
    parameters: activityParameters,
    writes: activityWrites(lifecycle),
  })
  lifecycleRoutes(app, { db, lifecycle })
  controllerRoutes(app, { db, lifecycle })

  app.get(
    '/v1/processing-activities/:key/findings',
    {
      config: { access: 'read' },
      schema: {
        ...operation({
          operationId: 'findingsOfProcessingActivity',
          tag: activityTag,
          summary: 'Findings: processing activity',
          description:
            'Says what is missing or inconsistent in the activity, by the law valid then: each finding cites its article and says ' +
            'what to do. Findings never keep an activity from being stored; errors of Art. 30 keep it from being approved unless they ' +
            'are waived.',
          answers: {
            200: json('The findings.', ref(Findings), { items: [exampleFinding] }),
            304: { description: 'The findings are those that `If-None-Match` names.' },
          },
          problems: ['invalid-request', 'not-found'],
        }),
        params: closed({ key: key('What the activity is addressed by.') }),
        querystring: closed({
          revision: Type.Optional(oneOf(['proposed'], 'Findings of the pending proposal, instead of what is shown.')),
          ...asOfParameter,
        }),
      },
    },
    async (request, reply) => {
      const { revision, asOf } = request.query
      const moment = await findMoment(db, asOf)
      const { registerVersion, result: row } = await (revision === undefined
        ? readEntry(db, resource.resource, request.params.key, moment)
        : readRevision(db, resource.resource, request.params.key, revision, moment))
      reply.header('register-version', registerVersion)
      if (!row) throw notFound(resource.singular, request.params.key)
      return reply.type(jsonType).send(JSON.stringify({ items: await findingsOf(db, row, moment) }))
    },
  )
}
