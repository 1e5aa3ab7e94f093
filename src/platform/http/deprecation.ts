import type { FastifyRequest } from 'fastify'
import type { HttpServer } from './server.ts'

/** An operation that will go away. */
export type Deprecation = {
  /** The day since which callers should use something else, as `2027-01-31`. */
  since: string
  /** The day from which it may be gone. */
  sunset: string
  /** The path of what replaces it. */
  successor: string
}

declare module 'fastify' {
  interface FastifyContextConfig {
    deprecation?: Deprecation
  }
}

type Schema = { deprecated?: boolean; response?: Record<string, { headers?: Record<string, unknown> }> }

const text = (description: string) => ({ type: 'string', description })

/**
 * Tells callers of operations whose route has a `deprecation` in its configuration: by `Deprecation` (RFC 9745), `Sunset` (RFC
 * 8594) and a link to the successor (RFC 5829), and in the contract. To be called before the routes are there.
 * @param onCall told of every call, so that whoever operates the service knows whom to talk to
 */
export const announceDeprecations = (app: HttpServer, onCall: (request: FastifyRequest) => void): void => {
  app.addHook('onRoute', (route) => {
    const { deprecation } = route.config ?? {}
    if (!deprecation || !route.schema) return
    const { since, sunset, successor } = deprecation
    const announcement = {
      deprecation: `@${Date.parse(since) / 1000}`,
      sunset: new Date(sunset).toUTCString(),
      link: `<${successor}>; rel="successor-version"`,
    }
    route.preHandler = async (request, reply) => {
      reply.headers(announcement)
      onCall(request)
    }
    const described = route.schema as Schema
    described.deprecated = true
    for (const response of Object.values(described.response ?? {}))
      response.headers = {
        ...response.headers,
        Deprecation: text('Since when the operation is deprecated (RFC 9745).'),
        Sunset: text('From when it may be gone (RFC 8594).'),
        Link: text('What replaces it, as `successor-version` (RFC 5829).'),
      }
  })
}
