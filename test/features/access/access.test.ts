import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import Fastify from 'fastify'
import { sql } from 'kysely'
import pino from 'pino'
import { createApiKey, generateKey, parseKey } from '../../../src/access/index.ts'
import { createKeyCache } from '../../../src/access/key-cache.ts'
import { accessPlugin } from '../../../src/access/plugin.ts'
import { createTestApp } from '../../support/app.ts'
import { contract } from '../../support/contract.ts'

let t: Awaited<ReturnType<typeof createTestApp>>
const lines: string[] = []
beforeAll(async () => {
  t = await createTestApp({
    serveMetrics: true,
    logger: pino({ level: 'trace' }, { write: (line) => lines.push(line) }),
  })
})
afterAll(() => t.close())

const roles = ['reader', 'service', 'editor', 'approver', 'admin'] as const

/** Who may do what, as the contract's role table says it. */
const mayWrite = new Set(['service', 'editor', 'approver', 'admin'])
const mayEdit = new Set(['editor', 'approver', 'admin'])
const mayApprove = new Set(['approver', 'admin'])

const operations = Object.entries(contract.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, ...operation })),
) as { method: 'GET' | 'PUT' | 'POST' | 'DELETE'; path: string; operationId: string; security?: unknown[] }[]

const urlOf = (path: string) =>
  path
    .replace('{key}', 'absent')
    .replace('{id}', '01970000-0000-7000-8000-000000000000')
    .replace('{revision}', '1')
    .replace('{organisation}', 'absent')

const allowed = (method: string, path: string, role: string) => {
  if (
    path.startsWith('/v1/api-keys') ||
    path.endsWith('/transfer-ownership') ||
    path === '/v1/imports' ||
    method + path === 'DELETE/v1/imports/{id}'
  )
    return role === 'admin'
  if (
    /\/(approve|reject|waivers)$/.test(path) ||
    (/^\/v1\/(erasures|report-snapshots)$/.test(path) && method === 'POST')
  )
    return mayApprove.has(role)
  if (/\/(submit|reviewed)$/.test(path)) return mayEdit.has(role)
  if (method === 'GET' || path.startsWith('/v1/checks')) return true
  return mayWrite.has(role)
}

describe('every operation with every role', () => {
  const closedOnes = operations.filter(({ security }) => security === undefined)

  test.each(closedOnes)(
    '$operationId without credentials, or with false ones: 401, byte for byte the same',
    async ({ method, path }) => {
      const expired = generateKey()
      await createApiKey(t.db, expired, { principal: 'past', role: 'admin', expiresAt: '2020-01-01T00:00:00Z' })
      const wrongVerifier = `${t.keys.admin.slice(0, -4)}AAAA`
      const bodies = new Set<string>()
      for (const key of [undefined, 'nonsense', generateKey(), wrongVerifier, expired]) {
        const answer = await t.ask(method, urlOf(path), { as: null, ...(key && { key }) })
        expect(answer.status).toBe(401)
        expect(answer.headers['www-authenticate']).toMatch(/^Bearer/)
        bodies.add(answer.text.replace(/urn:uuid:[0-9a-f-]+/, ''))
      }
      expect(bodies.size).toBe(1)
    },
  )

  for (const role of roles) {
    test.each(closedOnes)(`$operationId as ${role}`, async ({ method, path }) => {
      const { status } = await t.ask(method, urlOf(path), { as: role })
      if (allowed(method, path, role)) expect(status).not.toBe(403)
      else expect(status).toBe(403)
    })
  }

  test('open operations need nothing', async () => {
    for (const { method, path } of operations.filter(({ security }) => security !== undefined)) {
      expect((await t.ask(method, urlOf(path), { as: null })).status).toBe(200)
    }
    for (const url of ['/openapi/v1.json', '/docs', '/problems'])
      expect((await t.ask('GET', url, { as: null })).status).toBeLessThan(400)
  })
})

describe('API keys', () => {
  test('are shown once, stored as a hash, listed without a secret, revoked at once', async () => {
    const made = await t.ask('POST', '/v1/api-keys', { body: { principal: 'ci', role: 'reader', description: 'CI' } })
    expect(made.status).toBe(201)
    expect(made.json.key).toMatch(/^ropa_[A-Za-z0-9]+_[A-Za-z0-9_-]{32,}$/)
    expect((await t.ask('GET', '/v1/purposes', { key: made.json.key })).status).toBe(200)

    const verifier = made.json.key.split('_').slice(2).join('_')
    const list = await t.ask('GET', '/v1/api-keys?limit=200')
    expect(list.text).not.toContain(verifier)
    expect(list.json.items.find((item: { id: string }) => item.id === made.json.id)).toMatchObject({
      principal: 'ci',
      lastUsedAt: expect.any(String),
    })
    const { rows } = await sql<{
      row: string
    }>`select k::text as row from api_keys k where id = ${made.json.id}`.execute(t.db)
    expect(rows[0]!.row).not.toContain(verifier)

    expect((await t.ask('DELETE', `/v1/api-keys/${made.json.id}`)).json.revokedAt).toEqual(expect.any(String))
    expect((await t.ask('GET', '/v1/purposes', { key: made.json.key })).status).toBe(401)
  })

  test('one principal may have several; a service key needs its service', async () => {
    expect((await t.ask('POST', '/v1/api-keys', { body: { principal: 'ci', role: 'editor' } })).status).toBe(201)
    const without = await t.ask('POST', '/v1/api-keys', { body: { principal: 'shop', role: 'service' } })
    expect(without.json.errors[0].pointer).toBe('/service')
    expect(
      (await t.ask('POST', '/v1/api-keys', { body: { principal: 'shop', role: 'service', service: 'absent' } })).status,
    ).toBe(422)
    expect(
      (await t.ask('POST', '/v1/api-keys', { body: { principal: 'shop', role: 'reader', service: 'shop' } })).status,
    ).toBe(400)
    expect(
      (await t.ask('POST', '/v1/api-keys', { body: { principal: 'shop', role: 'service', service: 'shop' } })).status,
    ).toBe(201)
    await t.ask('PUT', '/v1/services/retired', { body: { name: 'Retired' } })
    await t.ask('DELETE', '/v1/services/retired')
    expect(
      (await t.ask('POST', '/v1/api-keys', { body: { principal: 'x', role: 'service', service: 'retired' } })).status,
    ).toBe(422)
    expect((await t.ask('DELETE', '/v1/api-keys/01970000-0000-7000-8000-000000000000')).status).toBe(404)
  })

  test('the list walks by cursor', async () => {
    const first = await t.ask('GET', '/v1/api-keys?limit=2')
    const second = await t.ask('GET', `/v1/api-keys?limit=2&cursor=${first.json.nextCursor}`)
    const ids = [...first.json.items, ...second.json.items].map((item: { id: string }) => item.id)
    expect(new Set(ids).size).toBe(4)
  })
})

test('no secret reaches a log', () => {
  expect(lines.length).toBeGreaterThan(100)
  const text = lines.join('')
  for (const key of Object.values(t.keys)) expect(text).not.toContain(parseKey(key)!.verifier)
  expect(text).not.toMatch(/Bearer ropa_/)
})

test('an application with a route that does not declare its access does not start', async () => {
  const app = Fastify()
  await app.register(accessPlugin, { keys: createKeyCache(t.db), keysAreTold: () => true, localSession: undefined })
  app.get('/forgotten', async () => 'x')
  await expect(app.ready()).rejects.toThrow('Route GET /forgotten does not declare the access that it needs.')
})
