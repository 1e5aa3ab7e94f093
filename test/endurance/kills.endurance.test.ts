import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import pg from 'pg'
import { createTestDatabase } from '../support/database.ts'
import { cleanActivity, cleanCatalogueContents } from '../support/fixtures.ts'
import { createServiceProcess, type ServiceProcess } from '../support/service-process.ts'

/** kill -9 at random moments while 32 write, propose and approve: nothing acknowledged is missing, nothing is half there. */

const rounds = 50
const writers = 32
/** How many contents are acknowledged in a round, at least. */
const acknowledged = 20

let database: Awaited<ReturnType<typeof createTestDatabase>>
let service: ServiceProcess
let client: pg.Client
const keys: Record<'editor' | 'approver', string> = { editor: '', approver: '' }
beforeAll(async () => {
  database = await createTestDatabase()
  service = await createServiceProcess(database.connectionString)
  client = new pg.Client({ connectionString: database.connectionString })
  await client.connect()
  await service.start()
  for (const role of ['editor', 'approver'] as const)
    keys[role] = (await service.ask('POST', '/v1/api-keys', { body: { principal: role, role } }))!.json.key
  for (let tries = 0; tries < 4; tries++)
    for (const [resource, entries] of Object.entries(cleanCatalogueContents()))
      for (const [key, body] of Object.entries(entries)) await service.ask('PUT', `/v1/${resource}/${key}`, { body })
}, 120_000)
afterAll(async () => {
  if (service.running) await service.end('SIGTERM')
  await client.end()
  await database.drop()
})

test(`${rounds} kills under ${writers} writers`, async () => {
  /** What was acknowledged: a content of an entry by its unique name, or an approval. */
  const written: { resource: string; key: string; name: string }[] = []
  const approved: string[] = []
  let unique = 0

  for (let round = 0; round < rounds; round++) {
    let stop = false
    const put = async (resource: string, key: string, body: object, role?: 'editor') => {
      const name = `${round}-${unique++}`
      const answer = await service.ask('PUT', `/v1/${resource}/${key}`, {
        body: { ...body, name },
        ...(role && { key: keys[role] }),
      })
      if (answer && answer.status < 300) written.push({ resource, key, name })
      return answer
    }
    const work = async (writer: number) => {
      for (let i = 0; !stop; i++) {
        if (writer % 4 === 0) await put('purposes', `shared-${i % 5}`, {})
        else if (writer % 4 === 1) await put('purposes', `own-${round}-${writer}-${i}`, {})
        else {
          const key = `activity-${round}-${writer}-${i}`
          const path = `/v1/processing-activities/${key}`
          const proposal = await put('processing-activities', key, cleanActivity(), 'editor')
          await service.ask('POST', `${path}/submit`, { body: {}, key: keys.editor })
          const contentHash = proposal?.json?.meta?.contentHash
          const answer = await service.ask('POST', `${path}/approve`, { body: { contentHash }, key: keys.approver })
          if (answer?.status === 200) approved.push(key)
        }
      }
    }
    const working = Array.from({ length: writers }, (_, writer) => work(writer))
    // A machine that is slow gets to write as much as a fast one before the kill.
    for (const before = written.length; written.length < before + acknowledged; ) await sleep(20)
    await sleep(Math.random() * 900)
    const killed = service.end('SIGKILL')
    stop = true
    await Promise.all([killed, ...working])
    await service.start()
  }

  expect(written.length).toBeGreaterThan(rounds * acknowledged - 1)
  expect(approved.length).toBeGreaterThan(rounds)
  const revisions = await client.query<{ name: string; times: number }>(`
    select e.resource || '/' || e.key || ' ' || (r.content ->> 'name') as name, count(*)::int as times
    from revisions r join entries e on e.id = r.entry_id group by 1`)
  const times = new Map(revisions.rows.map((row) => [row.name, row.times]))
  expect(written.filter(({ resource, key, name }) => times.get(`${resource}/${key} ${name}`) !== 1)).toEqual([])
  const approvals = await client.query<{ key: string }>(`
    select e.key from events v join entries e on e.id = v.entry_id where v.type = 'approved'`)
  const found = new Set(approvals.rows.map(({ key }) => key))
  expect(approved.filter((key) => !found.has(key))).toEqual([])
  const gaps = await client.query(`
    select (select count(*) from events) = (select position from register_head) as "noGap",
      (select count(*) from entries e where (select count(*) from revisions r where r.entry_id = e.id)
        <> (select max(number) from revisions r where r.entry_id = e.id))::int as holes,
      (select count(*) from entries where shown_id is null)::int as empty`)
  expect(gaps.rows[0]).toEqual({ noGap: true, holes: 0, empty: 0 })
  expect((await service.ask('GET', '/v1/history/verify'))!.json).toMatchObject({ valid: true, problems: [] })
  console.log(`${written.length} contents and ${approved.length} approvals were acknowledged in ${rounds} rounds`)
}, 1_200_000)
