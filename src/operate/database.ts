import { resolve } from 'node:path'
import { readConfig } from '../config.ts'
import { createDatabase, type Database } from '../platform/db/database.ts'
import { startEmbeddedPostgres } from '../platform/db/embedded.ts'
import { createPool } from '../platform/db/pool.ts'

/** Does some work on the register's database: that of `DATABASE_URL`, or the embedded one while no service runs on it. */
export const withDatabase = async (work: (db: Database) => Promise<void>): Promise<void> => {
  const { databaseUrl, dataDir } = readConfig(process.env)
  const embedded = databaseUrl === undefined ? await startEmbeddedPostgres({ dataDir: resolve(dataDir) }) : undefined
  const connectionString = databaseUrl ?? embedded!.service.connectionString
  const db = createDatabase(
    createPool({ connectionString, applicationName: 'register-operator', logger: console, max: 2 }),
  )
  try {
    await work(db)
  } finally {
    await db.destroy()
    await embedded?.stop()
  }
}
