import type { onRequestHookHandler } from 'fastify'
import { matchesNone } from './conditional.ts'
import { jsonType } from './operation.ts'
import { fieldsOfData } from './security-headers.ts'
import type { HttpServer } from './server.ts'

/** A JSON answer that needs nothing but to be sent. */
export type ReadyAnswer = {
  etag: string
  body: Buffer
  /** Further header fields, each name before its value. */
  fields: string[]
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /**
     * Looks for the answer to a `GET` where it lies ready. Undefined: the request goes its ordinary way, on which it is
     * validated, and answered or refused.
     */
    ready?: (request: FastifyRequest) => ReadyAnswer | undefined
  }
}

const always = Object.entries(fieldsOfData).flat()

/**
 * Sends answers that lie ready as soon as it is known that the caller may have them, with the header fields that they would
 * have got on the ordinary way, which takes as long again as sending them. To be called before the routes are there, and
 * after what decides who may ask.
 */
export const sendReadyAnswers = (app: HttpServer): void => {
  app.addHook('onRoute', (route) => {
    const { ready, deprecation } = route.config ?? {}
    // A `HEAD`, and what has to be announced, go the ordinary way.
    if (!ready || deprecation || route.method !== 'GET') return
    const send: onRequestHookHandler = (request, reply, done) => {
      const answer = ready(request)
      if (!answer) {
        done()
        return
      }
      const { etag, body, fields } = answer
      const tags = request.headers['if-none-match']
      reply.hijack()
      if (tags !== undefined && !matchesNone(tags, etag)) {
        reply.raw.writeHead(304, [...fields, 'etag', etag, ...always]).end()
        return
      }
      const length = String(body.length)
      reply.raw
        .writeHead(200, [...fields, 'etag', etag, 'content-type', jsonType, ...always, 'content-length', length])
        .end(body)
    }
    route.onRequest = [...[route.onRequest ?? []].flat(), send]
  })
}
