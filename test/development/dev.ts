import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { dataDir, urlFile } from './folder.ts'

/** `npm run dev`: the service on the Postgres of `npm run db`; it starts anew when a file of `src` is saved. */

/** Known to everybody, so that requests can be kept between starts. Nothing but this Postgres has it. */
const apiKey = 'ropa_development_00000000000000000000000000000000'

const findPostgres = async () => {
  const connectionString = await readFile(urlFile, 'utf8').catch(() => undefined)
  const client = new pg.Client({ connectionString })
  await client.connect()
  await client.end()
  return connectionString!
}

const DATABASE_URL = await findPostgres().catch(() => {
  console.error('There is no Postgres to run on. Start one in another terminal, and leave it running: npm run db')
  process.exit(1)
})
console.log(`export AT=http://127.0.0.1:${process.env.PORT || 3000} KEY=${apiKey}`)
const service = spawn(process.execPath, ['--watch', '--watch-preserve-output', 'src/start.js'], {
  env: {
    LOG_LEVEL: 'info',
    NODE_COMPILE_CACHE: join(dataDir, 'compiled'),
    ...process.env,
    DATABASE_URL,
    INIT_ADMIN_API_KEY: apiKey,
  },
  stdio: 'inherit',
})
service.once('exit', (code) => process.exit(code ?? 0))
// A Ctrl-C reaches the service, too: it ends by itself.
process.on('SIGINT', () => undefined)
process.once('SIGTERM', () => service.kill())
