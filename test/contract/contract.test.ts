import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { root } from '../support/checkout.ts'
import { contract } from '../support/contract.ts'
import { createTestDatabase } from '../support/database.ts'
import {
  contractFile,
  describeMateriality,
  generateContract,
  generateTypes,
  materialityFile,
  typesFile,
} from '../support/generated.ts'

let database: Awaited<ReturnType<typeof createTestDatabase>>
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

test('the committed contract is the one that the routes give; `npm run generate` writes it', async () => {
  expect(await generateContract(database.connectionString)).toBe(await readFile(contractFile, 'utf8'))
})

test('the committed table types are those of the migrated schema; `npm run generate` writes them', async () => {
  expect(await generateTypes(database.connectionString)).toBe(await readFile(typesFile, 'utf8'))
})

test('the documented table of material changes is the one that decides', async () => {
  expect(describeMateriality()).toBe(await readFile(materialityFile, 'utf8'))
})

test('the versions agree: of the contract, the packages and the changelog', () => {
  const versionOf = (path: string) => JSON.parse(readFileSync(join(root, path), 'utf8')).version
  const [, changelog] = /^## (\S+)$/m.exec(readFileSync(join(root, 'CHANGELOG.md'), 'utf8'))!
  const versions = ['package.json', 'client/package.json', 'cli/package.json'].map(versionOf)
  expect([...versions, changelog]).toEqual(versions.map(() => contract.info.version).concat(contract.info.version))
})

type Schema = {
  type?: string
  properties?: Record<string, Schema>
  items?: Schema
  additionalProperties?: boolean | object
  propertyNames?: object
  description?: string
  $ref?: string
}

const walk = (name: string, schema: Schema, visit: (name: string, schema: Schema) => void): void => {
  visit(name, schema)
  for (const [property, child] of Object.entries(schema.properties ?? {})) walk(`${name}.${property}`, child, visit)
  if (schema.items) walk(`${name}[]`, schema.items, visit)
}

describe('the contract', () => {
  const schemas = Object.entries(contract.components.schemas as Record<string, Schema>)

  test('closes every object, but for `meta`, which a PUT accepts and ignores', () => {
    const open: string[] = []
    for (const [name, schema] of schemas) {
      walk(name, schema, (path, { type, additionalProperties, propertyNames }) => {
        if (
          type === 'object' &&
          additionalProperties !== false &&
          // A map by key: its values are closed.
          !(propertyNames && typeof additionalProperties === 'object') &&
          !path.endsWith('Input.meta') &&
          !path.endsWith('.statements')
        )
          open.push(path)
      })
    }
    expect(open).toEqual([])
  })

  test('describes every property', () => {
    const silent: string[] = []
    for (const [name, schema] of schemas) {
      walk(name, schema, (path, { description, $ref }) => {
        if (!description && !$ref) silent.push(path)
      })
    }
    expect(silent).toEqual([])
  })

  test('says of every operation what it is, with an example of every answer that has a body', () => {
    for (const [path, operations] of Object.entries(contract.paths)) {
      for (const [method, operation] of Object.entries(operations)) {
        expect(operation).toMatchObject({
          operationId: expect.any(String),
          summary: expect.any(String),
          description: expect.any(String),
          tags: [expect.any(String)],
        })
        for (const [status, { content = {} }] of Object.entries(operation.responses)) {
          for (const media of Object.values(content)) {
            if (!('example' in media)) throw new Error(`${method} ${path} ${status} has no example`)
          }
        }
      }
    }
  })
})
