import underPressure from '@fastify/under-pressure'
import { HttpProblem } from './problems.ts'
import type { HttpServer } from './server.ts'

/** From how late the event loop is on average, in milliseconds, the service cannot keep up. */
export const longestDelay = 1_000

/** How late it is is looked at so often, in milliseconds. */
const sampleInterval = 500

/** How long that has to last before requests are refused, in milliseconds: one long pause is no overload. */
const patience = 1_000

/**
 * Refuses requests while the process cannot keep up, so that those it took are answered. Probes are always answered.
 * @param longestDelay from how late the event loop is on average, in milliseconds; 0: nothing is ever refused
 */
export const shedOverload = async (app: HttpServer, longestDelay: number): Promise<void> => {
  let began = 0
  let seen = 0
  await app.register(underPressure, {
    maxEventLoopDelay: longestDelay,
    sampleInterval,
    pressureHandler: ({ routeOptions }) => {
      const now = Date.now()
      if (now - seen > patience + longestDelay) began = now
      seen = now
      if (routeOptions.config.access === 'open' || now - began < patience) return
      throw new HttpProblem('unavailable', 'The service is overloaded; nothing was changed.', {
        headers: { 'retry-after': '2' },
      })
    },
  })
}
