import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import pino from 'pino'
import { buildApp } from '../../src/app.ts'
import { createDatabase } from '../../src/platform/db/database.ts'
import { createPool } from '../../src/platform/db/pool.ts'
import { createTestApp, loadFixtures } from '../support/app.ts'
import { createDependencies } from '../support/dependencies.ts'
import { cleanActivity } from '../support/fixtures.ts'

/**
 * Three instances on one register, each with a model of its own. Whoever is told that something was written reads it on that
 * instance, and whatever an instance answers is what Postgres has at the version that the answer claims: while there are
 * writes everywhere, while listeners are cut off, and while connections are killed.
 */

type Instance = { app: Awaited<ReturnType<typeof buildApp>>; dependencies: ReturnType<typeof createDependencies> }

let t: Awaited<ReturnType<typeof createTestApp>>
const instances: Instance[] = []
const closers: (() => Promise<unknown>)[] = []
const logger = pino({ level: 'silent' })

beforeAll(async () => {
  t = await createTestApp()
  await loadFixtures(t.ask)
  for (let n = 0; n < 3; n++) {
    const pool = createPool({ connectionString: t.connectionString, applicationName: `instance-${n}`, logger })
    const db = createDatabase(pool)
    const dependencies = createDependencies(db, t.connectionString, logger)
    const app = await buildApp({ ...dependencies, serveMetrics: true, approvals: 'self' })
    await app.ready()
    await dependencies.register.loaded
    instances.push({ app, dependencies })
    closers.push(async () => {
      await app.close()
      await db.destroy()
    })
  }
}, 60_000)
afterAll(async () => {
  for (const close of closers) await close()
  await t.close()
})

const random = (below: number) => Math.floor(Math.random() * below)
const pick = <T>(from: readonly T[]): T => from[random(from.length)]!

