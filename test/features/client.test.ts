import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { changesAfter, createRegisterClient, itemsOf, type RegisterClient, retrying } from '../../client/src/index.ts'
import { createTestApp, loadFixtures } from '../support/app.ts'

/** The typed client against a register that listens. */

let t: Awaited<ReturnType<typeof createTestApp>>
let client: RegisterClient
const sent: { method: string; url: string; status: number; headers: Headers }[] = []
beforeAll(async () => {
  t = await createTestApp()
  await loadFixtures(t.ask)
  const baseUrl = await t.app.listen({ host: '127.0.0.1', port: 0 })
  client = createRegisterClient({
    baseUrl,
    apiKey: t.keys.admin,
    fetch: async (request) => {
      const response = await fetch(request)
      sent.push({ method: request.method, url: request.url, status: response.status, headers: request.headers })
      return response
    },
  })
}, 30_000)
afterAll(() => t.close())

test('walks a list page after page', async () => {
  const keys: string[] = []
  const list = (cursor: string | undefined) =>
    client.GET('/v1/organisations', { params: { query: { limit: 2, ...(cursor && { cursor }) } } })
  for await (const { key } of itemsOf(list)) keys.push(key!)
  expect(keys).toEqual((await t.ask('GET', '/v1/organisations')).json.items.map(({ key }: any) => key))
  expect(keys.length).toBeGreaterThan(2)
})

test('asks again with the entity tag, and gives the answer that still holds', async () => {
  const read = () => client.GET('/v1/purposes/{key}', { params: { path: { key: 'newsletter' } } })
  const first = await read()
  const again = await read()
  expect(again.data).toEqual(first.data)
  expect(sent.slice(-2).map(({ status }) => status)).toEqual([200, 304])
})

test('a POST has an idempotency key, but one that makes a key', async () => {
  await client.POST('/v1/checks', { body: { purpose: 'newsletter', dataCategories: [] } })
  expect(sent.at(-1)!.headers.get('idempotency-key')).toMatch(/^[0-9a-f-]{36}$/)
  await client.POST('/v1/api-keys', { body: { principal: 'ci', role: 'reader' } })
  expect(sent.at(-1)!.headers.has('idempotency-key')).toBe(false)
})

test('follows the changes as they come, and ends with the signal', async () => {
  const { json } = await t.ask('GET', '/v1/history/head')
  const controller = new AbortController()
  const seen: string[] = []
  const following = (async () => {
    for await (const { entry, type } of changesAfter(client, json.position, controller.signal)) {
      seen.push(`${type} ${entry!.key}`)
      if (seen.length === 2) controller.abort()
    }
  })()
  await t.ask('PUT', '/v1/purposes/first', { body: { name: 'First' } })
  await t.ask('PUT', '/v1/purposes/second', { body: { name: 'Second' } })
  await following
  expect(seen).toEqual(['created first', 'created second'])
})

test('tries again what was shed or lost, waits as asked and longer each time, and not what is unsafe', async () => {
  const waits: number[] = []
  const answers = [503, 'lost', 429, 200] as const
  const asked = async (method: string, headers: Record<string, string> = {}) => {
    waits.length = 0
    let attempt = 0
    const fetch = async () => {
      const answer = answers[attempt++]!
      if (answer === 'lost') throw new TypeError('fetch failed')
      return new Response('', { status: answer, headers: answer === 429 ? { 'retry-after': '3' } : {} })
    }
    const wait = async (milliseconds: number) => void waits.push(milliseconds)
    const request = new Request('http://register.example/', { method, headers })
    return (await retrying(fetch, { wait, random: () => 1 })(request)).status
  }
  expect(await asked('GET')).toBe(200)
  expect(waits).toEqual([400, 800, 3000])
  expect(await asked('POST')).toBe(503)
  expect(await asked('POST', { 'idempotency-key': 'k' })).toBe(200)
})

test('waits as long as it is asked to, in seconds or until a date, but never longer than a minute', async () => {
  const waits: number[] = []
  const asked = async (retryAfter: string) => {
    const answers = [new Response('', { status: 503, headers: { 'retry-after': retryAfter } }), new Response('')]
    const wait = async (milliseconds: number) => void waits.push(Math.round(milliseconds / 1000))
    return (await retrying(async () => answers.shift()!, { wait, random: () => 0 })(new Request('http://register/')))
      .status
  }
  expect(await asked('7')).toBe(200)
  expect(await asked(new Date(Date.now() + 9_400).toUTCString())).toBe(200)
  expect(await asked('soon')).toBe(200)
  expect(waits[0]).toBe(7)
  expect([8, 9]).toContain(waits[1])
  expect(waits[2]).toBe(0)
  expect(await asked('86400')).toBe(503)
})
