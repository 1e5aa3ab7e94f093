import '@fastify/swagger'
import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import Fastify, {
  type FastifyError,
  type FastifyHttpOptions,
  type FastifyReply,
  type FastifyRequest,
  type HTTPMethods,
  LogController,
} from 'fastify'
import type { Logger } from 'pino'
import { withJsonText } from './json-body.ts'
import { HttpProblem, type ProblemCode, problemDocument, problems } from './problems.ts'
import { createRequestLogger } from './request-logger.ts'
import { createValidatorFactory, type SchemaKeyword } from './validation.ts'

/** 8 MiB: a processor activity with some thousands of controllers fits. */
const bodyLimit = 8 * 1024 * 1024

/** How long a request may take to arrive, in milliseconds. Longer ones are refused, so that slow senders hold nothing. */
const requestTimeout = 30_000

/** How long nothing may come over a connection that is in use, and over one that waits for the next request, in milliseconds. */
const connectionTimeout = 60_000
const keepAliveTimeout = 65_000

/**
 * An HTTP server that knows nothing of the register: validation, problem documents for everything that can go wrong,
 * request ids, limits. The same one serves production and tests.
 * @param isUnavailable tells errors of a dependency that is away from errors of our own
 * @param answerReady answers requests before anything else is done with them; false: it does not
 */
export const createHttpServer = (options: {
  logger: Logger
  keywords: readonly SchemaKeyword[]
  isUnavailable: (error: unknown) => boolean
  answerReady?: (request: IncomingMessage, response: ServerResponse) => boolean
}) => {
  let closing = false
  // Whoever logs every request has to see every request.
  const answerReady = options.logger.isLevelEnabled('debug') ? undefined : options.answerReady
  const app = Fastify({
    loggerInstance: options.logger,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    childLoggerFactory: createRequestLogger,
    bodyLimit,
    serverFactory: (handle, { http }: FastifyHttpOptions<Server>) =>
      createServer({ ...http, keepAliveTimeout, requestTimeout }, (request, response) => {
        if (closing || !answerReady?.(request, response)) handle(request, response)
      }).setTimeout(connectionTimeout),
    forceCloseConnections: 'idle',
    return503OnClosing: true,
    routerOptions: { maxParamLength: 200 },
    exposeHeadRoutes: true,
    schemaController: {
      compilersFactory: {
        buildValidator: createValidatorFactory(options.keywords) as never,
        // Answers are JSON text already. Compiling a serializer for each status of each operation takes seconds at a start.
        buildSerializer: () => () => JSON.stringify,
      },
    },
    schemaErrorFormatter: (errors) => errors as unknown as Error,
    frameworkErrors: (error, request, reply) => sendProblem(error, request as FastifyRequest, reply as never),
    clientErrorHandler: refuseUnreadable,
  }).withTypeProvider<TypeBoxTypeProvider>()

  app.removeContentTypeParser(['text/plain', 'application/json'])
  const parseJson = app.getDefaultJsonParser('error', 'error')
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    withJsonText(body as Buffer, request.headers['content-type'], done, (text) => parseJson(request, text, done))
  })
  app.setErrorHandler((error, request, reply) => sendProblem(error, request, reply))
  app.setNotFoundHandler((request, reply) =>
    sendProblem(new HttpProblem('not-found', 'There is nothing at this path.'), request, reply),
  )
  // A connection that is kept alive after the last answer would hold the shutdown up until its time is over. An answer whose head
  // was sent before could not say that the connection ends with it, so connections are looked at until the last is closed.
  app.addHook('preClose', async () => {
    closing = true
    if (!app.server.listening) return
    const closeIdle = setInterval(() => app.server.closeIdleConnections(), 50)
    app.server.once('close', () => clearInterval(closeIdle))
  })
  app.addHook('onSend', (_, reply, payload, done) => {
    if (closing) reply.header('connection', 'close')
    done(null, payload)
  })
  if (options.logger.isLevelEnabled('debug'))
    app.addHook('onResponse', async (request, reply) => {
      request.log.debug({
        method: request.method,
        route: request.routeOptions.url,
        status: reply.statusCode,
        ms: reply.elapsedTime,
      })
    })
  return app

  function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply) {
    const problem = toProblem(error, options.isUnavailable)
    const document = problemDocument(problem, request.id)
    if (document.status >= 500) request.log.error({ err: error, status: document.status }, problem.message)
    else request.log.debug({ status: document.status, code: document.code }, problem.message)
    return reply
      .code(document.status)
      .headers({ 'cache-control': 'no-store', ...problem.headers })
      .type('application/problem+json; charset=utf-8')
      .send(JSON.stringify(document))
  }
}

export type HttpServer = ReturnType<typeof createHttpServer>

const toProblem = (error: unknown, isUnavailable: (error: unknown) => boolean): HttpProblem => {
  if (error instanceof HttpProblem) return error
  if (isUnavailable(error)) {
    return new HttpProblem('unavailable', 'The database cannot be reached or is too busy; nothing was changed.', {
      headers: { 'retry-after': '2' },
    })
  }
  const { code, statusCode, message } = error as FastifyError
  const byStatus: Partial<Record<number, ProblemCode>> = {
    400: 'malformed-request',
    404: 'not-found',
    413: 'body-too-large',
    414: 'malformed-request',
    415: 'unsupported-media-type',
    503: 'unavailable',
  }
  const known = code?.startsWith('FST_') || error instanceof SyntaxError ? byStatus[statusCode ?? 500] : undefined
  if (known === 'unavailable')
    return new HttpProblem(known, 'The service is shutting down.', { headers: { 'retry-after': '2' } })
  if (known) return new HttpProblem(known, message)
  return new HttpProblem('internal', 'Something went wrong in the service.')
}

/** Answers what is no HTTP at all; Node hands over the bare socket then. */
const refuseUnreadable = (error: Error & { code?: string }, socket: Socket) => {
  if (error.code === 'ECONNRESET' || !socket.writable) return
  const code: ProblemCode = error.code === 'HPE_HEADER_OVERFLOW' ? 'header-too-large' : 'malformed-request'
  const body = JSON.stringify(
    problemDocument(new HttpProblem(code, 'The request is no well-formed HTTP.'), randomUUID()),
  )
  const [status, title] = problems[code]
  socket.end(
    `HTTP/1.1 ${status} ${title}\r\ncontent-type: application/problem+json; charset=utf-8\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  )
}

const allMethods: HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

/**
 * Watches which methods each path is given. The function that it answers is called when all routes are there: it lets
 * every path answer its other methods with 405 and `Allow` (RFC 9110, 15.5.6).
 */
export const refuseOtherMethods = (app: HttpServer): (() => void) => {
  const urls = new Set<string>()
  app.addHook('onRoute', ({ url }) => {
    urls.add(url)
  })
  return () => {
    for (const url of [...urls]) {
      const known = allMethods.filter((method) => app.hasRoute({ method, url }))
      const others = allMethods.filter((method) => !known.includes(method))
      const allow = known.join(', ')
      if (others.length === 0) continue
      app.route({
        url,
        method: others,
        config: { access: 'open' },
        schema: { hide: true },
        // Before the body is read: what it holds does not matter.
        onRequest: async () => {
          throw new HttpProblem('method-not-allowed', `This path knows ${allow}.`, { headers: { allow } })
        },
        handler: async () => undefined,
      })
    }
  }
}
