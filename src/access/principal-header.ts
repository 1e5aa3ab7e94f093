import type { HttpServer } from '../platform/http/server.ts'
import type { Principal } from './roles.ts'

/**
 * How a thread is told who makes a request, after the application has found that out. Nobody but the application can ask a thread,
 * and it overwrites what a caller sent under this name.
 */

const name = 'x-register-principal'

export const principalHeader = (principal: Principal | null): Record<string, string> => ({
  [name]: encodeURIComponent(JSON.stringify(principal)),
})

/** For an application that runs in a thread. */
export const takePrincipalFromHeader = (app: HttpServer): void => {
  app.decorateRequest('principal', null)
  app.addHook('onRequest', async (request) => {
    request.principal = JSON.parse(decodeURIComponent(String(request.headers[name])))
  })
}
