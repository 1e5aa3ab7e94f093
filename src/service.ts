import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Logger } from 'pino'
import {
  anyApiKey,
  createApiKey,
  createKeyCache,
  createLocalSession,
  ensurePrincipal,
  generateKey,
} from './access/index.ts'
import { activityResourceName, recordOverdueReviews } from './activities/index.ts'
import { buildApp } from './app.ts'
import type { Config } from './config.ts'
import { examples, loadExamples } from './examples/index.ts'
import { createDatabase, type Database } from './platform/db/database.ts'
import { startEmbeddedPostgres } from './platform/db/embedded.ts'
import { isMigrated, migrateToLatest } from './platform/db/migrate.ts'
import { createPool } from './platform/db/pool.ts'
import { longestDelay } from './platform/http/overload.ts'
import type { HttpServer } from './platform/http/server.ts'
import { createMetrics } from './platform/observability/metrics.ts'
import { StartupError } from './platform/startup-error.ts'
import { openRegister } from './register/index.ts'
import { createReportThreads } from './report-threads.ts'
import { resources } from './resources.ts'

/** What a local run, on the embedded Postgres, has to tell its user. */
export type LocalRun = { apiKey: string; reportLink: string; dataDir: string; written: number }

export type Service = {
  address: string
  local: LocalRun | undefined
  /** Lets accepted requests finish, then ends the connections and the embedded Postgres. */
  close(): Promise<void>
}

/**
 * Starts everything: Postgres where none is given, migrations, the first entries, HTTP.
 * @throws StartupError that names what stands in the way; nothing is left running then
 */
export const startService = async (config: Config, logger: Logger): Promise<Service> => {
  const closers: (() => Promise<unknown>)[] = []
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer()
  }
  try {
    const connectionString = config.databaseUrl
      ? await prepareGiven(config.databaseUrl, config.migrationDatabaseUrl, logger)
      : await startEmbedded(config, closers, logger)
    const pool = createPool({ connectionString, applicationName: 'register', logger })
    const db = createDatabase(pool)
    closers.push(() => db.destroy())
    const written = await loadExamples(db, config.databaseUrl ? ['own-record'] : examples)
    await makeInitialAdmin(db, config)
    const local = config.databaseUrl ? undefined : await prepareLocalRun(db, config)
    const metrics = createMetrics()
    const threads = createReportThreads({ connectionString, logLevel: logger.level as Config['logLevel'] })
    const keys = createKeyCache(db)
    const register = openRegister({
      db,
      connectionString,
      logger,
      onFallback: metrics.noteFallback,
      onKeysChanged: keys.forget,
    })
    const app = await buildApp({
      db,
      logger,
      metrics,
      serveMetrics: config.serveMetrics,
      approvals: config.approvals,
      keys,
      register,
      threads,
      longestDelay,
      localSession: local?.session,
    })
    closers.push(() => app.close())
    closers.push(await watchReviews(db, logger))
    const address = await listen(app, config)
    return {
      address,
      local: local && {
        apiKey: local.apiKey,
        reportLink: local.session.link,
        dataDir: resolve(config.dataDir),
        written,
      },
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

const startEmbedded = async (config: Config, closers: (() => Promise<unknown>)[], logger: Logger): Promise<string> => {
  const postgres = await startEmbeddedPostgres({ dataDir: resolve(config.dataDir) })
  closers.push(() => postgres.stop())
  await migrate(postgres.connectionString, postgres.service.role, logger)
  return postgres.service.connectionString
}

/** Brings the schema up to date, by its owner where one is given; a role without rights on it may find it up to date. */
const prepareGiven = async (databaseUrl: string, owner: string | undefined, logger: Logger): Promise<string> => {
  try {
    if (owner) await migrate(owner, decodeURIComponent(new URL(databaseUrl).username), logger)
    else if (!(await isMigrated(databaseUrl))) await migrate(databaseUrl, undefined, logger)
    return databaseUrl
  } catch (cause) {
    const error = cause as Error & { code?: string }
    const [name, url] = owner ? ['MIGRATION_DATABASE_URL', owner] : ['DATABASE_URL', databaseUrl]
    // An AggregateError, from a host with several addresses, has its messages inside.
    const inside = (error as unknown as AggregateError).errors?.map((e: Error) => e.message).join('; ')
    const reason = error.message || inside || error.code
    throw new StartupError(`The database at ${new URL(url).host} cannot be used: ${reason}. Check ${name}.`)
  }
}

const migrate = async (owner: string, serviceRole: string | undefined, logger: Logger): Promise<void> => {
  const applied = await migrateToLatest(owner, serviceRole)
  if (applied.length > 0) logger.info({ applied }, 'The schema was migrated')
}

const makeInitialAdmin = async (db: Database, { initAdminApiKey }: Config): Promise<void> => {
  if (initAdminApiKey === undefined || (await anyApiKey(db))) return
  await createApiKey(db, initAdminApiKey, { principal: 'admin', role: 'admin', description: 'INIT_ADMIN_API_KEY' })
}

/** On a local run the key of its user lies in the data folder, readable to them alone; it is made at the first start. */
const prepareLocalRun = async (db: Database, config: Config) => {
  const principal = { id: await ensurePrincipal(db, 'local'), name: 'local' }
  const file = join(resolve(config.dataDir), 'api-key')
  await mkdir(resolve(config.dataDir), { recursive: true })
  const existing = await readFile(file, 'utf8').catch(() => undefined)
  const apiKey = existing?.trim() || config.initAdminApiKey || generateKey()
  if (!existing) {
    if (!config.initAdminApiKey)
      await createApiKey(db, apiKey, { principal: principal.name, role: 'admin', description: 'Local run' })
    await writeFile(file, `${apiKey}\n`, { mode: 0o600 })
  }
  return { apiKey, session: createLocalSession(principal) }
}

/** How often overdue reviews are looked for, in milliseconds. */
const reviewInterval = 3_600_000

/** Records reviews that become overdue, now and every hour. @returns what ends it */
const watchReviews = async (db: Database, logger: Logger): Promise<() => Promise<void>> => {
  const register = await ensurePrincipal(db, 'register')
  const look = () =>
    recordOverdueReviews(db, resources.get(activityResourceName)!, register).catch((err: unknown) => {
      logger.warn({ err }, 'Overdue reviews could not be recorded; the next look will')
      return 0
    })
  let looking = look()
  const timer = setInterval(() => {
    looking = look()
  }, reviewInterval)
  return async () => {
    clearInterval(timer)
    await looking
  }
}

const listen = async (app: HttpServer, { host, port }: Config): Promise<string> => {
  try {
    return await app.listen({ host, port })
  } catch (error) {
    const { code } = error as { code?: string }
    if (code === 'EADDRINUSE')
      throw new StartupError(`Port ${port} on ${host} is in use. Set PORT to another, or end what uses it.`)
    if (code === 'EACCES')
      throw new StartupError(`Port ${port} may not be used by this user. Set PORT to one above 1023.`)
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
      throw new StartupError(`HOST ${host} is no address of this machine.`)
    throw error
  }
}
