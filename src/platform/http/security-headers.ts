import helmet from 'helmet'
import type { HttpServer } from './server.ts'

/**
 * Gives every answer the header fields that keep browsers from misusing it. What they are is helmet's to say; it is asked once
 * and not with every request, which took as long as finding the answer. A page says its own policy of contents.
 */
export const secureHeaders = (app: HttpServer): void => {
  const ofPages: Record<string, string> = {}
  const response = {
    setHeader: (name: string, value: string) => {
      ofPages[name.toLowerCase()] = value
    },
    removeHeader: () => undefined,
  }
  helmet({ contentSecurityPolicy: false })({} as never, response as never, () => undefined)
  // What is no page has no frames, links or scripts to be guarded.
  const ofData = Object.fromEntries(dataFields.map((name) => [name, ofPages[name]!]))
  app.addHook('onSend', (_, reply, payload, done) => {
    const isPage = String(reply.getHeader('content-type')).startsWith('text/html')
    reply.headers(isPage ? ofPages : ofData)
    done(null, payload)
  })
}

const dataFields = ['x-content-type-options', 'strict-transport-security', 'cross-origin-resource-policy']
