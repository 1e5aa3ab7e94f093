import { execFile } from 'node:child_process'
import { readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import pino from 'pino'
import { activityMateriality } from '../../src/activities/index.ts'
import { buildApp } from '../../src/app.ts'
import { catalogueMateriality } from '../../src/catalogue/index.ts'
import { renderContract } from '../../src/contract.ts'
import type { MaterialityRow } from '../../src/entries/index.ts'
import { createDatabase } from '../../src/platform/db/database.ts'
import { createPool } from '../../src/platform/db/pool.ts'
import { createDependencies } from './dependencies.ts'

/** The files that are generated and committed, and how each is made. `npm run generate` writes them; a test compares. */

export const contractFile = fileURLToPath(new URL('../../openapi/v1.json', import.meta.url))
export const typesFile = fileURLToPath(new URL('../../src/platform/db/types.ts', import.meta.url))

/** The contract, from the routes' schemas. */
export const generateContract = async (connectionString: string): Promise<string> => {
  const logger = pino({ level: 'silent' })
  const db = createDatabase(createPool({ connectionString, applicationName: 'generate', logger }))
  // `/metrics` is part of the contract, whether or not an installation serves it.
  const app = await buildApp({
    ...createDependencies(db, connectionString, logger),
    serveMetrics: true,
    approvals: 'four-eyes',
  })
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

export const materialityFile = fileURLToPath(new URL('../../docs/material-changes.md', import.meta.url))

/** The tables of material changes, for people. */
export const describeMateriality = (): string => {
  const when = (material: MaterialityRow<never>['material']) =>
    ({ always: 'material', never: 'editorial', 'when-removed': 'material when removed' })[material as string] ??
    'depends'
  const table = (rows: readonly MaterialityRow<never>[]) =>
    [
      '| a change of | is | because |',
      '|---|---|---|',
      ...rows.map(({ pattern, material, because }) => `| \`${pattern}\` | ${when(material)} | ${because} |`),
    ].join('\n')
  const resources = Object.entries(catalogueMateriality).filter(([, rows]) => rows.length > 0)
  return `# Material and editorial changes

A material change of an activity needs an approval; an editorial one, by staff and with nothing proposed, is in force at
once under the approval that stands. The row with the longest path that a change lies under decides; \`*\` is an element of
a list. What is stated about a property (\`statements\`) counts as that property. Retiring an activity is material.

## Activities

A property without a row is material.

${table(activityMateriality as never)}

## The catalogue

An edit is in force at once. A material one of an entry that an activity in force uses takes the role \`approver\`. A
property without a row is editorial.

${resources.map(([resource, rows]) => `### ${resource}\n\n${table(rows as never)}`).join('\n\n')}
`
}
