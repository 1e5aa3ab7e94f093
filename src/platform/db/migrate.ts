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
 * @returns the migrations that were applied now
 * @throws the error of the first migration that failed, with its name; nothing of it is left behind
 */
export const migrateToLatest = async (connectionString: string): Promise<string[]> => {
  const pool = new pg.Pool({ connectionString, max: 1, connectionTimeoutMillis: 5_000 })
  pool.on('error', () => undefined)
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) })
  try {
    const { error, results = [] } = await new Migrator({ db, provider }).migrateToLatest()
    const failed = results.find((result) => result.status === 'Error')
    if (failed)
      throw new Error(`Migration ${failed.migrationName} failed: ${(error as Error).message}`, { cause: error })
    if (error) throw error
    return results.map((result) => result.migrationName)
  } finally {
    await db.destroy()
  }
}

/** The migrations that the database lacks: none, when it is at the level of this version. */
export const pendingMigrations = async (db: Database): Promise<string[]> => {
  const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(db)
  const applied = new Set(rows.map((row) => row.name))
  return (await names()).filter((name) => !applied.has(name))
}
