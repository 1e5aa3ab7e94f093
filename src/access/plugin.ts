import type { DoneFuncWithErrOrRes, FastifyRequest, RouteOptions } from 'fastify'
import fp from 'fastify-plugin'
import { HttpProblem } from '../platform/http/problems.ts'
import type { KeyCache } from './key-cache.ts'
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
export const accessPlugin = fp<{
  keys: KeyCache
  /** Whether changes of keys are told at once. */
  keysAreTold: () => boolean
  localSession: LocalSession | undefined
}>(async (app, { keys, keysAreTold, localSession }) => {
  app.decorateRequest('principal', null)

  const routes: RouteOptions[] = []
  // A path that does not exist has no route: 404 for everyone. Each route's hook knows what it needs: asking a request for its
  // route makes an object each time.
  app.addHook('onRoute', (route) => {
    routes.push(route)
    const access = route.config?.access
    if (access !== undefined && access !== 'open')
      route.onRequest = [authenticated(access), ...[route.onRequest ?? []].flat()]
  })
  app.addHook('onReady', async () => {
    const undeclared = routes.find(({ config }) => !config?.access || !(config.access in accesses))
    if (undeclared)
      throw new Error(`Route ${undeclared.method} ${undeclared.url} does not declare the access that it needs.`)
  })

  const admit = (request: FastifyRequest, access: Access, principal: Principal | undefined) => {
    if (!principal) {
      throw new HttpProblem('unauthorised', 'This needs a valid API key.', {
        headers: { 'www-authenticate': 'Bearer realm="register"' },
      })
    }
    if (!mayDo(principal.role, access))
      throw new HttpProblem('forbidden', `The role \`${principal.role}\` may not do this.`)
    request.principal = principal
  }

  // With a callback: most requests need not wait for anything.
  const authenticated = (access: Access) => (request: FastifyRequest, _: unknown, done: DoneFuncWithErrOrRes) => {
    const found = keys.principalOf(request.headers.authorization, keysAreTold()) ?? localSession?.principalOf(request)
    if (!(found instanceof Promise)) {
      admit(request, access, found)
      done()
      return
    }
    found
      .then((principal) => admit(request, access, principal ?? localSession?.principalOf(request)))
      .then(() => done(), done)
  }
})
