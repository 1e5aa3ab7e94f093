import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { startEmbeddedPostgres } from '../../src/platform/db/embedded.ts'
import { migrateToLatest } from '../../src/platform/db/migrate.ts'
import { createTestDatabase } from '../support/database.ts'
import { createServiceProcess, type ServiceProcess } from '../support/service-process.ts'
import { createTcpProxy } from '../support/tcp-proxy.ts'

/** Postgres goes away under load: 503 with Retry-After, no crash, no request that hangs, and recovery without a restart. */

/** Longest that a request may take, in milliseconds: a silent connection is given up after 15 s, and a new one after 5 s. */
const patience = 28_000

type Seen = { status: number | undefined; took: number; retryAfter: string | null }

/** 16 clients read and write until they are told to stop. */
const load = (service: ServiceProcess) => {
  const seen: Seen[] = []
  const written = new Map<string, string>()
  let stop = false
  const clients = Array.from({ length: 16 }, async (_, client) => {
    for (let i = 0; !stop; i++) {
      const key = `load-${client}`
      const name = `${client} ${i}`
      const begun = Date.now()
      const answer = await (client % 2 === 0
        ? service.ask('PUT', `/v1/purposes/${key}`, { body: { name } })
        : service.ask('GET', '/v1/purposes?limit=5'))
      seen.push({
        status: answer?.status,
        took: Date.now() - begun,
        retryAfter: answer?.headers.get('retry-after') ?? null,
      })
      if (client % 2 === 0 && answer && answer.status < 300) written.set(key, name)
      await sleep(5)
    }
  })
  return {
    seen,
    written,
    async stop() {
      stop = true
      await Promise.all(clients)
    },
  }
}

const assertGraceful = async (service: ServiceProcess, { seen, written }: ReturnType<typeof load>) => {
  const statuses = new Set(seen.map(({ status }) => status))
  expect([...statuses].filter((status) => ![200, 201, 503].includes(status as number))).toEqual([])
  expect(statuses).toContain(503)
  expect(seen.filter(({ status, retryAfter }) => status === 503 && !Number(retryAfter))).toEqual([])
  expect(Math.max(...seen.map(({ took }) => took))).toBeLessThan(patience)
  expect(service.running).toBe(true)
  for (const [key, name] of written) {
    const { json } = (await service.ask('GET', `/v1/purposes/${key}`))!
    // A write whose answer was lost with the connection may have come after the last one that was acknowledged.
    expect(Number(json.name.split(' ')[1])).toBeGreaterThanOrEqual(Number(name.split(' ')[1]))
  }
  expect((await service.ask('GET', '/v1/history/verify'))!.json.valid).toBe(true)
}

const untilWell = async (service: ServiceProcess) => {
  for (const deadline = Date.now() + 30_000; Date.now() < deadline; await sleep(200)) {
    const answer = await service.ask('GET', '/readyz')
    if (answer?.status === 200) return
  }
  throw new Error('The service has not recovered.')
}

describe('the way to Postgres', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>
  let proxy: Awaited<ReturnType<typeof createTcpProxy>>
  let service: ServiceProcess
  beforeAll(async () => {
    database = await createTestDatabase()
    const url = new URL(database.connectionString)
    proxy = await createTcpProxy(url.hostname, Number(url.port || 5432))
    url.hostname = '127.0.0.1'
    url.port = String(proxy.port)
    service = await createServiceProcess(url.href)
    await service.start()
  }, 60_000)
  afterAll(async () => {
    await service.end('SIGTERM')
    await proxy.close()
    await database.drop()
  }, 60_000)

  test.each(['cut', 'stall'] as const)(
    'is %s for 20 seconds',
    async (mode) => {
      const running = load(service)
      await sleep(1_000)
      proxy.become(mode)
      await sleep(20_000)
      proxy.become('forward')
      await untilWell(service)
      const recovered = running.seen.length
      await sleep(3_000)
      await running.stop()
      expect(running.seen.slice(recovered + 32).some(({ status }) => status === 200)).toBe(true)
      await assertGraceful(service, running)
    },
    150_000,
  )
})

test('Postgres itself is killed and started again', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'register-endurance-'))
  await chmod(dataDir, 0o755)
  let postgres = await startEmbeddedPostgres({ dataDir })
  await migrateToLatest(postgres.connectionString)
  const first = new URL(postgres.connectionString)
  // The port is another one after the restart: the proxy keeps the address.
  let target = await createTcpProxy('127.0.0.1', Number(first.port))
  const port = target.port
  first.port = String(port)
  const service = await createServiceProcess(first.href)
  await service.start()
  const running = load(service)
  await sleep(1_500)
  const pid = Number((await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8')).split('\n')[0])
  process.kill(pid, 'SIGKILL')
  await sleep(3_000)
  await postgres.stop()
  await target.close()
  postgres = await startEmbeddedPostgres({ dataDir })
  target = await createTcpProxy('127.0.0.1', Number(new URL(postgres.connectionString).port), port)
  await untilWell(service)
  await sleep(2_000)
  await running.stop()
  await assertGraceful(service, running)
  expect(await service.end('SIGTERM')).toBe(0)
  await target.close()
  await postgres.stop()
  await rm(dataDir, { recursive: true, force: true })
}, 180_000)
