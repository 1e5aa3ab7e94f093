import { writeFile } from 'node:fs/promises'
import { startEmbeddedPostgres } from '../../src/platform/db/embedded.ts'
import { dataDir, urlFile } from './folder.ts'

/** `npm run db`: a Postgres that stays while code changes, for `npm run dev` and for tests. */
const { connectionString, stop } = await startEmbeddedPostgres({ dataDir })
await writeFile(urlFile, connectionString, { mode: 0o600 })
console.log(`Postgres runs at ${connectionString}

npm run dev                               serves the register on it, and starts anew when a file is saved
TEST_DATABASE_URL=$(cat ${urlFile}) npm test -- <path>

Ctrl-C ends it. The data stays in ${dataDir}.`)
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void stop().finally(() => process.exit(0)))
