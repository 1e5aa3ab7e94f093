import { median } from '../load.ts'
import type { Row, Setting } from './row.ts'

export const visibilityRows = async ({
  activities,
  register,
  startRegister,
  headers,
  effort,
}: Setting): Promise<Row[]> => {
  const other = await startRegister()
  const json = { ...headers, 'content-type': 'application/json' }
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
