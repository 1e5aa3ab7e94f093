import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** Prometheus metrics of the process and of its HTTP answers, by route pattern and never by URL. */
export const createMetrics = () => {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const labelNames = ['method', 'route', 'status'] as const
  const requests = new Counter({
    name: 'http_requests_total',
    help: 'Answered requests.',
    labelNames,
    registers: [registry],
  })
  const durations = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from request to answer, in seconds.',
    labelNames: ['method', 'route'] as const,
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  })
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
    /**
     * Where the answers of a route are counted: finding series by their labels takes a large part of the time of an answer that
     * lies ready, so a route finds its own once.
     * @returns to be told the status of each answer, and the time that it took in seconds
     */
    ofRoute(method: string, route: string) {
      const time = durations.labels({ method, route })
      const counts = new Map<number, Counter.Internal>()
      return (status: number, seconds: number) => {
        const count = counts.get(status) ?? requests.labels({ method, route, status })
        counts.set(status, count)
        count.inc()
        time.observe(seconds)
      }
    },
  }
}

export type Metrics = ReturnType<typeof createMetrics>
