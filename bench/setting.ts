import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pino from 'pino'
import { createDatabase } from '../src/platform/db/database.ts'
import { startEmbeddedPostgres } from '../src/platform/db/embedded.ts'
import { migrateToLatest } from '../src/platform/db/migrate.ts'
import { createPool } from '../src/platform/db/pool.ts'
import { startSubject } from './process.ts'
import { fillRegister } from './register.ts'
import type { Setting } from './rows/row.ts'

const root = new URL('..', import.meta.url).pathname
const apiKey = `ropa_bench0000_${'b'.repeat(43)}`

/** Fills a register in a Postgres of its own, starts what is measured on it, and ends all of it when the measuring ends. */
export const withSetting = async <T>(
  activities: number,
  effort: Setting['effort'],
  measure: (setting: Setting) => Promise<T>,
): Promise<T> => {
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

    const start: Setting['start'] = async (args, env, path) => {
      const subject = await startSubject(args, env, path)
      stops.push(() => subject.stop())
      return subject
    }
    const startRegister = async (databaseUrl = postgres.service.connectionString) => {
      const env = {
        DATABASE_URL: databaseUrl,
        INIT_ADMIN_API_KEY: apiKey,
        APPROVALS: 'off',
        LOG_LEVEL: 'info',
      }
      const subject = await start([join(root, 'src/server.ts')], env, '/readyz')
      while ((await readiness(subject.url)).register !== 'current') await sleep(50)
      return subject
    }
    const register = await startRegister()
    const headers = { authorization: `Bearer ${apiKey}` }
    const example = join(folder, 'example.json')
    writeFileSync(
      example,
      await (await fetch(`${register.url}/v1/processing-activities/activity-000001`, { headers })).text(),
    )
    const bare = await start([join(root, 'bench/subjects/bare.ts'), 'PORT', example], {}, '/activity')
    const { connectionString } = postgres
    const plain = await start(
      [join(root, 'bench/subjects/postgres.ts'), 'PORT'],
      { DATABASE_URL: connectionString },
      '/activity/activity-000001',
    )
    return await measure({
      activities,
      db,
      connectionString,
      service: postgres.service,
      register,
      startRegister,
      start,
      bare,
      plain,
      headers,
      effort,
    })
  } finally {
    for (const stop of stops.reverse()) await stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

const readiness = async (url: string) => (await (await fetch(`${url}/readyz`)).json()) as { register: string }
