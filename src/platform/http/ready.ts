import type { FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify'
import { matchesNone } from './conditional.ts'
import { jsonType } from './operation.ts'
import { fieldsOfData } from './security-headers.ts'
import type { HttpServer } from './server.ts'

/** A JSON answer that needs nothing but to be sent. */
export type ReadyAnswer = {
  /** Its bytes or its text, or the parts of it in their order. */
  body: string | Buffer | (string | Buffer)[]
  /** Answers 304 to who has it; none: it is no answer that can be had before. */
  etag?: string
  /** Header fields beside those that the reply has, each name before its value. */
  fields?: string[]
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

/** Sends a JSON answer, or 304 when the caller has it. */
export const sendReady = (request: FastifyRequest, reply: FastifyReply, { body, etag, fields = [] }: ReadyAnswer) => {
  const { raw } = reply.hijack()
  for (const [name, value] of Object.entries(reply.getHeaders())) fields.push(name, String(value))
  fields.push(...always)
  if (etag !== undefined) {
    fields.push('etag', etag)
    const tags = request.headers['if-none-match']
    if (tags !== undefined && !matchesNone(tags, etag)) {
      raw.writeHead(304, fields).end()
      return
    }
  }
  const parts = Array.isArray(body) ? body : [body]
  const length = parts.reduce((sum, part) => sum + Buffer.byteLength(part), 0)
  raw.writeHead(200, [...fields, 'content-type', jsonType, 'content-length', String(length)])
  // One system call for all of it.
  raw.cork()
  for (const part of parts.slice(0, -1)) raw.write(part)
  raw.end(parts.at(-1))
}

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
      if (answer) sendReady(request, reply, answer)
      else done()
    }
    route.onRequest = [...[route.onRequest ?? []].flat(), send]
  })
}
