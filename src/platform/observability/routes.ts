import { Type } from 'typebox'
import { type Database, isUnavailable } from '../db/database.ts'
import { pendingMigrations } from '../db/migrate.ts'
import { json, jsonType, operation } from '../http/operation.ts'
import { HttpProblem } from '../http/problems.ts'
import { closed, oneOf, ref } from '../http/schema.ts'
import type { HttpServer } from '../http/server.ts'
import type { Metrics } from './metrics.ts'

export const Health = closed(
  {
    status: oneOf(['ok'], 'The service can do what was asked about.'),
    register: Type.Optional(
      oneOf(
        ['current', 'loading', 'lost'],
        'Where answers come from: `current`: memory; `loading`, `lost`: Postgres, as memory is being filled, or not told of changes.',
      ),
    ),
  },
  { $id: 'Health', description: 'That the service lives, or is ready.' },
)

const tag = 'Operation'

/** Counts answers and the time that they take, by route. To be called before the routes are there. */
export const countAnswers = (app: HttpServer, metrics: Metrics): void => {
  app.addHook('onRoute', (route) => {
    const counted = new Map([route.method].flat().map((method) => [method, metrics.ofRoute(method, route.url)]))
    route.onResponse = (request, reply, done) => {
      counted.get(request.method)!(reply.statusCode, reply.elapsedTime / 1000)
      done()
    }
  })
  app.addHook('onResponse', (request, reply, done) => {
    if (request.is404) metrics.ofRoute(request.method, 'none')(reply.statusCode, reply.elapsedTime / 1000)
    done()
  })
}

/** `/livez` and `/readyz` for orchestrators, `/metrics` for Prometheus where it is switched on. */
export const observabilityRoutes = (
  app: HttpServer,
  {
    db,
    metrics,
    serveMetrics,
    registerState,
  }: { db: Database; metrics: Metrics; serveMetrics: boolean; registerState: () => 'current' | 'loading' | 'lost' },
) => {
  app.get(
    '/livez',
    {
      config: { access: 'open' },
      schema: operation({
        operationId: 'live',
        tag,
        summary: 'Is the process alive?',
        description: 'Answers as long as the process can answer at all; it does not ask the database.',
        answers: { 200: json('It is.', ref(Health), { status: 'ok' }) },
        open: true,
      }),
    },
    async (_, reply) => reply.type(jsonType).send(JSON.stringify({ status: 'ok' })),
  )

  app.get(
    '/readyz',
    {
      config: { access: 'open' },
      schema: operation({
        operationId: 'ready',
        tag,
        summary: 'Can requests be served?',
        description:
          'Asks the database, whether its schema is at the level of this version, and whether the register is in memory. Requests are served ' +
          'without it, too, only more slowly.',
        answers: { 200: json('They can.', ref(Health), { status: 'ok', register: 'current' }) },
        open: true,
      }),
    },
    async (_, reply) => {
      const pending = await pendingMigrations(db).catch((error: unknown) => {
        if (isUnavailable(error)) throw error
        throw notReady('The schema of the database cannot be read.')
      })
      if (pending.length > 0) throw notReady(`The database lacks the migrations ${pending.join(', ')}.`)
      return reply.type(jsonType).send(JSON.stringify({ status: 'ok', register: registerState() }))
    },
  )

  if (serveMetrics) {
    app.get(
      '/metrics',
      {
        config: { access: 'open' },
        schema: operation({
          operationId: 'metrics',
          tag,
          summary: 'Metrics for Prometheus',
          description: 'Counts and times of answers, and figures of the process. Off unless `METRICS=on`.',
          answers: {
            200: {
              description: 'The metrics.',
              content: {
                'text/plain': {
                  schema: Type.String({ description: 'Text format of Prometheus.' }),
                  example: '# HELP …',
                },
              },
            },
          },
          open: true,
        }),
      },
      async (_, reply) => reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
    )
  }
}

const notReady = (detail: string) => new HttpProblem('unavailable', detail, { headers: { 'retry-after': '5' } })
