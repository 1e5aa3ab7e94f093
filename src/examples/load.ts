import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { sql } from 'kysely'
import { parse } from 'yaml'
import { ensurePrincipal } from '../access/index.ts'
import { activityResourceName, importedEntry, waiveImported } from '../activities/index.ts'
import { type Author, contentOf, entryKeywords, type Resource, writeEntries } from '../entries/index.ts'
import { type Database, inTransaction, type Transaction } from '../platform/db/database.ts'
import { HttpProblem } from '../platform/http/problems.ts'
import { createValidatorFactory } from '../platform/http/validation.ts'
import { components, entryComponents, resources } from '../resources.ts'

/** The registers in `examples/`. Each is a folder with one YAML file a resource: bodies by key. */
export const examples = ['own-record', 'plesk-2018', 'processor-hosting'] as const
export type Example = (typeof examples)[number]

const folder = new URL('../../examples/', import.meta.url)

const fileOf = (example: Example, resource: string) => fileURLToPath(new URL(`${example}/${resource}.yaml`, folder))

/**
 * Loads examples into an empty register, all of them or nothing, through the validation and the use-case that HTTP
 * uses. A register that ever held anything is left alone, so that a start never undoes what its users changed.
 * @returns how many entries were written
 */
export const loadExamples = (db: Database, chosen: readonly Example[]): Promise<number> =>
  inTransaction(db, async (transaction) => {
    // Held until the commit: of several instances that start at once, one loads and the others find it done.
    const { rows } = await sql<{ position: number }>`select position from register_head for update`.execute(transaction)
    if (rows[0]!.position > 0) return 0
    const author = { principalId: await ensurePrincipal(transaction, 'examples'), serviceId: null, service: null }
    let written = 0
    for (const example of chosen) written += await loadExample(transaction, example, author)
    return written
  })

const loadExample = async (transaction: Transaction, example: Example, author: Author): Promise<number> => {
  const compile = createValidatorFactory(entryKeywords(components))(entryComponents)
  let written = 0
  for (const resource of resources.values()) {
    const validate = compile({ schema: resource.Input })
    const bodies: Record<string, Record<string, unknown>> = parse(
      await readFile(fileOf(example, resource.resource), 'utf8'),
    )
    const writes = Object.entries(bodies).map(([key, body]) => {
      const invalid = validate(body)
      if (invalid.error) throw inFile(example, resource.resource, key, invalid.error)
      return importedEntry(resource, key, () => contentOf(body, key), author)
    })
    const results = await writeEntries(transaction, writes)
    for (const [n, { key }] of writes.entries()) {
      const result = results[n]
      if (result instanceof HttpProblem) throw inFile(example, resource.resource, key, result)
      if (resource.resource === activityResourceName) await waive(transaction, resource, key, author)
    }
    written += writes.length
  }
  return written
}

/** What the examples' sources do not say is known to be missing; for so many days the findings are waived. */
const waivedFor = 365

const waive = (transaction: Transaction, resource: Resource, key: string, author: Author): Promise<void> => {
  const until = new Date(Date.now() + waivedFor * 24 * 3600 * 1000).toISOString().slice(0, 10)
  return waiveImported(transaction, resource, key, author, {
    reason: 'The source of the example does not say.',
    until,
  })
}

const inFile = (example: Example, resource: string, key: string, { message, errors = [] }: HttpProblem) =>
  new Error(
    `${example}/${resource}.yaml, ${key}: ${message} ${errors.map((e) => `${e.pointer} ${e.message}`).join('; ')}`,
  )
