import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createApiKey, createKeyCache, generateKey } from '../../../src/access/index.ts'
import { createTestApp } from '../../support/app.ts'

let t: Awaited<ReturnType<typeof createTestApp>>
beforeAll(async () => {
  t = await createTestApp()
})
afterAll(() => t.close())

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

test('a key ends when it expires, also while it is cached', async () => {
  const key = generateKey()
  const expiresAt = new Date(Date.now() + 2_000)
  await createApiKey(t.db, key, { principal: 'short', role: 'reader', expiresAt: expiresAt.toISOString() })
  const read = () => t.ask('GET', '/v1/purposes', { key })
  expect((await read()).status).toBe(200)
  expect((await read()).status).toBe(200)
  await pause(expiresAt.getTime() - Date.now() + 50)
  expect((await read()).status).toBe(401)
}, 10_000)

test('a key that is revoked while it is looked up is not cached', async () => {
  const key = generateKey()
  await createApiKey(t.db, key, { principal: 'raced', role: 'reader' })
  const cache = createKeyCache(t.db)
  const looked = cache.principalOf(`Bearer ${key}`, true)
  cache.forget()
  expect(await looked).toMatchObject({ name: 'raced' })
  expect(cache.remembered(`Bearer ${key}`, true)).toBe(undefined)
})
