import type { FastifyRequest, RouteOptions } from 'fastify'
import fp from 'fastify-plugin'
import type { Database } from '../platform/db/database.ts'
import { HttpProblem } from '../platform/http/problems.ts'
import { authenticate } from './keys.ts'
import type { LocalSession } from './local-session.ts'
import { type Access, accesses, mayDo, type Principal } from './roles.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What the route needs. Every route declares it. */
    access?: Access
  }
  interface FastifyRequest {
    /** Who makes the request; null on routes that are open. */
    principal: Principal | null
  }
}

/** The principal of a request to a route that is not open. */
export const principalOf = (request: FastifyRequest): Principal => {
  if (!request.principal) throw new Error('An open route asked for its principal.')
  return request.principal
}

/**
 * Authenticates each request and holds it against what its route declares. Refuses to start with a route that declares
 * nothing, so that forgetting it is found at start and not by an intruder.
 */
export const accessPlugin = fp<{ db: Database; localSession: LocalSession | undefined }>(
  async (app, { db, localSession }) => {
    app.decorateRequest('principal', null)

    const routes: RouteOptions[] = []
    app.addHook('onRoute', (route) => {
      routes.push(route)
    })
    app.addHook('onReady', async () => {
      const undeclared = routes.find(({ config }) => !config?.access || !(config.access in accesses))
      if (undeclared)
        throw new Error(`Route ${undeclared.method} ${undeclared.url} does not declare the access that it needs.`)
    })

    app.addHook('onRequest', async (request) => {
      const access = request.routeOptions.config.access
      // A path that does not exist has no route: 404 for everyone.
      if (access === undefined || access === 'open') return
      const principal = (await fromBearer(db, request)) ?? localSession?.principalOf(request)
      if (!principal) {
        throw new HttpProblem('unauthorised', 'This needs a valid API key.', {
          headers: { 'www-authenticate': 'Bearer realm="register"' },
        })
      }
      if (!mayDo(principal.role, access))
        throw new HttpProblem('forbidden', `The role \`${principal.role}\` may not do this.`)
      request.principal = principal
    })
  },
)

const fromBearer = async (db: Database, request: FastifyRequest): Promise<Principal | undefined> => {
  const match = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')
  return match ? authenticate(db, match[1]!) : undefined
}
