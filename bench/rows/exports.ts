import { Agent } from 'node:http'
import { createRequire } from 'node:module'
import pg from 'pg'
import { median } from '../load.ts'
import { activityKey } from '../register.ts'
import { download, type Watched, watch } from '../watch.ts'
import { type Row, type Setting, times } from './row.ts'

const { to: copyTo } = createRequire(new URL('../package.json', import.meta.url))('pg-copy-streams')

const documents = `select r.content from entries e join revisions r on r.id = e.in_force_id
  where 'role=processor' <> all(r.facets) and e.resource = 'processing-activities' and e.status <> 'retired'`

/** What is wanted of each format: of how long it takes against the copy, or for an activity. */
const wanted = {
  json: '≤ 2 ×',
  csv: '≤ 3.5 ×',
  xlsx: '≤ 8 ×',
  pdf: '≤ 0.7 ms an activity',
  docx: '≤ 1 ms an activity',
}
type Format = keyof typeof wanted

/** The most that a Word document holds. */
const mostInDocx = 5000

/** A PDF of a large register takes a minute. */
const roundsFor = (activities: number) => (activities > 5000 ? 1 : 3)

/** Of an instance of its own, which has not done anything else with its memory. */
export const exportRows = async (setting: Setting): Promise<Row[]> => {
  const { activities, connectionString, startRegister, headers, effort } = setting
  const service = await startRegister()
  const client = new pg.Client({ connectionString })
  await client.connect()
  const agent = new Agent({ keepAlive: true, maxSockets: 4 })
  const { rows } = await client.query<{ count: number }>(`select count(*)::int as count from (${documents}) d`)
  const reported = rows[0]!.count
  const formats = (Object.keys(wanted) as Format[]).filter((name) => name !== 'docx' || reported <= mostInDocx)

  let asked = 0
  const ask = () =>
    download(`${service.url}/v1/processing-activities/${activityKey(asked++ % activities)}`, headers, agent)
  const report = (query: string) => () => download(`${service.url}/v1/reports/article-30?${query}`, headers)
  const copy = async () => {
    for await (const _ of client.query(copyTo(`copy (${documents}) to stdout`)));
  }
  const work = {
    copy,
    ...Object.fromEntries(formats.map((format) => [format, report(`format=${format}`)])),
  } as Record<'copy' | Format, () => Promise<unknown>>

  const idle = service.memory()
  // A small report in each format, so that its thread is there and has its code compiled.
  for (const format of formats) await report(`format=${format}&service=services-9`)()
  const found = Object.fromEntries(Object.keys(work).map((name) => [name, []])) as unknown as Record<
    keyof typeof work,
    Watched[]
  >
  for (let round = 0; round < Math.min(effort.rounds, roundsFor(activities)); round++)
    for (const name of Object.keys(work) as (keyof typeof work)[])
      found[name].push(await watch(service, ask, work[name]))
  agent.destroy()
  await client.end()
  await service.stop()

  const tookOf = (name: keyof typeof work) => median(found[name].map(({ took }) => took))
  const copied = tookOf('copy')
  return formats.map((format) => {
    const took = tookOf(format)
    const peak = Math.max(...found[format].map((watched) => watched.peak))
    const delays = found[format].flatMap((watched) => watched.delays).toSorted((a, b) => a - b)
    return {
      activities,
      what: `${format.toUpperCase()} of Art. 30, ${reported} activities`,
      figure:
        `${times(took, copied)} a copy of their documents (${Math.round(took)} to ${Math.round(copied)} ms); ` +
        `${(took / reported).toFixed(2)} ms an activity; ${Math.round(peak - idle)} MB above idle; ` +
        `others p99 ${(delays[Math.floor(delays.length * 0.99)] ?? 0).toFixed(0)} ms`,
      wanted: `${wanted[format]}; ≤ 200 MB, ≤ 1.5 × that at 5,000; others p99 < 100 ms`,
    }
  })
}
