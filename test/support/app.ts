import type { InjectOptions } from 'fastify'
import inject, { type DispatchFunc } from 'light-my-request'
import pino from 'pino'
import { createApiKey, generateKey } from '../../src/access/index.ts'
import type { Role } from '../../src/access/roles.ts'
import type { ApprovalMode } from '../../src/activities/index.ts'
import { buildApp } from '../../src/app.ts'
import { examples, loadExamples } from '../../src/examples/index.ts'
import { createDatabase } from '../../src/platform/db/database.ts'
import { createPool } from '../../src/platform/db/pool.ts'
import { assertContract } from './contract.ts'
import { createTestDatabase } from './database.ts'
import { createDependencies } from './dependencies.ts'
import { cleanActivity, cleanCatalogueContents, cleanProcessorActivity } from './fixtures.ts'
import { toEnd } from './open.ts'

export type Answered = {
  status: number
  headers: Record<string, string | undefined>
  text: string
  bytes: Buffer
  json: any
}

export type Ask = (
  method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE' | 'PATCH' | 'OPTIONS',
  url: string,
  options?: {
    body?: unknown
    headers?: Record<string, string>
    /** Role of the key to use; null: no key. */
    as?: Role | null
    key?: string
  },
) => Promise<Answered>

/**
 * The application on a database of its own, built as in production. Each answer is held against the contract.
 * One key exists for each role; the one of the role `service` stands for the service `shop`. Unless `approvals` says
 * otherwise, what is written is in force at once.
 */
export const createTestApp = async (
  options: {
    serveMetrics?: boolean
    approvals?: ApprovalMode
    logger?: pino.Logger
    withExamples?: boolean
    /** As in production, when the test is about overload; else no answer depends on how busy the machine is. */
    longestDelay?: number
  } = {},
) => {
  const database = await createTestDatabase()
  const dropDatabase = toEnd(database.drop)
  const logger = options.logger ?? pino({ level: 'silent' })
  const pool = createPool({ connectionString: database.connectionString, applicationName: 'test', logger })
  const db = createDatabase(pool)
  const endPool = toEnd(() => db.destroy())
  if (options.withExamples) await loadExamples(db, examples)
  const dependencies = createDependencies(db, database.connectionString, logger)
  const endRegister = toEnd(dependencies.register.close)
  const app = await buildApp({
    ...dependencies,
    longestDelay: options.longestDelay ?? 0,
    serveMetrics: options.serveMetrics ?? false,
    approvals: options.approvals ?? 'off',
  })
  const endApp = toEnd(() => app.close())
  await app.ready()
  await dependencies.register.loaded

  const keys = { admin: generateKey() } as Record<Role, string>
  await createApiKey(db, keys.admin, { principal: 'test-admin', role: 'admin' })

  await app.ready()
  // As the server is asked over HTTP: what lies ready is sent before Fastify sees the request.
  const [serve] = app.server.listeners('request') as [DispatchFunc]
  const ask: Ask = async (method, url, { body, headers = {}, as = 'admin', key } = {}) => {
    const token = key ?? (as === null ? undefined : keys[as])
    const request: InjectOptions = {
      method,
      url,
      headers: { ...(token && { authorization: `Bearer ${token}` }), ...headers },
      ...(body !== undefined && { payload: body as object }),
    }
    if (body !== undefined && typeof body === 'string' && !headers['content-type']) {
      request.headers = { ...request.headers, 'content-type': 'application/json' }
    }
    const { statusCode, headers: answered, payload, rawPayload } = await inject(serve, request)
    assertContract(method, url, { statusCode, headers: answered, payload })
    const isJson = String(answered['content-type']).includes('json') && payload !== ''
    return {
      status: statusCode,
      headers: answered as Record<string, string>,
      text: payload,
      bytes: rawPayload,
      json: isJson ? JSON.parse(payload) : undefined,
    }
  }

  await ask('PUT', '/v1/services/shop', { body: { name: 'Shop' } })
  for (const role of ['reader', 'editor', 'approver', 'service'] as const) {
    keys[role] = generateKey()
    await createApiKey(db, keys[role], {
      principal: `test-${role}`,
      role,
      ...(role === 'service' && { service: 'shop' }),
    })
  }

  return {
    app,
    db,
    ask,
    keys,
    connectionString: database.connectionString,
    close: async () => {
      await endApp()
      await endRegister()
      await endPool()
      await dropDatabase()
    },
  }
}

/** Writes the fixtures over HTTP: the clean catalogue, a controller's activity and a processor's. */
export const loadFixtures = async (ask: Ask): Promise<void> => {
  for (const [resource, entries] of Object.entries(cleanCatalogueContents())) {
    const open = Object.entries(entries)
    // Entries of one resource may refer to each other in any order; a refused one is tried again after the others.
    for (let tries = open.length * open.length + 1; open.length > 0 && tries > 0; tries--) {
      const [key, body] = open.shift()!
      const { status } = await ask('PUT', `/v1/${resource}/${key}`, { body })
      if (status === 422) open.push([key, body])
      else if (status >= 400) throw new Error(`${resource}/${key}: ${status}`)
    }
  }
  for (const [key, body] of [
    ['newsletter', cleanActivity()],
    ['hosting', cleanProcessorActivity()],
  ] as const) {
    const { status, text } = await ask('PUT', `/v1/processing-activities/${key}`, { body })
    if (status !== 201) throw new Error(`${key}: ${status} ${text}`)
  }
}
