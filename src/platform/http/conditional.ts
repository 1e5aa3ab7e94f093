import { hash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { HttpProblem } from './problems.ts'
import type { HttpServer } from './server.ts'

/** Conditional requests, RFC 9110 section 13. */

export type Preconditions = { ifMatch: string | undefined; ifNoneMatch: string | undefined }

/** The preconditions that a request's header fields state. */
export const preconditionsOf = (headers: Record<string, unknown>): Preconditions => ({
  ifMatch: typeof headers['if-match'] === 'string' ? headers['if-match'] : undefined,
  ifNoneMatch: typeof headers['if-none-match'] === 'string' ? headers['if-none-match'] : undefined,
})

const tags = (field: string): string[] => field.match(/(?:W\/)?"[^"]*"/g) ?? []

/**
 * Whether an `If-None-Match` field lists the entity tag; weak comparison (RFC 9110, 13.1.2).
 * @param etag the current entity tag; undefined: there is no current representation
 */
export const matchesNone = (field: string, etag: string | undefined): boolean => {
  if (etag === undefined) return true
  if (field.trim() === '*') return false
  return !tags(field).some((tag) => tag.replace(/^W\//, '') === etag)
}

/** Whether an `If-Match` field lists the entity tag; strong comparison (RFC 9110, 13.1.1). */
export const matches = (field: string, etag: string | undefined): boolean => {
  if (etag === undefined) return false
  return field.trim() === '*' || tags(field).includes(etag)
}

/** Throws 412 unless the preconditions of a write hold for the entity tag that stands. */
export const assertPreconditions = ({ ifMatch, ifNoneMatch }: Preconditions, etag: string | undefined): void => {
  if (ifMatch !== undefined && !matches(ifMatch, etag)) {
    throw new HttpProblem(
      'precondition-failed',
      etag === undefined
        ? 'If-Match was sent, and there is no such entry.'
        : `The entry has changed: its ETag is ${etag} now.`,
    )
  }
  if (ifNoneMatch !== undefined && !matchesNone(ifNoneMatch, etag)) {
    throw new HttpProblem('precondition-failed', 'If-None-Match was sent, and the entry exists.')
  }
}

/**
 * Gives every successful read an entity tag, and answers 304 when the caller has what it names. A route may set its own
 * tag; others get one of their bytes. Streams are left alone: their bytes are not known before they are sent.
 */
export const conditionalReads = (app: HttpServer) => {
  app.addHook('onSend', (request, reply, payload, done) => {
    const reads = request.method === 'GET' || request.method === 'HEAD'
    if (!reads || reply.statusCode !== 200 || !(typeof payload === 'string' || Buffer.isBuffer(payload))) {
      done(null, payload)
      return
    }
    const given = reply.getHeader('etag') as string | undefined
    const etag = given ?? `"${hash('sha256', payload, 'base64url').slice(0, 27)}"`
    if (given === undefined) reply.header('etag', etag)
    const field = request.headers['if-none-match']
    if (field === undefined || matchesNone(field, etag) || !declares304(request)) {
      done(null, payload)
      return
    }
    reply.code(304).removeHeader('content-type').removeHeader('content-length')
    done(null, null)
  })
}

/** A probe is never answered with "as before": its operation declares no 304. */
const declares304 = ({ routeOptions }: FastifyRequest): boolean => {
  const declared = routeOptions.schema?.response as Record<string, unknown> | undefined
  return declared === undefined || 304 in declared
}
