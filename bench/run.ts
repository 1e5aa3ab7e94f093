import { execSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import pino from 'pino'
import { createDatabase } from '../src/platform/db/database.ts'
import { startEmbeddedPostgres } from '../src/platform/db/embedded.ts'
import { migrateToLatest } from '../src/platform/db/migrate.ts'
import { createPool } from '../src/platform/db/pool.ts'
import { startSubject } from './process.ts'
import { fillRegister } from './register.ts'
import { checkRows, listRows, memoryRows, type Row, readRows, type Setting, visibilityRows, writeRows } from './rows.ts'

/**
 * `npm run bench`: measures the service against plain Fastify and against Fastify with pg on the same data and the same
 * Postgres, and writes `bench/results.md`. `--smoke` runs all of it in short on a small register, and writes nothing.
 */

const { values } = parseArgs({
  options: { smoke: { type: 'boolean', default: false }, sizes: { type: 'string', default: '500,5000,50000' } },
})
const { smoke } = values
const sizes = smoke ? [300] : values.sizes.split(',').map(Number)
const effort = smoke ? { rounds: 1, seconds: 1 } : { rounds: 5, seconds: 2 }

const root = new URL('..', import.meta.url).pathname
const apiKey = `ropa_bench0000_${'b'.repeat(43)}`

const measureSize = async (activities: number): Promise<Row[]> => {
  const folder = mkdtempSync(join(tmpdir(), 'register-bench-'))
  // Postgres has a user of its own when this runs as root, who must be able to get there.
  chmodSync(folder, 0o755)
  const postgres = await startEmbeddedPostgres({ dataDir: join(folder, 'data') })
  const stops: (() => Promise<void>)[] = [() => postgres.stop()]
  try {
    await migrateToLatest(postgres.connectionString, postgres.service.role)
    const logger = pino({ level: 'silent' })
    const pool = createPool({ connectionString: postgres.service.connectionString, applicationName: 'bench', logger })
    const db = createDatabase(pool)
    stops.push(() => db.destroy())
    await fillRegister(db, activities)

    const start = async (args: string[], env: Record<string, string>, path: string) => {
      const subject = await startSubject(args, env, path)
      stops.push(() => subject.stop())
      return subject
    }
    const env = {
      DATABASE_URL: postgres.service.connectionString,
      INIT_ADMIN_API_KEY: apiKey,
      APPROVALS: 'off',
      LOG_LEVEL: 'info',
    }
    const startRegister = () => start([join(root, 'src/server.ts')], env, '/readyz')
    const register = await startRegister()
    const headers = { authorization: `Bearer ${apiKey}` }
    const example = join(folder, 'example.json')
    writeFileSync(
      example,
      await (await fetch(`${register.url}/v1/processing-activities/activity-000001`, { headers })).text(),
    )
    const bare = await start([join(root, 'bench/subjects/bare.ts'), 'PORT', example], {}, '/activity')
    const plain = await start(
      [join(root, 'bench/subjects/postgres.ts'), 'PORT'],
      { DATABASE_URL: postgres.connectionString },
      '/activity/activity-000001',
    )
    const setting: Setting = { activities, db, register, startRegister, bare, plain, headers, effort }
    const rows: Row[] = []
    for (const measureRows of [readRows, checkRows, listRows, writeRows, visibilityRows, memoryRows]) {
      rows.push(...(await measureRows(setting)))
      console.error(`${activities}: ${measureRows.name} done`)
    }
    return rows
  } finally {
    for (const stop of stops.reverse()) await stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

const render = (rows: Row[]): string => {
  const sorted = rows.map(
    ({ activities, what, figure, wanted }) => `| ${activities} | ${what} | ${figure} | ${wanted} |`,
  )
  return [
    '# What was measured',
    '',
    'Made by `npm run bench`. Ratios compare the medians of ' +
      `${effort.rounds} interleaved runs of ${effort.seconds} s each, on the same data and the same Postgres; ` +
      'absolute figures drift from machine to machine. The load comes from one process with 32 connections unless said otherwise, ' +
      'which shares the processors with what it measures: beside the rate, the processor time of the server for a request is compared.',
    '',
    `- ${cpus().length} × ${cpus()[0]!.model}; Node ${process.version}; ${new Date().toISOString().slice(0, 10)}`,
    `- commit ${execSync('git rev-parse --short HEAD', { cwd: root, encoding: 'utf8' }).trim()}, with authorisation and logging as they are by default, \`APPROVALS=off\``,
    '',
    '| activities | what | measured | wanted |',
    '| ---: | --- | --- | --- |',
    ...sorted,
    '',
  ].join('\n')
}

const rows: Row[] = []
for (const size of sizes) rows.push(...(await measureSize(size)))
const report = render(rows)
console.log(report)
if (!smoke) writeFileSync(join(root, 'bench/results.md'), report)
