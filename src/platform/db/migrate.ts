import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { Kysely, PostgresDialect, sql } from 'kysely'
import { type MigrationProvider, Migrator } from 'kysely/migration'
import pg from 'pg'
import type { Database } from './database.ts'

const folder = fileURLToPath(new URL('../../../migrations/', import.meta.url))

const names = async (): Promise<string[]> =>
  (await readdir(folder))
    .filter((file) => file.endsWith('.ts'))
    .map((file) => file.slice(0, -3))
    .sort()

const provider: MigrationProvider = {
  getMigrations: async () => {
    const entries = (await names()).map(async (name) => [
      name,
      await import(pathToFileURL(join(folder, `${name}.ts`)).href),
    ])
    return Object.fromEntries(await Promise.all(entries))
  },
}

/**
 * Brings the schema up to date. Safe to run from several instances at once: Kysely takes a lock, and the others wait.
 * @param connectionString a role that owns the schema
 * @param serviceRole a role that the service uses instead of the owner: it may add to history, and not alter it
 * @returns the migrations that were applied now
 * @throws the error of the first migration that failed, with its name; nothing of it is left behind
 */
export const migrateToLatest = async (connectionString: string, serviceRole?: string): Promise<string[]> => {
  const pool = new pg.Pool({ connectionString, max: 1, connectionTimeoutMillis: 5_000 })
  pool.on('error', () => undefined)
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) })
  try {
    const { error, results = [] } = await new Migrator({ db, provider }).migrateToLatest()
    const failed = results.find((result) => result.status === 'Error')
    if (failed)
      throw new Error(`Migration ${failed.migrationName} failed: ${(error as Error).message}`, { cause: error })
    if (error) throw error
    if (serviceRole !== undefined) await grantTo(db, serviceRole)
    return results.map((result) => result.migrationName)
  } finally {
    await db.destroy()
  }
}

/** What the service changes beside adding rows. Events and revisions are not among it: history can only be added to. */
const changeable = [
  'register_head',
  'entries',
  'entry_references',
  'entry_facets',
  'personal_values',
  'principals',
  'api_keys',
  'idempotency_keys',
]

const grantTo = async (db: Kysely<unknown>, role: string): Promise<void> => {
  const to = sql.id(role)
  await sql`grant usage on schema public to ${to}`.execute(db)
  await sql`grant select, insert on all tables in schema public to ${to}`.execute(db)
  await sql`grant update on ${sql.join(changeable.map((table) => sql.table(table)))} to ${to}`.execute(db)
  await sql`grant delete on idempotency_keys, entry_references, entry_facets, imports to ${to}`.execute(db)
}

/** Whether the schema is there and at the level of this version, as far as a role without rights on it can see. */
export const isMigrated = async (connectionString: string): Promise<boolean> => {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 5_000 })
  client.on('error', () => undefined)
  await client.connect()
  try {
    const { rows } = await client.query<{ name: string }>('select name from kysely_migration')
    const applied = new Set(rows.map((row) => row.name))
    return (await names()).every((name) => applied.has(name))
  } catch (error) {
    // 42P01: the table is not there.
    if ((error as { code?: string }).code === '42P01') return false
    throw error
  } finally {
    await client.end()
  }
}

/** The migrations that the database lacks: none, when it is at the level of this version. */
export const pendingMigrations = async (db: Database): Promise<string[]> => {
  const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(db)
  const applied = new Set(rows.map((row) => row.name))
  return (await names()).filter((name) => !applied.has(name))
}