const call = async (instance: Instance, method: 'GET' | 'PUT' | 'POST' | 'DELETE', url: string, body?: object) => {
  const { statusCode, headers, payload } = await instance.app.inject({
    method,
    url,
    headers: { authorization: `Bearer ${t.keys.admin}` },
    ...(body && { payload: body }),
  })
  return {
    status: statusCode,
    version: Number(headers['register-version']),
    etag: headers.etag,
    payload: payload.replace(/urn:uuid:[^"]*/, ''),
  }
}

const keys = Array.from({ length: 12 }, (_, n) => `activity-${n}`)
const at = (key: string) => `/v1/processing-activities/${key}`

const writes: ((instance: Instance) => Promise<{ status: number; version: number; url?: string; etag?: unknown }>)[] = [
  async (instance) => {
    const url = at(pick(keys))
    const role = pick(['controller', 'joint-controller'] as const)
    const body = cleanActivity({
      name: `Name ${random(1000)}`,
      role,
      transfers: random(2) ? [] : cleanActivity().transfers!,
    })
    return { ...(await call(instance, 'PUT', url, body)), url }
  },
  async (instance) => ({ ...(await call(instance, 'DELETE', at(pick(keys)))) }),
  async (instance) => {
    const key = pick(keys)
    const { payload } = await call(instance, 'GET', `${at(key)}?revision=proposed`)
    const { contentHash } = JSON.parse(payload).meta ?? {}
    return call(instance, 'POST', `${at(key)}/approve`, { contentHash: contentHash ?? `sha256:${'0'.repeat(64)}` })
  },
  async (instance) => {
    const url = `/v1/purposes/purpose-${random(4)}`
    return { ...(await call(instance, 'PUT', url, { name: `Purpose ${random(1000)}` })), url }
  },
  async (instance) => {
    const body = { name: 'E-mail address', parent: 'contact-data', ...(random(2) && { specialCategory: 'health' }) }
    return {
      ...(await call(instance, 'PUT', '/v1/data-categories/email-address', body)),
      url: '/v1/data-categories/email-address',
    }
  },
]

const questions = [
  () => at(pick(keys)),
  () => `/v1/purposes/purpose-${random(4)}`,
  () => '/v1/processing-activities?limit=5',
  () => `/v1/processing-activities?limit=3&role=${pick(['controller', 'joint-controller'])}`,
  () => '/v1/processing-activities?country=US&limit=200',
  () => `/v1/processing-activities?specialCategories=${pick(['true', 'false'])}&limit=200`,
  () => `/v1/processing-activities?reviewDueBefore=${pick(['2027-03-01', '2027-03-02'])}&dataCategory=email-address`,
  () => `/v1/processing-activities?status=${pick(['in-force', 'draft', 'in-review'])}`,
  () => `/v1/processing-activities?purpose=${pick(['newsletter', 'none'])}&service=shop&country=US`,
  () => '/v1/checks?purpose=newsletter&dataCategories=email-address&countries=US',
  () => '/v1/checks?purpose=newsletter&dataCategories=email-address,contact-data&subprocessors=support-desk',
  () =>
    `/v1/checks?purpose=newsletter&dataCategories=${pick(['email-address', 'none'])}&legalBasis=6(1)(a)&service=shop`,
]

/** What Postgres answers at a version: the same question to an instance that has no model, when nobody writes. */
const withoutModel = async (work: (ask: Instance) => Promise<void>) => {
  const pool = createPool({ connectionString: t.connectionString, applicationName: 'reference', logger })
  const db = createDatabase(pool)
  const dependencies = createDependencies(db, t.connectionString, logger)
  const app = await buildApp({
    ...dependencies,
    register: { ...dependencies.register, shown: () => undefined, current: () => undefined },
    serveMetrics: true,
    approvals: 'self',
  })
  await app.ready()
  try {
    await work({ app, dependencies })
  } finally {
    await app.close()
    await db.destroy()
  }
}

const cutListeners = () =>
  sql`select pg_terminate_backend(pid) from pg_stat_activity
    where application_name = 'register-feed' and datname = current_database()`.execute(t.db)
const killConnections = () =>
  sql`select pg_terminate_backend(pid) from pg_stat_activity
    where application_name like 'instance-%' and datname = current_database()`.execute(t.db)

test('answers are those of Postgres at the version that they claim, whatever happens meanwhile', async () => {
  let asked = 0
  await withoutModel(async (reference) => {
    for (let round = 0; round < 60; round++) {
      const writing = Array.from({ length: 4 }, async () => {
        const instance = pick(instances)
        const { status, version, url, etag } = await pick(writes)(instance).catch(() => ({
          status: 503,
          version: 0,
          url: undefined,
          etag: undefined,
        }))
        if (status >= 300) return
        // Whoever is told that it is written reads it on the same instance.
        const read = await call(instance, 'GET', url ?? at(keys[0]!))
        if (read.status === 503) return
        expect(read.version).toBeGreaterThanOrEqual(version)
        if (url && read.version === version && !String(etag).includes('-')) expect(read.etag).toBe(etag)
      })
      if (round % 10 === 5) await cutListeners()
      if (round % 20 === 15) await killConnections()
      await Promise.all(writing)
      // Nobody writes now, so that what Postgres has is the last version; an instance may be behind, and then says so.
      const url = pick(questions)()
      const expected = await call(reference, 'GET', url)
      for (const instance of instances) {
        const answer = await call(instance, 'GET', url)
        // Its connections were killed just now: that is said, and nothing wrong is.
        if (answer.status === 503) continue
        if (answer.version === expected.version) {
          asked++
          expect([url, answer]).toEqual([url, expected])
        } else expect(answer.version).toBeLessThan(expected.version)
      }
    }
  })
  expect(asked).toBeGreaterThan(60)
}, 120_000)

test('what one instance wrote is soon on the others, and at once for whoever demands it', async () => {
  const [first, second] = instances as [Instance, Instance]
  for (let n = 0; n < 20; n++) {
    const { version, etag } = await call(first, 'PUT', '/v1/purposes/told', { name: `Told ${n} ${random(1e9)}` })
    const { headers } = await second.app.inject({
      url: '/v1/purposes/told',
      headers: { authorization: `Bearer ${t.keys.admin}`, 'register-version-min': String(version) },
    })
    expect(headers.etag).toBe(etag)
    expect(Number(headers['register-version'])).toBeGreaterThanOrEqual(version)
  }
})

test('a version that is none is refused, and one that is not there yet is not waited for in vain', async () => {
  const [{ app }] = instances as [Instance]
  const ask = (min: string) =>
    app.inject({
      url: '/v1/purposes/told',
      headers: { authorization: `Bearer ${t.keys.admin}`, 'register-version-min': min },
    })
  expect((await ask('soon')).json()).toMatchObject({
    status: 400,
    errors: [{ pointer: '/headers/register-version-min' }],
  })
  const began = Date.now()
  expect((await ask('999999999')).statusCode).toBe(200)
  expect(Date.now() - began).toBeLessThan(3_000)
})

test('what an instance wrote is asked of Postgres while memory has not got it', async () => {
  const { register } = instances[2]!.dependencies
  for (const deadline = Date.now() + 10_000; register.current() === undefined && Date.now() < deadline; )
    await new Promise((resolve) => setTimeout(resolve, 20))
  const { model } = register.versions()
  expect(register.current()).toBeDefined()
  // Nobody will ever tell of it: the wait ends by itself.
  await register.wrote(model + 1_000)
  expect(register.current()).toBe(undefined)
  expect(await register.shown({ headers: {} })).toBe(undefined)
})

test('with its listener gone an instance falls back to Postgres, says so, and comes back', async () => {
  const [instance] = instances as [Instance]
  const { register, metrics } = instance.dependencies
  const until = async (state: string) => {
    const began = Date.now()
    while (register.state() !== state && Date.now() - began < 15_000)
      await new Promise((resolve) => setTimeout(resolve, 5))
    expect(register.state()).toBe(state)
  }
  await until('current')
  await cutListeners()
  await until('lost')
  const { version } = await call(instance, 'PUT', '/v1/purposes/told', { name: `Lost ${random(1e9)}` })
  expect((await call(instance, 'GET', '/v1/purposes/told')).version).toBeGreaterThanOrEqual(version)
  expect(JSON.parse((await call(instance, 'GET', '/readyz')).payload)).toMatchObject({ status: 'ok' })
  expect(await metrics.registry.metrics()).toMatch(/register_fallbacks_total\{reason="lost"\} [1-9]/)
  await until('current')
}, 40_000)

test('a key that is revoked elsewhere is refused here soon, and at once where it was revoked', async () => {
  const [first, second] = instances as [Instance, Instance]
  const made = await call(first, 'POST', '/v1/api-keys', { principal: 'short', role: 'reader' })
  const { id, key } = JSON.parse(made.payload)
  const read = async ({ app }: Instance) =>
    (await app.inject({ url: '/v1/purposes/told', headers: { authorization: `Bearer ${key}` } })).statusCode
  expect([await read(first), await read(second), await read(second)]).toEqual([200, 200, 200])
  await call(first, 'DELETE', `/v1/api-keys/${id}`)
  expect(await read(first)).toBe(401)
  const began = Date.now()
  while ((await read(second)) !== 401 && Date.now() - began < 2_000);
  expect(Date.now() - began).toBeLessThan(1_000)
})

test('memory follows a database that was set back to an earlier moment', async () => {
  const { register } = (instances as [Instance])[0].dependencies
  const until = async (version: number) => {
    const began = Date.now()
    while (register.versions().model !== version && Date.now() - began < 5_000)
      await new Promise((resolve) => setTimeout(resolve, 20))
    expect(register.versions().model).toBe(version)
  }
  const { position } = (await sql<{ position: number }>`select position from register_head`.execute(t.db)).rows[0]!
  await until(position)
  await sql`update register_head set position = position - 1`.execute(t.db)
  await until(position - 1)
  await sql`update register_head set position = position + 1`.execute(t.db)
  await until(position)
}, 20_000)
