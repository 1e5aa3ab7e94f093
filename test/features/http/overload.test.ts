import { afterAll, beforeAll, expect, test } from '@jest/globals'
import pino from 'pino'
import { createDatabase, isUnavailable } from '../../../src/platform/db/database.ts'
import { createPool, mostWaiting } from '../../../src/platform/db/pool.ts'
import { longestDelay } from '../../../src/platform/http/overload.ts'
import { createTestApp } from '../../support/app.ts'

let t: Awaited<ReturnType<typeof createTestApp>>
beforeAll(async () => {
  t = await createTestApp({ longestDelay })
})
afterAll(() => t.close())

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

test('while the process cannot keep up it refuses, answers probes, and goes on when it can', async () => {
  // What lies ready is sent all the same: refusing it would take as long.
  const list = '/v1/services?asOf=2020-01-01'
  const block = () => {
    const until = Date.now() + 1_300
    while (Date.now() < until);
  }
  // What starting kept busy is over by then.
  await pause(3_000)
  block()
  await pause(1)
  // One long pause is no overload.
  expect((await t.ask('GET', list)).status).toBe(200)
  for (let turn = 0; turn < 4; turn++) {
    block()
    await pause(1)
    await t.ask('GET', list)
  }
  const refused = await t.ask('GET', list)
  expect([refused.status, refused.json.code, refused.headers['retry-after']]).toEqual([503, 'unavailable', '2'])
  expect((await t.ask('GET', '/livez', { as: null })).status).toBe(200)
  const began = Date.now()
  while ((await t.ask('GET', list)).status !== 200 && Date.now() - began < 5_000) await pause(50)
  expect((await t.ask('GET', list)).status).toBe(200)
}, 30_000)

test('no more requests wait for a connection than can hope for one', async () => {
  const logger = pino({ level: 'silent' })
  const pool = createPool({ connectionString: t.connectionString, applicationName: 'test', logger, max: 1 })
  const db = createDatabase(pool)
  const client = await pool.connect()
  const waiting = Array.from({ length: mostWaiting }, () => db.selectFrom('register_head').selectAll().execute())
  await pause(50)
  const refused = await db
    .selectFrom('register_head')
    .selectAll()
    .execute()
    .catch((error: unknown) => error)
  expect(isUnavailable(refused)).toBe(true)
  client.release()
  expect((await Promise.all(waiting)).length).toBe(mostWaiting)
  await db.destroy()
}, 30_000)
