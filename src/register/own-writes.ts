import type { HttpServer } from '../platform/http/server.ts'
import type { Register } from './register.ts'

/** Whoever is told that something was written can read it from then on, on the instance that wrote it. */
export const readOwnWrites = (app: HttpServer, register: Register): void => {
  app.addHook('onClose', () => register.close())
  app.addHook('onRoute', (route) => {
    if ([route.method].flat().every((method) => method === 'GET' || method === 'HEAD')) return
    route.onSend = async (_, reply, payload) => {
      const version = reply.getHeader('register-version')
      if (reply.statusCode < 300 && version !== undefined) await register.wrote(Number(version))
      return payload
    }
  })
}
