import type { HttpServer } from '../platform/http/server.ts'
import type { Register } from './register.ts'

/** Whoever is told that something was written can read it from then on, on the instance that wrote it. */
export const readOwnWrites = (app: HttpServer, register: Register): void => {
  app.addHook('onClose', () => register.close())
  app.addHook('onSend', async (request, reply, payload) => {
    if (request.method === 'GET' || request.method === 'HEAD' || reply.statusCode >= 300) return payload
    const version = reply.getHeader('register-version')
    if (version !== undefined) await register.wrote(Number(version))
    return payload
  })
}
