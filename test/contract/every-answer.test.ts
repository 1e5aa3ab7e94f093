import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import pino from 'pino'
import { buildApp } from '../../src/app.ts'
import { createDatabase } from '../../src/platform/db/database.ts'
import { createPool } from '../../src/platform/db/pool.ts'
import { createTestApp, loadFixtures } from '../support/app.ts'
import { assertContract, contract } from '../support/contract.ts'
import { createDependencies } from '../support/dependencies.ts'

/** What every operation answers, whatever it does: each is derived from the contract, so a new one is tested as it comes. */

type Method = 'GET' | 'PUT' | 'POST' | 'DELETE'
type Operation = {
  operationId: string
  security?: unknown[]
  requestBody?: { content: Record<string, object> }
  parameters?: { in: string; name: string; required?: boolean; example: string }[]
  responses: Record<string, object>
}

const operations = Object.entries(contract.paths).flatMap(([path, methods]) =>
  Object.entries(methods as unknown as Record<string, Operation>).map(([method, operation]) => ({
    ...operation,
    method: method.toUpperCase() as Method,
    url: path
      .replace('{key}', 'newsletter')
      .replace('{organisation}', 'example-customer')
      .replace('{revision}', '1')
      .replace('{id}', '01970000-0000-7000-8000-000000000000')
      .concat(requiredQuery(operation)),
  })),
)
/** The parameters without which the operation answers nothing but 400. */
function requiredQuery({ parameters = [] }: Operation): string {
  const required = parameters.filter((parameter) => parameter.in === 'query' && parameter.required)
  return required.map(({ name, example }, i) => `${i === 0 ? '?' : '&'}${name}=${example}`).join('')
}

const withBody = operations.filter(({ requestBody }) => requestBody?.content['application/json'])
const declaring = (status: number) => operations.filter(({ responses }) => responses[status])

let t: Awaited<ReturnType<typeof createTestApp>>
beforeAll(async () => {
  t = await createTestApp({ serveMetrics: true, approvals: 'four-eyes' })
  await loadFixtures(t.ask)
}, 30_000)
afterAll(() => t.close())

describe('400', () => {
  test.each(withBody)('$operationId: JSON that is none', async ({ method, url }) => {
    expect((await t.ask(method, url, { body: '{"name":' })).json.code).toBe('malformed-request')
  })
  const reads = declaring(400).filter(({ method }) => method === 'GET')
  test.each(reads)('$operationId: a parameter that is not known', async ({ url }) => {
    expect([200, 400, 404]).toContain((await t.ask('GET', `${url}${url.includes('?') ? '&' : '?'}surplus=1`)).status)
  })
})

test.each(withBody)('413: $operationId', async ({ method, url }) => {
  expect((await t.ask(method, url, { body: `{"name":"${'x'.repeat(9 * 1024 * 1024)}"}` })).status).toBe(413)
})

test.each(withBody)('415: $operationId', async ({ method, url }) => {
  expect((await t.ask(method, url, { body: '<a/>', headers: { 'content-type': 'application/xml' } })).status).toBe(415)
})

test.each(operations)('405: the path of $operationId', async ({ url }) => {
  const { status, headers } = await t.ask('PATCH', url)
  expect(status).toBe(405)
  expect(headers.allow).toMatch(/[A-Z]/)
})

describe('304', () => {
  const reads = operations.filter(({ method, responses }) => method === 'GET' && responses[304])
  test.each(reads)('$operationId', async ({ url }) => {
    const read = await t.ask('GET', url)
    if (read.status !== 200) return expect(read.status).toBe(404)
    const again = await t.ask('GET', url, { headers: { 'if-none-match': read.headers.etag! } })
    // A streamed report has no tag: its bytes are not known before they are sent.
    if (read.headers.etag) expect([again.status, again.text]).toEqual([304, ''])
  })
  test.each(operations.filter(({ method }) => method === 'GET'))(
    'HEAD is GET without a body: $operationId',
    async ({ url }) => {
      const { status, text } = await t.ask('HEAD', url)
      expect([200, 404]).toContain(status)
      expect(text).toBe('')
    },
  )
})

test.each(declaring(406))('406: $operationId', async ({ method, url }) => {
  expect((await t.ask(method, url, { headers: { accept: 'image/png' } })).status).toBe(406)
})

describe('503, with when to come back, while the database is away', () => {
  let away: Awaited<ReturnType<typeof buildApp>>
  const logger = pino({ level: 'silent' })
  // Nothing listens at this port: the connection is refused at once.
  const connectionString = 'postgresql://nobody@127.0.0.1:9/none'
  const db = createDatabase(createPool({ connectionString, applicationName: 'test', logger }))
  beforeAll(async () => {
    away = await buildApp({
      ...createDependencies(db, connectionString, logger),
      serveMetrics: true,
      approvals: 'off',
    })
    await away.ready()
  }, 30_000)
  afterAll(async () => {
    await away.close()
    await db.destroy()
  })
  const asking = declaring(503).filter(({ security }) => security === undefined)
  test.each(asking)('$operationId', async ({ method, url }) => {
    const { statusCode, headers, payload } = await away.inject({
      method,
      url,
      headers: { authorization: `Bearer ${t.keys.admin}` },
    })
    assertContract(method, url, { statusCode, headers, payload })
    expect(statusCode).toBe(503)
    expect(Number(headers['retry-after'])).toBeGreaterThan(0)
  })
})
