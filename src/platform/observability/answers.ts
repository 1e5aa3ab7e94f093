import { Counter, type Metric, type Registry } from 'prom-client'

/** Upper bounds of the histogram's buckets, in seconds. */
const bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

type Labels = { method: string; route: string }

/** What is known of the answers of a route. */
type Series = {
  labels: Labels
  byStatus: Map<number, number>
  /** How many answers took no longer than a bound and longer than the one before; the last are those above all. */
  buckets: number[]
  seconds: number
}

/** Told the status of an answer, and the time that it took in seconds. */
export type CountAnswer = (status: number, seconds: number) => void

/**
 * How many answers there were, and how long they took, as the counter `http_requests_total` and the histogram
 * `http_request_duration_seconds`. Counted here and told to the registry when it is asked: finding a series of the library by
 * its labels takes as long as finding the answer.
 * @returns where the answers of a route are counted
 */
export const createAnswerCounts = (registry: Registry): ((method: string, route: string) => CountAnswer) => {
  const known = new Map<string, { series: Series; count: CountAnswer }>()
  const all = () => [...known.values()].map(({ series }) => series)

  new Counter({
    name: 'http_requests_total',
    help: 'Answered requests.',
    labelNames: ['method', 'route', 'status'],
    registers: [registry],
    collect() {
      this.reset()
      for (const { labels, byStatus } of all())
        for (const [status, answers] of byStatus) this.inc({ ...labels, status }, answers)
    },
  })
  const durations = {
    name: 'http_request_duration_seconds',
    help: 'Time from request to answer, in seconds.',
    type: 'histogram',
    aggregator: 'sum',
  }
  registry.registerMetric({
    ...durations,
    get: async () => ({ ...durations, values: all().flatMap((series) => valuesOf(durations.name, series)) }),
  } as unknown as Metric)

  return (method, route) => {
    const name = `${method} ${route}`
    const found = known.get(name) ?? createSeries({ method, route })
    known.set(name, found)
    return found.count
  }
}

const createSeries = (labels: Labels) => {
  const series: Series = { labels, byStatus: new Map(), buckets: new Array(bounds.length + 1).fill(0), seconds: 0 }
  const { byStatus, buckets } = series
  const count: CountAnswer = (status, seconds) => {
    byStatus.set(status, (byStatus.get(status) ?? 0) + 1)
    let bucket = 0
    while (bucket < bounds.length && seconds > bounds[bucket]!) bucket++
    buckets[bucket]!++
    series.seconds += seconds
  }
  return { series, count }
}

/** As Prometheus has a histogram: each bucket counts what is in the smaller ones, too. */
const valuesOf = (name: string, { labels, buckets, seconds }: Series) => {
  let total = 0
  const values = [...bounds, '+Inf'].map((le, index) => {
    total += buckets[index]!
    return { metricName: `${name}_bucket`, labels: { le, ...labels }, value: total }
  })
  if (total === 0) return []
  return [
    ...values,
    { metricName: `${name}_sum`, labels, value: seconds },
    { metricName: `${name}_count`, labels, value: total },
  ]
}
