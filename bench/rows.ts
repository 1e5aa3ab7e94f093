import { setTimeout as sleep } from 'node:timers/promises'
import type { Database } from '../src/platform/db/database.ts'
import { loadModel } from '../src/register/load.ts'
import { type Case, interleave, type Measured, median, type Request } from './load.ts'
import type { Subject } from './process.ts'
import { activityContent, activityKey } from './register.ts'

/** What is measured, and what is wanted of it. */

export type Row = { activities: number; what: string; figure: string; wanted: string }

export type Setting = {
  activities: number
  db: Database
  /** The service. */
  register: Subject
  startRegister(): Promise<Subject>
  /** Plain Fastify with constant answers. */
  bare: Subject
  /** Fastify with pg. */
  plain: Subject
  headers: Record<string, string>
  effort: { rounds: number; seconds: number }
}

const times = (a: number, b: number) => `${(a / b).toFixed(2)} ×`

/** How often one does what the other does, and how much processor time it takes for it. */
const against = (ours: Measured, other: Measured, name: string) =>
  `${times(ours.rate, other.rate)} ${name} (${Math.round(ours.rate)} to ${Math.round(other.rate)}/s; processor ${times(ours.cpu, other.cpu)})`

const several = (count: number, make: (n: number) => Request): Request[] =>
  Array.from({ length: count }, (_, n) => make(n))

/** Numbers of activities all over the register. */
const spread = (activities: number, count: number) =>
  Array.from({ length: count }, (_, n) => Math.floor((n * activities) / count))

export const readRows = async ({ activities, register, bare, plain, headers, effort }: Setting): Promise<Row[]> => {
  const numbers = spread(activities, 100)
  const path = (n: number) => `/v1/processing-activities/${activityKey(numbers[n]!)}`
  const tags = await Promise.all(
    numbers.map(async (_, n) => (await fetch(register.url + path(n), { headers })).headers.get('etag')!),
  )
  const common = { connections: 32, headers }
  const found = await interleave(
    {
      register: { ...common, subject: register, requests: several(100, (n) => ({ path: path(n) })) },
      unchanged: {
        ...common,
        subject: register,
        expect: [304],
        requests: several(100, (n) => ({ path: path(n), headers: { ...headers, 'if-none-match': tags[n]! } })),
      },
      bare: { ...common, subject: bare, requests: [{ path: '/activity' }] },
      plain: {
        ...common,
        subject: plain,
        requests: several(100, (n) => ({ path: `/activity/${activityKey(numbers[n]!)}` })),
      },
    },
    effort,
  )
  return [
    {
      activities,
      what: 'GET one activity',
      figure: `${against(found.register, found.bare, 'bare Fastify')}; ${times(found.register.rate, found.plain.rate)} Fastify with pg`,
      wanted: '≥ 0.85 × and ≥ 2.5 ×',
    },
    {
      activities,
      what: 'GET, unchanged (304)',
      figure: against(found.unchanged, found.bare, 'bare Fastify sending the bytes'),
      wanted: '≥ 1.0 ×',
    },
  ]
}

type Question = { purpose: string; dataCategories: string[]; recipients: string[]; subprocessors: string[] }

const questionOf = (n: number): Question => {
  const { purposes, data, recipients, subprocessors } = activityContent(n) as unknown as {
    purposes: { purpose: string }[]
    data: { dataCategory: string }[]
    recipients: { recipient: string }[]
    subprocessors: { subprocessor: string }[]
  }
  return {
    purpose: purposes[0]!.purpose,
    dataCategories: [data[0]!.dataCategory],
    recipients: recipients.map(({ recipient }) => recipient),
    subprocessors: subprocessors.map(({ subprocessor }) => subprocessor),
  }
}

export const checkRows = async ({ activities, register, bare, headers, effort }: Setting): Promise<Row[]> => {
  const json = { ...headers, 'content-type': 'application/json' }
  const asked = (path: string, question: (n: number) => object): Request[] =>
    spread(activities, 100).map((n) => ({
      method: 'POST',
      path,
      headers: json,
      body: JSON.stringify(question(n - (n % 5))),
    }))
  const covered = (n: number) => questionOf(n)
  const uncovered = (n: number) => ({ ...questionOf(n), countries: ['AQ'] })
  const common = { connections: 32, headers: json }
  const found = await interleave(
    {
      pass: { ...common, subject: register, requests: asked('/v1/checks', covered) },
      fail: { ...common, subject: register, requests: asked('/v1/checks', uncovered) },
      bare: { ...common, subject: bare, requests: asked('/check', covered) },
    },
    effort,
  )
  return [
    {
      activities,
      what: 'POST /v1/checks, that passes',
      figure: against(found.pass, found.bare, 'bare Fastify'),
      wanted: '≥ 0.7 ×, flat ≥ 0.9',
    },
    {
      activities,
      what: 'POST /v1/checks, that fails',
      figure: against(found.fail, found.bare, 'bare Fastify'),
      wanted: '≥ 0.7 ×, flat ≥ 0.9',
    },
  ]
}

