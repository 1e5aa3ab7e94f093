import { execFile } from 'node:child_process'
import { readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import pino from 'pino'
import { buildApp } from '../../src/app.ts'
import { renderContract } from '../../src/contract.ts'
import { createDatabase } from '../../src/platform/db/database.ts'
import { createPool } from '../../src/platform/db/pool.ts'
import { createMetrics } from '../../src/platform/observability/metrics.ts'

/** The files that are generated and committed, and how each is made. `npm run generate` writes them; a test compares. */

export const contractFile = fileURLToPath(new URL('../../openapi/v1.json', import.meta.url))
export const typesFile = fileURLToPath(new URL('../../src/platform/db/types.ts', import.meta.url))

/** The contract, from the routes' schemas. */
export const generateContract = async (connectionString: string): Promise<string> => {
  const logger = pino({ level: 'silent' })
  const db = createDatabase(createPool({ connectionString, applicationName: 'generate', logger }))
  // `/metrics` is part of the contract, whether or not an installation serves it.
  const app = await buildApp({ db, logger, metrics: createMetrics(), serveMetrics: true, approvals: 'four-eyes' })
  await app.ready()
  const contract = renderContract(app)
  await app.close()
  await db.destroy()
  return contract
}

/** Kysely's types of the tables, from a migrated schema. */
export const generateTypes = async (connectionString: string): Promise<string> => {
  const bin = fileURLToPath(new URL('../../node_modules/kysely-codegen/dist/cli/bin.js', import.meta.url))
  const out = join(tmpdir(), `types-${process.pid}-${Date.now()}.ts`)
  const options = [
    '--dialect',
    'postgres',
    '--url',
    connectionString,
    '--out-file',
    out,
    '--exclude-pattern',
    'kysely_*',
  ]
  await promisify(execFile)(process.execPath, [bin, ...options])
  const text = await readFile(out, 'utf8')
  await rm(out)
  return text
}
