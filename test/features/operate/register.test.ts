import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createChainVerifier } from '../../../src/chain/index.ts'
import { createTestApp, loadFixtures } from '../../support/app.ts'

/** `register`, as an operator runs it beside the service: a process of its own on the database. */

const register = fileURLToPath(new URL('../../../src/operate/register.js', import.meta.url))

let t: Awaited<ReturnType<typeof createTestApp>>
beforeAll(async () => {
  t = await createTestApp()
  await loadFixtures(t.ask)
}, 30_000)
afterAll(() => t.close())

const run = (args: string[], env: Record<string, string> = { DATABASE_URL: t.connectionString }) =>
  new Promise<{ code: number; out: string; err: string }>((resolve) => {
    const options = { env: { PATH: process.env.PATH, ...env }, maxBuffer: 64e6 }
    execFile(process.execPath, [register, ...args], options, (error, out, err) =>
      resolve({ code: error ? Number(error.code) : 0, out, err }),
    )
  })

test('migrates the schema, and asks for a database', async () => {
  expect(await run(['migrate'])).toMatchObject({ code: 0, out: 'Nothing to do.\n' })
  expect(await run(['migrate'], {})).toMatchObject({ code: 64, err: expect.stringContaining('DATABASE_URL') })
}, 30_000)

test('writes the history, which verifies, and still does after an erasure', async () => {
  const { json: erin } = await t.ask('POST', '/v1/api-keys', { body: { principal: 'erin', role: 'editor' } })
  await t.ask('PUT', '/v1/purposes/hers', { body: { name: 'Hers' }, key: erin.key })
  await t.ask('DELETE', `/v1/api-keys/${erin.id}`)
  const { json: head } = await t.ask('GET', '/v1/history/head')
  const problems = async () => {
    const chain = createChainVerifier({ position: head.position, hash: head.hash })
    for (const line of (await run(['export-history'])).out.trim().split('\n')) chain.add(JSON.parse(line))
    return chain.end().problems
  }
  expect(await problems()).toEqual([])
  expect(await run(['erase', '--reason', 'Art. 17', '--principal', 'erin'])).toMatchObject({
    code: 0,
    out: expect.stringContaining('the name of a principal'),
  })
  expect(await problems()).toEqual([])
}, 30_000)

test('says what is missing of an erasure', async () => {
  expect(await run(['erase', '--reason', 'Art. 17'])).toMatchObject({ code: 64 })
  expect(await run(['erase', '--principal', 'x'])).toMatchObject({ code: 64 })
}, 30_000)
