import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import { examples, loadExamples } from '../../../src/examples/index.ts'
import { createDatabase } from '../../../src/platform/db/database.ts'
import { createPool } from '../../../src/platform/db/pool.ts'
import { createTestApp } from '../../support/app.ts'
import { createTestDatabase } from '../../support/database.ts'

let database: Awaited<ReturnType<typeof createTestDatabase>>
let db: ReturnType<typeof createDatabase>
beforeAll(async () => {
  database = await createTestDatabase()
  db = createDatabase(
    createPool({
      connectionString: database.connectionString,
      applicationName: 'test',
      logger: { warn: () => undefined },
    }),
  )
})
afterAll(async () => {
  await db.destroy()
  await database.drop()
})

test('load once, however many instances start at the same time; every entry is valid', async () => {
  const written = await Promise.all([
    loadExamples(db, examples),
    loadExamples(db, examples),
    loadExamples(db, examples),
  ])
  expect(written.filter((n) => n > 0)).toHaveLength(1)
  expect(await loadExamples(db, examples)).toBe(0)
  const { rows } = await sql<{ organisation: string; n: number }>`
    select facet as organisation, count(*)::int as n from entry_facets
    where facet like 'organisation=%' and resource = 'processing-activities' group by 1 order by 1`.execute(db)
  expect(rows.find((row) => row.organisation.startsWith('organisation=plesk'))!.n).toBeGreaterThanOrEqual(10)
})

test('leave a register alone that was ever written to', async () => {
  const t = await createTestApp()
  expect(await loadExamples(t.db, examples)).toBe(0)
  await t.close()
})

test('in plesk-2018 every entry cites its section of the policy', async () => {
  const { rows } = await sql<{ key: string; content: { references?: { title: string; section?: string }[] } }>`
    select e.key, r.content from entries e join revisions r on r.id = e.in_force_id
    join entry_facets f on f.entry_id = e.id and f.facet like 'organisation=plesk%'
    where e.resource = 'processing-activities'`.execute(db)
  for (const { key, content } of rows)
    expect([key, content.references?.[0]?.section]).toEqual([key, expect.any(String)])
})
