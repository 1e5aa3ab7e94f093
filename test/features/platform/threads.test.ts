import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type IncomingMessage, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import { createThreads } from '../../../src/platform/http/threads.ts'
import { createTestApp } from '../../support/app.ts'

/** Reports are made in threads: what happens to them there shows to callers as it should, and to nobody else. */

let t: Awaited<ReturnType<typeof createTestApp>>
let url: string
beforeAll(async () => {
  t = await createTestApp({ withExamples: true })
  url = await t.app.listen({ host: '127.0.0.1', port: 0 })
}, 30_000)
afterAll(() => t.close())

const report = '/v1/reports/article-30?format=pdf'
const get = (path: string, init: RequestInit = {}) =>
  fetch(url + path, { ...init, headers: { authorization: `Bearer ${t.keys.reader}`, ...init.headers } })

const openReadings = async () => {
  const { rows } = await sql<{ count: number }>`
    select count(*) from pg_stat_activity where application_name = 'register-reports' and datname = current_database()
      and state <> 'idle'`.execute(t.db)
  return rows[0]!.count
}

test('a report comes whole, with the header fields of its route and those of every answer', async () => {
  const response = await get(report)
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'application/pdf',
    'content-disposition': 'attachment; filename="article-30-controller.pdf"',
    'x-content-type-options': 'nosniff',
    'register-version': expect.stringMatching(/^\d+$/),
  })
  expect(Buffer.from(await response.arrayBuffer()).toString('latin1')).toMatch(/^%PDF[\s\S]*%%EOF\s*$/)
})

test('what a thread refuses is refused to the caller, and who may not ask never gets to a thread', async () => {
  expect(await (await get('/v1/reports/article-30?organisation=none')).json()).toMatchObject({ code: 'not-found' })
  expect((await get(report, { headers: { authorization: 'Bearer none' } })).status).toBe(401)
})

test('a condition holds across threads', async () => {
  const { headers } = await get('/v1/reports/findings')
  const again = await get('/v1/reports/findings', { headers: { 'if-none-match': headers.get('etag')! } })
  expect([again.status, await again.text()]).toEqual([304, ''])
})

test('readers that go away leave nothing open behind them', async () => {
  for (let n = 0; n < 10; n++) {
    const asked = request(url + report, { headers: { authorization: `Bearer ${t.keys.reader}` } }).end()
    const [response] = (await once(asked, 'response')) as [IncomingMessage]
    await once(response, 'readable')
    asked.destroy()
  }
  const given = Date.now()
  while ((await openReadings()) > 0 && Date.now() - given < 5_000)
    await new Promise((resolve) => setTimeout(resolve, 50))
  expect(await openReadings()).toBe(0)
  const response = await get(report)
  expect(response.status).toBe(200)
  await response.arrayBuffer()
}, 30_000)

test('the service ends when the last answer is whole, and not when connections that are kept alive are given up', async () => {
  const ending = await createTestApp({ withExamples: true })
  const address = await ending.app.listen({ host: '127.0.0.1', port: 0 })
  const response = await fetch(address + report, { headers: { authorization: `Bearer ${ending.keys.reader}` } })
  const began = Date.now()
  const closed = ending.close()
  expect(Buffer.from(await response.arrayBuffer()).toString('latin1')).toMatch(/%%EOF\s*$/)
  await closed
  expect(Date.now() - began).toBeLessThan(15_000)
}, 90_000)

test('who asks for more than a thread has memory for is told so', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'register-thread-'))
  const filename = join(folder, 'greedy.mjs')
  await writeFile(
    filename,
    'export default () => { for (const all = []; ; ) all.push(new Array(10_000).fill(all.length)) }',
  )
  const threads = createThreads({ filename, workerData: {}, threads: 1, atOnce: 4, memory: { old: 16, young: 4 } })
  await expect(threads.ask({ method: 'GET', url: '/', headers: {} })).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('more memory'),
  })
  await threads.close()
  await rm(folder, { recursive: true })
}, 30_000)
