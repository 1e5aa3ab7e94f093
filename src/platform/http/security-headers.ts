import helmet from 'helmet'
import type { HttpServer } from './server.ts'

/**
 * The header fields that keep browsers from misusing a page. What they are is helmet's to say; it is asked once and not with
 * every request, which took as long as finding the answer. A page says its own policy of contents. That a host is to be asked
 * by TLS alone may not be said without TLS (RFC 6797, 7.2), which is before this service, if it is there.
 */
const fieldsOfPages: Record<string, string> = {}
const response = {
  setHeader: (name: string, value: string) => {
    fieldsOfPages[name.toLowerCase()] = value
  },
  removeHeader: () => undefined,
}
helmet({ contentSecurityPolicy: false, strictTransportSecurity: false })(
  {} as never,
  response as never,
  () => undefined,
)

/** Those of what is no page, which has no frames, links or scripts to be guarded. */
export const fieldsOfData: Readonly<Record<string, string>> = Object.fromEntries(
  ['x-content-type-options', 'cross-origin-resource-policy'].map((name) => [name, fieldsOfPages[name]!]),
)

/** Gives every answer the header fields that keep browsers from misusing it. */
export const secureHeaders = (app: HttpServer): void => {
  app.addHook('onSend', (_, reply, payload, done) => {
    const isPage = String(reply.getHeader('content-type')).startsWith('text/html')
    reply.headers(isPage ? fieldsOfPages : fieldsOfData)
    done(null, payload)
  })
}
