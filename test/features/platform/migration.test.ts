import { readdir } from 'node:fs/promises'
import { afterAll, expect, test } from '@jest/globals'
import { Kysely, PostgresDialect, sql } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import pg from 'pg'
import pino from 'pino'
import { findEntry, renderEntry } from '../../../src/entries/index.ts'
import { verifyRegister } from '../../../src/history/index.ts'
import { createDatabase } from '../../../src/platform/db/database.ts'
import { isMigrated, migrateToLatest } from '../../../src/platform/db/migrate.ts'
import { createPool } from '../../../src/platform/db/pool.ts'
import { resources } from '../../../src/resources.ts'
import { createTestDatabase } from '../../support/database.ts'

const database = await createTestDatabase({ empty: true })
afterAll(() => database.drop())

/** The schema as it was before there was a chain, with two entries in it. */
const buildFirstSchema = async () => {
  const db = new Kysely<unknown>({
    dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: database.connectionString }) }),
  })
  const [first] = (await readdir(new URL('../../../migrations/', import.meta.url))).sort()
  const migration: Migration = await import(`../../../migrations/${first}`)
  const provider = { getMigrations: async () => ({ [first!.replace('.ts', '')]: migration }) }
  await new Migrator({ db, provider }).migrateToLatest()
  const id = (n: number) => `01970000-0000-7000-8000-00000000000${n}`
  await sql`
    insert into principals (id, name) values (${sql.lit(id(0))}, 'importer');
    insert into entries (id, resource, key, status, position, name, created_at) values
      (${sql.lit(id(1))}, 'organisations', 'acme', 'in-force', 2, 'Acme AG', now()), (${sql.lit(id(2))}, 'purposes', 'old', 'retired', 4, 'Old', now());
    insert into revisions (id, entry_id, number, content, content_hash, principal_id, recorded_at) values
      (${sql.lit(id(3))}, ${sql.lit(id(1))}, 1, '{"name":"Acme","kind":"own","contact":{"email":"jane@acme.example"}}', 'sha256:a', ${sql.lit(id(0))}, now()),
      (${sql.lit(id(4))}, ${sql.lit(id(1))}, 2, '{"name":"Acme AG","kind":"own","contact":{"email":"jane@acme.example"}}', 'sha256:b', ${sql.lit(id(0))}, now()),
      (${sql.lit(id(5))}, ${sql.lit(id(2))}, 1, '{"name":"Old"}', 'sha256:c', ${sql.lit(id(0))}, now());
    update revisions set content_hash = 'sha256:' || encode(sha256('{"name":"Old"}'), 'hex') where id = ${sql.lit(id(5))};
    update entries set revision_id = ${sql.lit(id(4))} where id = ${sql.lit(id(1))};
    update entries set revision_id = ${sql.lit(id(5))} where id = ${sql.lit(id(2))};
    insert into revision_facets (revision_id, kind, value, entry_id, resource, key, current) values
      (${sql.lit(id(3))}, 'kind', 'own', ${sql.lit(id(1))}, 'organisations', 'acme', false),
      (${sql.lit(id(4))}, 'kind', 'own', ${sql.lit(id(1))}, 'organisations', 'acme', true);
    insert into events (position, type, entry_id, revision_id, principal_id, recorded_at) values
      (1, 'created', ${sql.lit(id(1))}, ${sql.lit(id(3))}, ${sql.lit(id(0))}, now()),
      (2, 'updated', ${sql.lit(id(1))}, ${sql.lit(id(4))}, ${sql.lit(id(0))}, now()),
      (3, 'created', ${sql.lit(id(2))}, ${sql.lit(id(5))}, ${sql.lit(id(0))}, now()),
      (4, 'retired', ${sql.lit(id(2))}, ${sql.lit(id(5))}, ${sql.lit(id(0))}, now());
    update register_head set position = 4;`.execute(db)
  await db.destroy()
}

test('a register from before the chain keeps everything, and gets a chain that verifies', async () => {
  await buildFirstSchema()
  expect(await isMigrated(database.connectionString)).toBe(false)
  await migrateToLatest(database.connectionString)
  expect(await isMigrated(database.connectionString)).toBe(true)
  const db = createDatabase(
    createPool({
      connectionString: database.connectionString,
      applicationName: 'test',
      logger: pino({ level: 'silent' }),
    }),
  )
  try {
    expect(await verifyRegister(db, resources)).toMatchObject({ valid: true, problems: [], head: { position: 4 } })
    expect(JSON.parse(renderEntry((await findEntry(db, 'organisations', 'acme'))!))).toMatchObject({
      name: 'Acme AG',
      contact: { email: 'jane@acme.example' },
      meta: { revision: 2, status: 'in-force' },
    })
    expect((await findEntry(db, 'purposes', 'old'))!.status).toBe('retired')
    const { rows } = await sql`select 1 from revisions where content::text like '%jane@%'`.execute(db)
    expect(rows).toEqual([])
  } finally {
    await db.destroy()
  }
})
