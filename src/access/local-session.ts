import '@fastify/cookie'
import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { Principal } from './roles.ts'

/**
 * A session for reading pages in a browser on the machine that a local run is on. A link with a token that works once
 * sets the cookie; both live in this process alone and end with it.
 */
export type LocalSession = {
  /** Path of the link that opens the session; it works once. */
  link: string
  /** Exchanges the token for the value of the cookie; undefined when it is wrong or used. */
  open(request: FastifyRequest, token: string): string | undefined
  /** The principal of a reading request that carries the cookie. */
  principalOf(request: FastifyRequest): Principal | undefined
}

export const sessionCookie = 'ropa_session'

const loopback = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1'])

const same = (a: string, b: string) => a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))

/** @param principal whose name the session bears; it may only read, whatever the principal's keys may do */
export const createLocalSession = (principal: Pick<Principal, 'id' | 'name'>): LocalSession => {
  let token: string | undefined = randomBytes(32).toString('base64url')
  const secret = randomBytes(32).toString('base64url')
  return {
    link: `/local-session?token=${token}`,
    open(request, offered) {
      if (!loopback.has(request.ip) || token === undefined || !same(token, offered)) return undefined
      token = undefined
      return secret
    },
    principalOf(request) {
      const cookie = request.cookies[sessionCookie]
      const reads = request.method === 'GET' || request.method === 'HEAD'
      if (!cookie || !reads || !loopback.has(request.ip) || !same(cookie, secret)) return undefined
      return { ...principal, role: 'reader', service: null }
    },
  }
}
