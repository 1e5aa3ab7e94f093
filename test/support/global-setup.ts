import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { migrateToLatest } from '../../src/platform/db/migrate.ts'
import { root } from './checkout.ts'
import { locatePostgres, type TestPostgres } from './postgres.ts'

declare global {
  var testPostgres: TestPostgres | undefined
}

const run = promisify(execFile)

/** Once a run: builds `ropa`, finds Postgres, and makes the migrated template that each test file gets a copy of. */
export default async () => {
  await run(process.execPath, ['cli/build.js'], { cwd: root }).catch(({ stderr }) => {
    throw new Error(`\`ropa\` cannot be built: run \`npm ci\`.\n${stderr}`)
  })
  const postgres = await locatePostgres()
  globalThis.testPostgres = postgres
  const prefix = `register_test_${randomBytes(4).toString('hex')}`
  const template = `${prefix}_template`
  const admin = new pg.Client({ connectionString: postgres.adminUrl })
  await admin.connect()
  const { rows } = await admin.query(
    'select rolcreatedb or rolsuper as may, version() from pg_roles where rolname = current_user',
  )
  if (!rows[0].may)
    throw new Error('The user in TEST_DATABASE_URL must be able to create databases: alter role … createdb.')
  await admin.query(`create database ${template}`)
  const url = new URL(postgres.adminUrl)
  url.pathname = `/${template}`
  await migrateToLatest(url.href)
  await admin.query(`alter database ${template} allow_connections false`)
  await admin.end()

  const coverage = join(await mkdtemp(join(tmpdir(), 'register-coverage-')), 'answers')
  await writeFile(coverage, '')
  process.env.ROPA_TEST_ADMIN_URL = postgres.adminUrl
  process.env.ROPA_TEST_PREFIX = prefix
  process.env.ROPA_TEST_CONTRACT_COVERAGE = coverage
  console.log(`\nTests run on ${postgres.kind}: ${rows[0].version.split(' on ')[0]}`)
}