const filters = {
  'the first page': '',
  'by organisation': '&organisation=organisations-0',
  'by purpose': '&purpose=purposes-7',
  'by country': '&country=US',
  'by special categories': '&specialCategories=true',
  'by three filters': '&role=controller&dataCategory=data-categories-3&service=services-9',
  'due for review': '&reviewDueBefore=2027-01-01',
  'without a hit': '&legalBasis=6(1)(d)',
} as const

export const listRows = async ({ activities, register, plain, headers, effort }: Setting): Promise<Row[]> => {
  const path = '/v1/processing-activities?limit=50'
  const common = { connections: 32, headers }
  const last = await lastPage(register, headers)
  const found = await interleave(
    {
      ...(Object.fromEntries(
        Object.entries(filters).map(([name, filter]) => [
          name,
          { ...common, subject: register, requests: [{ path: path + filter }] },
        ]),
      ) as Record<keyof typeof filters, Case>),
      'the last page': { ...common, subject: register, requests: [{ path: last }] },
      plain: { ...common, subject: plain, requests: [{ path: '/activities' }] },
    },
    effort,
  )
  const { plain: keyset, ...ours } = found
  return Object.entries(ours).map(([name, measured]) => ({
    activities,
    what: `list of 50, ${name}`,
    figure: `${against(measured, keyset, 'keyset over stored texts')}; ${times(measured.rate, ours['the first page'].rate)} the first page; p99 ${(measured.p99 / Math.max(measured.p50, 0.5)).toFixed(1)} × p50`,
    wanted: '≥ 5 ×; last ≥ 0.9 × first; p99 ≤ 10 × p50',
  }))
}

/** Path of the last page of the list of all. */
const lastPage = async ({ url }: Subject, headers: Record<string, string>): Promise<string> => {
  let path = '/v1/processing-activities?limit=200'
  let size = 200
  for (;;) {
    const answer = await fetch(url + path, { headers })
    const { items, nextCursor } = (await answer.json()) as { items: unknown[]; nextCursor: string | null }
    size = items.length
    if (nextCursor === null) break
    path = `/v1/processing-activities?limit=200&cursor=${nextCursor}`
  }
  return size >= 50 || !path.includes('cursor')
    ? path.replace('limit=200', 'limit=50')
    : path.replace('limit=200', `limit=${size}`)
}

export const writeRows = async ({ activities, register, plain, headers, effort }: Setting): Promise<Row[]> => {
  const json = { ...headers, 'content-type': 'application/json' }
  let writes = 0
  const changed = (): Request => {
    const n = ++writes
    const body = JSON.stringify({ ...activityContent(n % activities), name: `Activity, changed ${n} ${Date.now()}` })
    return { method: 'PUT', path: `/v1/processing-activities/${activityKey(n % activities)}`, headers: json, body }
  }
  const still = activityContent(0)
  await fetch(`${register.url}/v1/processing-activities/${activityKey(0)}`, {
    method: 'PUT',
    headers: json,
    body: JSON.stringify(still),
  })
  const unchanged: Request = {
    method: 'PUT',
    path: `/v1/processing-activities/${activityKey(0)}`,
    headers: json,
    body: JSON.stringify(still),
  }
  const row: Request = { method: 'POST', path: '/row', headers: json, body: JSON.stringify(still) }
  const found = await interleave(
    {
      one: { subject: register, connections: 1, headers: json, requests: changed },
      eight: { subject: register, connections: 8, headers: json, requests: changed },
      thirtyTwo: { subject: register, connections: 32, headers: json, requests: changed },
      unchanged: { subject: register, connections: 1, headers: json, requests: [unchanged] },
      insert: { subject: plain, connections: 1, headers: json, requests: [row] },
      insert32: { subject: plain, connections: 32, headers: json, requests: [row] },
    },
    effort,
  )
  const spreadOf = ({ p99, p50 }: Measured) => `p99 ${(p99 / Math.max(p50, 0.5)).toFixed(1)} × p50`
  return [
    {
      activities,
      what: 'PUT that changes an activity, 1 client',
      figure: against(found.one, found.insert, 'an insert of one row by Fastify with pg'),
      wanted: '≥ 0.15 ×',
    },
    {
      activities,
      what: 'the same, 8 clients',
      figure: `${Math.round(found.eight.rate)}/s, ${times(found.eight.rate, found.one.rate)} one client; ${spreadOf(found.eight)}`,
      wanted: 'p99 ≤ 25 × p50',
    },
    {
      activities,
      what: 'the same, 32 clients',
      figure: `${Math.round(found.thirtyTwo.rate)}/s, ${times(found.thirtyTwo.rate, found.insert32.rate)} inserts by 32; ${spreadOf(found.thirtyTwo)}`,
      wanted: 'p99 ≤ 25 × p50',
    },
    {
      activities,
      what: 'PUT that changes nothing',
      figure: `${times(found.unchanged.rate, found.one.rate)} one that does (${Math.round(found.unchanged.rate)}/s)`,
      wanted: '≥ 5 ×',
    },
    {
      activities,
      what: 'manifest of 100 activities',
      figure: await manifest(register, json, found.one, found.insert),
      wanted: '≥ 0.35 activities an insert; ≥ 5 × single PUTs',
    },
  ]
}

