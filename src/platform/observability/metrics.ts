import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import { createAnswerCounts } from './answers.ts'

/** Prometheus metrics of the process and of its HTTP answers, by route pattern and never by URL. */
export const createMetrics = () => {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const deprecated = new Counter({
    name: 'http_deprecated_requests_total',
    help: 'Requests to operations that will go away, by who makes them.',
    labelNames: ['method', 'route', 'caller'] as const,
    registers: [registry],
  })
  const fallbacks = new Counter({
    name: 'register_fallbacks_total',
    help: 'Requests that Postgres answered because the register in memory could not vouch for its answer.',
    labelNames: ['reason'] as const,
    registers: [registry],
  })
  return {
    registry,
    /** @param read asked whenever the metrics are: the version in memory, and the last one that is known of */
    watchRegister(read: () => { model: number; known: number }) {
      const gauge = (name: string, help: string, value: () => number) =>
        new Gauge({
          name,
          help,
          registers: [registry],
          collect() {
            this.set(value())
          },
        })
      gauge('register_version', 'Version of the register that is in memory; -1: none yet.', () => read().model)
      gauge('register_lag', 'Events that are known of and not in memory.', () => read().known - read().model)
    },
    noteFallback(reason: string) {
      fallbacks.inc({ reason })
    },
    /** @param caller name of a principal */
    noteDeprecated(method: string, route: string, caller: string) {
      deprecated.inc({ method, route, caller })
    },
    /** Where the answers of a route are counted. */
    ofRoute: createAnswerCounts(registry),
  }
}

export type Metrics = ReturnType<typeof createMetrics>
