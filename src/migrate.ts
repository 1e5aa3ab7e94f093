import { readConfig } from './config.ts'
import { migrateToLatest } from './platform/db/migrate.ts'

/** `npm run migrate`: brings the schema of `DATABASE_URL` up to date, for those who migrate before they deploy. */
const { databaseUrl } = readConfig(process.env)
if (!databaseUrl) {
  console.error('DATABASE_URL is not set. The embedded Postgres is migrated at every start.')
  process.exit(64)
}
const applied = await migrateToLatest(databaseUrl).catch((error: Error) => {
  console.error(error.message)
  process.exit(1)
})
console.log(applied.length > 0 ? `Applied ${applied.join(', ')}.` : 'Nothing to do.')
