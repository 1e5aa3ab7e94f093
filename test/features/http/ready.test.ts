import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createTestApp, loadFixtures } from '../../support/app.ts'

/** An answer that lies ready is the one that the ordinary way gives: to the bit, and to nobody else. */

let t: Awaited<ReturnType<typeof createTestApp>>
beforeAll(async () => {
  t = await createTestApp({ serveMetrics: true })
  await loadFixtures(t.ask)
}, 30_000)
afterAll(() => t.close())

const entries = ['/v1/processing-activities/newsletter', '/v1/services/shop']
const lists = [
  '/v1/services',
  '/v1/purposes?limit=1',
  '/v1/purposes?q=news',
  '/v1/processing-activities?role=controller&limit=2',
]
const paths = [...entries, ...lists]

/** Asking for a version at least that is there makes a request go the ordinary way. */
const ordinary = { 'register-version-min': '0' }

const ask = async (path: string, headers: Record<string, string> = {}, method: 'GET' | 'HEAD' = 'GET') => {
  const { status, headers: answered, text } = await t.ask(method, path, { headers })
  const { date: _, ...fields } = answered
  return { status, fields, text }
}

test.each(paths)('%s: status, header fields and body are the same', async (path) => {
  const ready = await ask(path)
  expect(ready).toEqual(await ask(path, ordinary))
  expect(ready).toMatchObject({
    status: 200,
    fields: { etag: expect.any(String), 'register-version': expect.any(String) },
  })
})

test.each(lists)('%s: a page that was asked for before is the same', async (path) => {
  const first = await ask(path)
  for (const _ of [1, 2]) expect(await ask(path)).toEqual(first)
  expect(JSON.parse(first.text).items.length).toBeGreaterThan(0)
})

test('a page has what was written before it', async () => {
  for (const name of ['One', 'Two']) {
    await t.ask('PUT', '/v1/purposes/aa-first', { body: { name } })
    for (const _ of [1, 2]) expect((await t.ask('GET', '/v1/purposes?limit=3')).json.items[0].name).toBe(name)
  }
  await t.ask('DELETE', '/v1/purposes/aa-first')
  expect((await t.ask('GET', '/v1/purposes?limit=3')).json.items[0].key).not.toBe('aa-first')
})

test.each(paths)('%s: a condition holds on both ways', async (path) => {
  const etag = (await ask(path)).fields.etag!
  for (const [field, status] of [
    [etag, 304],
    [`W/${etag}, "other"`, 304],
    ['*', 304],
    ['"other"', 200],
  ] as const) {
    const ready = await ask(path, { 'if-none-match': field })
    expect([field, ready.status]).toEqual([field, status])
    expect(ready).toEqual(await ask(path, { ...ordinary, 'if-none-match': field }))
  }
})

test('a HEAD has the header fields of the GET, and no body', async () => {
  const { fields } = await ask(paths[0]!)
  expect(await ask(paths[0]!, {}, 'HEAD')).toEqual({ status: 200, fields, text: '' })
})

test('who may not ask is not answered, and what is not there or not asked rightly is refused', async () => {
  for (const path of paths) {
    expect((await t.ask('GET', path, { as: null })).status).toBe(401)
    expect((await t.ask('GET', path, { key: `${t.keys.reader}x` })).status).toBe(401)
  }
  expect((await t.ask('GET', '/v1/services/nothing')).status).toBe(404)
  expect((await t.ask('GET', '/v1/services/No%20key')).status).toBe(400)
  for (const path of [
    '/v1/services/?x=/shop',
    '/v1/services/?asOf=2020-01-01&x=/shop',
    '/v1/services/shop?unknown=1',
    '/v1/services?unknown=1',
    '/v1/services?limit=0',
  ])
    for (const _ of [1, 2]) expect([path, (await t.ask('GET', path)).status]).toEqual([path, 400])
})

test('what was written is in the next answer, and every answer is counted', async () => {
  const path = '/v1/purposes/counted'
  for (const name of ['First', 'Second', 'Third']) {
    await t.ask('PUT', path, { body: { name } })
    expect((await t.ask('GET', path)).json.name).toBe(name)
  }
  await t.ask('GET', '/v1/purposes/not-there')
  await t.ask('GET', '/nowhere')
  const { text } = await t.ask('GET', '/metrics', { as: null })
  expect(text).toMatch(/^http_requests_total\{method="GET",route="\/v1\/purposes\/:key",status="200"\} 3$/m)
  expect(text).toMatch(/^http_requests_total\{method="GET",route="\/v1\/purposes\/:key",status="404"\} 1$/m)
  expect(text).toMatch(/^http_requests_total\{method="GET",route="none",status="404"\} 1$/m)
  expect(text).toMatch(/^http_request_duration_seconds_count\{method="GET",route="\/v1\/purposes\/:key"\} 4$/m)
})