/** How many activities a second a manifest of 100 writes, all of them changed. */
const manifest = async ({ url }: Subject, headers: Record<string, string>, single: Measured, insert: Measured) => {
  const put = (path: string, body: object) => fetch(url + path, { method: 'PUT', headers, body: JSON.stringify(body) })
  const service = `bench-${Date.now()}`
  await put(`/v1/services/${service}`, { name: 'Bench' })
  const rates: number[] = []
  for (let turn = 0; turn < 6; turn++) {
    const processingActivities = Object.fromEntries(
      Array.from({ length: 100 }, (_, n) => [
        `${service}-${n}`,
        { ...activityContent(n * 5), name: `Declared ${turn}` },
      ]),
    )
    const began = performance.now()
    const answer = await put(`/v1/services/${service}/manifest`, { version: 1, processingActivities })
    if (answer.status >= 300) throw new Error(await answer.text())
    rates.push(100_000 / (performance.now() - began))
    await answer.text()
  }
  const rate = median(rates.slice(1))
  return `${times(rate, insert.rate)} an insert, ${times(rate, single.rate)} single PUTs (${Math.round(rate)} activities/s)`
}

export const visibilityRows = async ({
  activities,
  register,
  startRegister,
  headers,
  effort,
}: Setting): Promise<Row[]> => {
  const other = await startRegister()
  const json = { ...headers, 'content-type': 'application/json' }
  while (((await (await fetch(`${other.url}/readyz`)).json()) as { register: string }).register !== 'current')
    await sleep(50)
  const path = '/v1/purposes/purposes-0'
  const delays: number[] = []
  for (let n = 0; n < effort.rounds * 40; n++) {
    const written = await fetch(register.url + path, {
      method: 'PUT',
      headers: json,
      body: JSON.stringify({ name: `Purpose ${n} ${Date.now()}` }),
    })
    const began = performance.now()
    const etag = written.headers.get('etag')
    while ((await fetch(other.url + path, { headers })).headers.get('etag') !== etag);
    delays.push(performance.now() - began)
  }
  const sorted = delays.toSorted((a, b) => a - b)
  const p99 = sorted[Math.floor(sorted.length * 0.99)]!
  return [
    {
      activities,
      what: 'a change is visible on another instance',
      figure: `p50 ${median(delays).toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`,
      wanted: 'p99 < 100 ms',
    },
  ]
}

export const memoryRows = async ({ activities, db }: Setting): Promise<Row[]> => {
  const used = () => {
    globalThis.gc?.()
    const { heapUsed, arrayBuffers, external } = process.memoryUsage()
    return (heapUsed + Math.max(arrayBuffers, external)) / 2 ** 20
  }
  const before = used()
  const began = performance.now()
  const model = await loadModel(db)
  const seconds = (performance.now() - began) / 1000
  return [
    {
      activities,
      what: 'load of the read model',
      figure: `${seconds.toFixed(2)} s, ${Math.round(used() - before)} MiB for ${model.size} entries`,
      wanted: '50,000: < 5 s, < 400 MiB',
    },
  ]
}
