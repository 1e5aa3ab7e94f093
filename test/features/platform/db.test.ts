import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals'
import pg from 'pg'
import { createDatabase, inTransaction, isUnavailable } from '../../../src/platform/db/database.ts'
import { migrateToLatest, pendingMigrations } from '../../../src/platform/db/migrate.ts'
import { createPool } from '../../../src/platform/db/pool.ts'
import { createTestDatabase } from '../../support/database.ts'

const logger = { warn: jest.fn() }
let empty: Awaited<ReturnType<typeof createTestDatabase>>
let pool: pg.Pool
beforeAll(async () => {
  empty = await createTestDatabase({ empty: true })
  pool = createPool({ connectionString: empty.connectionString, applicationName: 'test-pool', logger })
})
afterAll(async () => {
  await pool.end()
  await empty.drop()
})

test('four instances that migrate at once apply each migration once', async () => {
  const applied = await Promise.all(Array.from({ length: 4 }, () => migrateToLatest(empty.connectionString)))
  expect(applied.filter((names) => names.length > 0)).toHaveLength(1)
  expect(await pendingMigrations(createDatabase(pool))).toEqual([])
})

test('positions are numbers, and dates are the text that they are', async () => {
  const { rows } = await pool.query(`select 42::bigint as position, date '2026-03-31' as day`)
  expect(rows).toEqual([{ position: 42, day: '2026-03-31' }])
  await expect(pool.query('select 9007199254740993::bigint')).rejects.toThrow(RangeError)
})

test('a connection that Postgres ends, idle or in use, does not end the process', async () => {
  const killer = new pg.Client({ connectionString: empty.connectionString })
  await killer.connect()
  const idle = (await pool.query('select pg_backend_pid() as pid')).rows[0].pid
  await killer.query('select pg_terminate_backend($1)', [idle])
  // Once the client has heard of it, the pool has let it go.
  while (pool.totalCount > 0) await sleep(10)
  const client = await pool.connect()
  const { pid } = (await client.query('select pg_backend_pid() as pid')).rows[0]
  const running = client.query('select pg_sleep(10)')
  await killer.query('select pg_terminate_backend($1)', [pid])
  const error = await running.catch((e: unknown) => e)
  client.release(true)
  expect(isUnavailable(error)).toBe(true)
  expect((await pool.query('select 1 as n')).rows).toEqual([{ n: 1 }])
  expect(logger.warn).toHaveBeenCalled()
  await killer.end()
})

test('a transaction that gave way to another runs again', async () => {
  const db = createDatabase(pool)
  const tries: number[] = []
  const result = await inTransaction(db, async () => {
    tries.push(1)
    if (tries.length < 3) throw Object.assign(new Error('deadlock'), { code: '40P01' })
    return 'done'
  })
  expect(result).toBe('done')
  expect(tries).toHaveLength(3)
})
