import { readConfig } from '../config.ts'
import { migrateToLatest } from '../platform/db/migrate.ts'

/** `npm run migrate`: brings the schema up to date, for those who migrate before they deploy. */
const { databaseUrl, migrationDatabaseUrl } = readConfig(process.env)
if (!databaseUrl) {
  console.error('DATABASE_URL is not set. The embedded Postgres is migrated at every start.')
  process.exit(64)
}
const serviceRole = migrationDatabaseUrl && decodeURIComponent(new URL(databaseUrl).username)
const applied = await migrateToLatest(migrationDatabaseUrl ?? databaseUrl, serviceRole).catch((error: Error) => {
  console.error(error.message)
  process.exit(1)
})
console.log(applied.length > 0 ? `Applied ${applied.join(', ')}.` : 'Nothing to do.')
