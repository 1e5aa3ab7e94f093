import underPressure from '@fastify/under-pressure'
import { HttpProblem } from './problems.ts'
import type { HttpServer } from './server.ts'

/** From how late the event loop is on average, in milliseconds, requests are refused: those taken would only wait. */
const longestDelay = 1_000

/** How late it is is looked at so often, in milliseconds. */
const sampleInterval = 500

/** Refuses requests while the process cannot keep up, so that those it took are answered. Probes are always answered. */
export const shedOverload = async (app: HttpServer): Promise<void> => {
  // Starting keeps the event loop busy; that says nothing about the load.
  let started = Number.POSITIVE_INFINITY
  app.addHook('onReady', async () => {
    started = Date.now()
  })
  await app.register(underPressure, {
    maxEventLoopDelay: longestDelay,
    sampleInterval,
    pressureHandler: ({ routeOptions }) => {
      if (routeOptions.config.access === 'open' || Date.now() < started + 2 * sampleInterval) return
      throw new HttpProblem('unavailable', 'The service is overloaded; nothing was changed.', {
        headers: { 'retry-after': '2' },
      })
    },
  })
}
