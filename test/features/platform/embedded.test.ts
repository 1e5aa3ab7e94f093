import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import pg from 'pg'
import { startEmbeddedPostgres } from '../../../src/platform/db/embedded.ts'
import { migrateToLatest } from '../../../src/platform/db/migrate.ts'
import { toEnd } from '../../support/open.ts'

let dataDir: string
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'register-embedded-'))
  await chmod(dataDir, 0o755)
})
afterEach(() => rm(dataDir, { recursive: true, force: true }))

const query = async (connectionString: string, text: string) => {
  const client = new pg.Client({ connectionString })
  client.on('error', () => undefined)
  await client.connect()
  try {
    return (await client.query(text)).rows
  } finally {
    await client.end()
  }
}

const start = async (folder = dataDir) => {
  const postgres = await startEmbeddedPostgres({ dataDir: folder })
  return { ...postgres, stop: toEnd(postgres.stop) }
}

test('data is kept between starts, and the password is readable to its owner alone', async () => {
  const first = await start()
  await query(first.connectionString, 'create table t as select 42 as n')
  await first.stop()
  expect((await stat(join(dataDir, 'postgres.password'))).mode & 0o777).toBe(0o600)
  const second = await start()
  expect(await query(second.connectionString, 'select n from t')).toEqual([{ n: 42 }])
  await second.stop()
})

test('a second service on the same folder is refused with one line', async () => {
  const first = await start()
  await expect(start()).rejects.toThrow(`is in use by the service with pid ${process.pid}`)
  expect(await query(first.connectionString, 'select 1 as n')).toEqual([{ n: 1 }])
  await first.stop()
})

test('what a service that was killed leaves running is taken over, and nothing that was committed is lost', async () => {
  const module = new URL('../../../src/platform/db/embedded.ts', import.meta.url).href
  const script = `const { startEmbeddedPostgres } = await import(${JSON.stringify(module)})
    console.log((await startEmbeddedPostgres({ dataDir: ${JSON.stringify(dataDir)} })).connectionString)
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = await once(child.stdout, 'data')
  const left = String(line).trim()
  await query(left, 'create table t as select 7 as n')
  child.kill('SIGKILL')
  await once(child, 'exit')
  const next = await start()
  expect(await query(next.connectionString, 'select n from t')).toEqual([{ n: 7 }])
  await expect(query(left, 'select 1')).rejects.toThrow()
  await next.stop()
})

test('an interrupted first start is begun anew', async () => {
  const first = await start()
  await first.stop()
  await rm(join(dataDir, 'postgres', 'PG_VERSION'))
  const second = await start()
  expect(await query(second.connectionString, 'select 1 as n')).toEqual([{ n: 1 }])
  await second.stop()
})

test('a folder that is a file is named, with the fix', async () => {
  const file = join(dataDir, 'file')
  await writeFile(file, '')
  await expect(start(file)).rejects.toThrow(/cannot be written .* Set DATA_DIR/)
})

test('the service’s own role adds to history and cannot alter it, nor silence what guards it', async () => {
  const { connectionString, service, stop } = await start()
  try {
    await migrateToLatest(connectionString, service.role)
    expect(await query(service.connectionString, 'select position from register_head')).toEqual([{ position: '0' }])
    for (const statement of [
      'update events set reason = null',
      'delete from events',
      'truncate events cascade',
      'update revisions set number = 1',
      'delete from revisions',
      'alter table events disable trigger all',
      'set session_replication_role = replica',
      'drop table events',
    ])
      await expect(query(service.connectionString, statement)).rejects.toThrow(/permission denied|must be owner/)
  } finally {
    await stop()
  }
})
