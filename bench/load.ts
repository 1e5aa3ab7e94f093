import { createRequire } from 'node:module'
import type { Subject } from './process.ts'

const autocannon = createRequire(new URL('package.json', import.meta.url))('autocannon')

export type Request = { method?: string; path: string; headers?: Record<string, string>; body?: string }

/** What is measured: a server under a sort of requests. */
export type Case = {
  subject: Subject
  connections: number
  /** Requests in turn; a function makes each anew. */
  requests: Request[] | (() => Request)
  headers?: Record<string, string>
  /** What statuses are right; others end the bench. */
  expect?: number[]
}

export type Measured = {
  /** Requests a second. */
  rate: number
  /** Processor time of the server for a request, in microseconds. */
  cpu: number
  /** Latency, in milliseconds. */
  p50: number
  p99: number
}

/** @param seconds how long */
export const measure = async (
  { subject, connections, requests, headers = {}, expect = [200] }: Case,
  seconds: number,
): Promise<Measured> => {
  const before = subject.cpu()
  const result = await autocannon({
    url: subject.url,
    connections,
    duration: seconds,
    headers: { ...headers },
    requests:
      typeof requests === 'function'
        ? [{ setupRequest: (request: object) => ({ ...request, ...copied(requests()) }) }]
        : requests.map(copied),
  })
  const total = result.requests.total
  const right = expect.reduce((sum, status) => sum + (result.statusCodeStats[status]?.count ?? 0), 0)
  if (total === 0 || result.errors > 0 || right < total)
    throw new Error(`Wrong answers: ${JSON.stringify(result.statusCodeStats)}, ${result.errors} errors`)
  return {
    rate: total / result.duration,
    cpu: ((subject.cpu() - before) / total) * 1e6,
    p50: result.latency.p50,
    p99: result.latency.p99,
  }
}

/** The load generator writes into what it is given. */
const copied = (request: Request): Request => ({
  ...request,
  ...(request.headers && { headers: { ...request.headers } }),
})

export const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!

/**
 * Measures cases in turns, so that what the machine does meanwhile falls upon all of them alike.
 * @returns the median of each figure, by the name of the case
 */
export const interleave = async <Name extends string>(
  cases: Record<Name, Case>,
  { rounds, seconds }: { rounds: number; seconds: number },
): Promise<Record<Name, Measured>> => {
  const names = Object.keys(cases) as Name[]
  const found = Object.fromEntries(names.map((name) => [name, [] as Measured[]])) as Record<Name, Measured[]>
  for (const name of names) await measure(cases[name], seconds / 2)
  for (let round = 0; round < rounds; round++)
    for (const name of names) found[name].push(await measure(cases[name], seconds))
  const middle = (name: Name, figure: keyof Measured) => median(found[name].map((each) => each[figure]))
  return Object.fromEntries(
    names.map((name) => [
      name,
      { rate: middle(name, 'rate'), cpu: middle(name, 'cpu'), p50: middle(name, 'p50'), p99: middle(name, 'p99') },
    ]),
  ) as Record<Name, Measured>
}
