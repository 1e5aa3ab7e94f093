import { interleave, type Measured, median, type Request } from '../load.ts'
import type { Subject } from '../process.ts'
import { activityContent, activityKey } from '../register.ts'
import { createUnchained } from '../unchained.ts'
import { against, changesOf, type Row, type Setting, times } from './row.ts'

export const writeRows = async (setting: Setting): Promise<Row[]> => {
  const { activities, register, plain, headers, effort } = setting
  const chainless = await createUnchained(setting.connectionString, setting.service)
  const unchained = await setting.startRegister(chainless.connectionString)
  const json = { ...headers, 'content-type': 'application/json' }
  const changed = changesOf(activities, headers)
  const changedUnchained = changesOf(chainless.activities, headers)
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
      eightUnchained: { subject: unchained, connections: 8, headers: json, requests: changedUnchained },
      thirtyTwoUnchained: { subject: unchained, connections: 32, headers: json, requests: changedUnchained },
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
      figure: `${Math.round(found.eight.rate)}/s, ${times(found.eight.rate, found.one.rate)} one client; ${times(found.eight.rate, found.eightUnchained.rate)} writes without a chain; ${spreadOf(found.eight)}`,
      wanted: '≥ 0.9 × without a chain; p99 ≤ 25 × p50',
    },
    {
      activities,
      what: 'the same, 32 clients',
      figure: `${Math.round(found.thirtyTwo.rate)}/s, ${times(found.thirtyTwo.rate, found.insert32.rate)} inserts by 32; ${times(found.thirtyTwo.rate, found.thirtyTwoUnchained.rate)} writes without a chain; ${spreadOf(found.thirtyTwo)}`,
      wanted: '≥ 0.9 × without a chain; p99 ≤ 25 × p50',
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
