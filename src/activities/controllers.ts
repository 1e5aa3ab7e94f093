import {
  type Author,
  asOfParameter,
  type EntryContent,
  entryParams,
  etagHeader,
  etagOf,
  findMoment,
  key,
  lockEntry,
  notFound,
  preconditionHeaders,
  readEntry,
  readWritten,
  type Written,
  writeProblems,
  writerOf,
} from '../entries/index.ts'
import { type Database, inTransaction, type Transaction } from '../platform/db/database.ts'
import type { Preconditions } from '../platform/http/conditional.ts'
import { json, jsonType, operation } from '../platform/http/operation.ts'
import { HttpProblem } from '../platform/http/problems.ts'
import { closed, ref } from '../platform/http/schema.ts'
import type { HttpServer } from '../platform/http/server.ts'
import { type Lifecycle, putActivity } from './lifecycle/propose.ts'
import { type ActivityContent, ActivityController } from './schema.ts'

/**
 * The controllers of a processor's activity one by one (Art. 30(2)(a), (b)): there may be thousands, and they come and go
 * one at a time. Each write is a change of the activity, with its revision, its approval and its event.
 */

type Controller = NonNullable<ActivityContent['controllers']>[number]

const params = closed({ ...entryParams.properties, organisation: key('The controller.', 'example-customer') })

const example = { organisation: 'example-customer', categoriesOfProcessing: ['Storage of web sites'] }

const controllersOf = (content: EntryContent) => (content.controllers ?? []) as Controller[]

/** Changes the controllers of what is proposed, else of what is in force. */
const changeControllers = async (
  db: Transaction,
  lifecycle: Lifecycle,
  activity: string,
  author: Author,
  preconditions: Preconditions,
  change: (controllers: Controller[]) => Controller[],
): Promise<Written> => {
  const entry = await lockEntry(db, lifecycle.resource, activity)
  const base = (entry.proposed ?? entry.shown)!.content
  const content = { ...base, controllers: change(controllersOf(base)) }
  const { statements, ...rest } = content as EntryContent & { statements?: Record<string, unknown> }
  const { '/controllers': _, ...others } = statements ?? {}
  const stated = Object.keys(others).length > 0 ? { ...rest, statements: others } : rest
  return putActivity(db, lifecycle, activity, stated, author, preconditions)
}

/** `/v1/processing-activities/{key}/controllers/{organisation}`. */
export const controllerRoutes = (app: HttpServer, { db, lifecycle }: { db: Database; lifecycle: Lifecycle }) => {
  const { resource } = lifecycle
  const path = `/v1/${resource.resource}/:key/controllers/:organisation`
  const tag = 'Processing activities'
  const missing = (activity: string, organisation: string) =>
    new HttpProblem('not-found', `The processing activity \`${activity}\` has no controller \`${organisation}\`.`)

  app.get(
    path,
    {
      config: { access: 'read' },
      schema: {
        ...operation({
          operationId: 'getControllerOfProcessingActivity',
          tag,
          summary: 'Read: controller of a processor’s activity',
          description: 'Answers what is recorded of one controller on whose behalf the processor acts.',
          answers: {
            200: json('The controller.', ref(ActivityController), example),
            304: { description: 'The controller is the one that `If-None-Match` names.', headers: etagHeader },
          },
          problems: ['invalid-request', 'not-found'],
        }),
        params,
        querystring: closed(asOfParameter),
      },
    },
    async (request, reply) => {
      const { key: activity, organisation } = request.params
      const moment = await findMoment(db, request.query.asOf)
      const { registerVersion, result: row } = await readEntry(db, resource.resource, activity, moment)
      reply.header('register-version', registerVersion)
      if (!row) throw notFound(resource.singular, activity)
      const found = controllersOf(JSON.parse(row.content)).find(
        (controller) => controller.organisation === organisation,
      )
      if (!found) throw missing(activity, organisation)
      return reply.type(jsonType).send(JSON.stringify(found))
    },
  )

  app.put(
    path,
    {
      config: { access: 'write' },
      schema: {
        ...operation({
          operationId: 'putControllerOfProcessingActivity',
          tag,
          summary: 'Add or replace: controller of a processor’s activity',
          description:
            'Adds a controller to the activity, or replaces what is recorded of it. Adding one for whom the same is done is an ' +
            'editorial change, and so in force at once; a new category of processing is a material one.',
          answers: { 200: json('The controller, as it was written.', ref(ActivityController), example, etagHeader) },
          problems: [...writeProblems, 'unknown-reference'],
        }),
        params,
        headers: preconditionHeaders,
        body: ref(ActivityController),
      },
    },
    async (request, reply) => {
      const { key: activity, organisation } = request.params
      const controller = request.body
      if (controller.organisation !== organisation) {
        const message = `must equal the organisation in the path, \`${organisation}\``
        throw new HttpProblem('invalid-request', 'One thing is wrong; `errors` names it.', {
          errors: [{ pointer: '/organisation', message }],
        })
      }
      const { author, preconditions } = writerOf(request)
      const written = await inTransaction(db, (transaction) =>
        changeControllers(transaction, lifecycle, activity, author, preconditions, (controllers) => {
          const at = controllers.findIndex((other) => other.organisation === organisation)
          return at === -1 ? [...controllers, controller] : controllers.with(at, controller)
        }),
      )
      const row = await readWritten(db, written)
      return reply
        .headers({ etag: etagOf(row), 'register-version': row.position })
        .type(jsonType)
        .send(JSON.stringify(controller))
    },
  )

  app.delete(
    path,
    {
      config: { access: 'write' },
      schema: {
        ...operation({
          operationId: 'removeControllerOfProcessingActivity',
          tag,
          summary: 'Remove: controller of a processor’s activity',
          description:
            'Takes a controller off the activity; earlier revisions keep it. To record that processing for it has ended, put its `until` instead.',
          answers: { 204: { description: 'It is removed.', headers: etagHeader } },
          problems: writeProblems,
        }),
        params,
        headers: preconditionHeaders,
      },
    },
    async (request, reply) => {
      const { key: activity, organisation } = request.params
      const { author, preconditions } = writerOf(request)
      const written = await inTransaction(db, (transaction) =>
        changeControllers(transaction, lifecycle, activity, author, preconditions, (controllers) => {
          if (!controllers.some((controller) => controller.organisation === organisation))
            throw missing(activity, organisation)
          return controllers.filter((controller) => controller.organisation !== organisation)
        }),
      )
      const row = await readWritten(db, written)
      return reply
        .code(204)
        .headers({ etag: etagOf(row), 'register-version': row.position })
        .send()
    },
  )
}
