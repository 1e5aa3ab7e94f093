import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyContextConfig, FastifyReply, FastifyRequest } from 'fastify'
import type { Metrics } from '../observability/metrics.ts'
import { matchesNone } from './conditional.ts'
import { jsonType } from './operation.ts'
import { fieldsOfData } from './security-headers.ts'
import type { HttpServer } from './server.ts'

/** A JSON answer that needs nothing but to be sent. */
export type ReadyAnswer = {
  /** Its bytes or its text, or the parts of its bytes in their order. */
  body: string | Buffer | Buffer[]
  /** Answers 304 to who has it; none: it is no answer that can be had before. */
  etag?: string
  /** Header fields beside those that every answer has, each name before its value. */
  fields?: string[]
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /**
     * Looks for the answer to a `GET` where it lies ready, by its path and query as they were sent. Undefined: the request goes its
     * ordinary way, on which it is validated, and answered or refused.
     */
    ready?: (url: string) => ReadyAnswer | undefined
  }
}

const always = Object.entries(fieldsOfData).flat()

/** @returns the status: 200, or 304 when the caller has the answer */
const write = (raw: ServerResponse, headers: IncomingHttpHeaders, { body, etag, fields = [] }: ReadyAnswer): number => {
  const head = [...fields, ...always]
  if (etag !== undefined) {
    head.push('etag', etag)
    const tags = headers['if-none-match']
    if (tags !== undefined && !matchesNone(tags, etag)) {
      raw.writeHead(304, head).end()
      return 304
    }
  }
  head.push('content-type', jsonType, 'content-length', String(lengthOf(body)))
  raw.writeHead(200, head)
  if (!Array.isArray(body)) {
    raw.end(body)
    return 200
  }
  // One system call for all of it.
  raw.cork()
  for (const part of body) raw.write(part)
  raw.end()
  return 200
}

/** How many bytes a body has. */
export const lengthOf = (body: ReadyAnswer['body']): number =>
  Array.isArray(body) ? body.reduce((sum, { length }) => sum + length, 0) : Buffer.byteLength(body)

/** Sends a JSON answer, or 304 when the caller has it. */
export const sendReady = (request: FastifyRequest, reply: FastifyReply, { fields = [], ...answer }: ReadyAnswer) => {
  const { raw } = reply.hijack()
  const given = Object.entries(reply.getHeaders()).flatMap(([name, value]) => [name, String(value)])
  write(raw, request.headers, { ...answer, fields: [...fields, ...given] })
}

type Access = NonNullable<FastifyContextConfig['access']>

/**
 * Answers that lie ready are sent before anything is made of the request, which would take as long as sending them. They have
 * the header fields that they would have got on the ordinary way.
 * @param isAdmitted whether it is known already that the caller, by its `Authorization` field, may do what the route does
 */
export const createReadyAnswers = ({
  isAdmitted,
  metrics,
}: {
  isAdmitted: (authorization: string | undefined, access: Access) => boolean
  metrics: Metrics
}) => {
  type Route = {
    find: (url: string) => ReadyAnswer | undefined
    access: Access
    count: ReturnType<Metrics['ofRoute']>
  }
  /** Of lists, by their path. */
  const lists = new Map<string, Route>()
  /** Of entries, by their path without their name. */
  const named = new Map<string, Route>()
  return {
    /** Notes the routes that say where their answers lie. To be called before they are there. */
    noteRoutes: (app: HttpServer): void => {
      app.addHook('onRoute', ({ method, url, config: { ready, access, deprecation } = {} }) => {
        // A `HEAD`, and what has to be announced, go the ordinary way.
        if (!ready || !access || deprecation || method !== 'GET') return
        const count = metrics.ofRoute('GET', url)
        const route = { find: ready, access, count }
        if (url.endsWith('/:key')) named.set(url.slice(0, -':key'.length), route)
        else lists.set(url, route)
      })
    },
    /** @returns false when the request has to go its ordinary way */
    answer: ({ method, url = '', headers }: IncomingMessage, response: ServerResponse): boolean => {
      if (method !== 'GET') return false
      const query = url.indexOf('?')
      const path = query === -1 ? url : url.slice(0, query)
      // What has a name and a query is asked for more than the entry.
      const route = lists.get(path) ?? (query === -1 ? named.get(url.slice(0, url.lastIndexOf('/') + 1)) : undefined)
      if (!route || !isAdmitted(headers.authorization, route.access)) return false
      // A caller that names a version may have to wait for it.
      if (headers['register-version-min'] !== undefined) return false
      const began = performance.now()
      const found = route.find(url)
      if (!found) return false
      route.count(write(response, headers, found), (performance.now() - began) / 1000)
      return true
    },
  }
}
