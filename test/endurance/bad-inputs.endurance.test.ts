import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { sql } from 'kysely'
import { createTestApp, loadFixtures } from '../support/app.ts'
import { badRequest } from '../support/bad-inputs.ts'

/** Bad input of every kind: never a 5xx, always a problem document as the contract has it, and nothing is written. */

const inputs = 12_000
const streams = 2_000

let t: Awaited<ReturnType<typeof createTestApp>>
beforeAll(async () => {
  t = await createTestApp({ approvals: 'four-eyes', serveMetrics: true })
  await loadFixtures(t.ask)
}, 60_000)
afterAll(() => t.close())

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000)
const position = async () =>
  (await sql<{ position: number }>`select position from register_head`.execute(t.db)).rows[0]!.position

test(`${inputs} generated requests, seed ${seed}`, async () => {
  const statuses = new Map<number, number>()
  const failed: unknown[] = []
  let before = await position()
  for (const { method, url, headers, body } of fc.sample(badRequest, { numRuns: inputs, seed })) {
    // Waiting for changes is no mistake, and takes its time.
    if (url.includes('wait=')) continue
    try {
      const { status } = await t.ask(method, url, { headers, ...(body !== undefined && { body }) })
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
      const after = await position()
      if (status >= 500 || (status >= 400 && after !== before))
        failed.push({ method, url, headers, body: String(body).slice(0, 500), status })
      before = after
    } catch (error) {
      failed.push({ method, url, headers, body: String(body).slice(0, 500), error: (error as Error).message })
    }
  }
  console.log(
    `seed ${seed}: ${[...statuses]
      .sort()
      .map(([status, count]) => `${status} × ${count}`)
      .join(', ')}`,
  )
  expect(failed.slice(0, 5)).toEqual([])
  expect((await t.ask('GET', '/v1/history/verify')).json.problems).toEqual([])
}, 600_000)

test(`${streams} streams of bytes that are no HTTP, or hardly`, async () => {
  const address = new URL(await t.app.listen({ host: '127.0.0.1', port: 0 }))
  const before = await position()
  const line = fc.constantFrom(
    'GET / HTTP/1.1',
    'GET /v1/purposes HTTP/9',
    'PUT /v1/purposes/a HTTP/1.1',
    'FOO / HTTP/1.1',
    'GET  HTTP/1.1',
    'GET /%ff HTTP/1.1',
    'POST /v1/checks HTTP/1.1',
    '',
  )
  const field = fc.constantFrom(
    'Host: x',
    'Content-Length: -1',
    'Content-Length: 5',
    'Transfer-Encoding: chunked',
    'Content-Length: 99999999999999999999',
    ': x',
    'A'.repeat(20_000),
    'X: \u0001',
    `Authorization: Bearer ${t.keys.admin}`,
    'Content-Type: application/json',
    'Expect: 100-continue',
    'Upgrade: h2c',
  )
  const stream = fc.tuple(line, fc.array(field, { maxLength: 5 }), fc.uint8Array({ maxLength: 100 }))
  const samples = fc.sample(stream, { numRuns: streams, seed })
  const answered = async ([first, fields, bytes]: (typeof samples)[number]) =>
    new Promise<string>((resolve) => {
      const socket = connect({ host: address.hostname, port: Number(address.port) })
      const chunks: Buffer[] = []
      const done = () => {
        socket.destroy()
        resolve(Buffer.concat(chunks).toString('latin1'))
      }
      socket.on('data', (chunk) => chunks.push(chunk))
      socket.on('error', done)
      socket.on('close', done)
      setTimeout(done, 150)
      socket.write(
        Buffer.concat([Buffer.from(`${first}\r\n${fields.join('\r\n')}\r\n\r\n`, 'latin1'), Buffer.from(bytes)]),
      )
    })
  const failures: string[] = []
  for (let i = 0; i < samples.length; i += 50) {
    const answers = await Promise.all(samples.slice(i, i + 50).map(answered))
    failures.push(...answers.filter((answer) => /^HTTP\/1.1 5/.test(answer)))
  }
  expect(failures.slice(0, 3)).toEqual([])
  expect((await t.ask('GET', '/readyz')).status).toBe(200)
  expect(await position()).toBe(before)
}, 300_000)
