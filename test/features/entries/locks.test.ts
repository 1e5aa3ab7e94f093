import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import { ensurePrincipal } from '../../../src/access/index.ts'
import { inForceAtOnce, lockEntry, type ShownEntries } from '../../../src/entries/index.ts'
import { findUnchanged } from '../../../src/entries/unchanged.ts'
import { resources } from '../../../src/resources.ts'
import { createTestApp } from '../../support/app.ts'

/** What a writer decides on is what stands, not what stood when it began to wait, nor what memory has. */

let t: Awaited<ReturnType<typeof createTestApp>>
beforeAll(async () => {
  t = await createTestApp()
})
afterAll(() => t.close())

const purposes = resources.get('purposes')!
const put = (key: string, name: string) => t.ask('PUT', `/v1/purposes/${key}`, { body: { name } })

/** Resolves when so many connections wait for a lock. */
const untilWaiting = async (count: number) => {
  for (;;) {
    const { rows } = await sql`
      select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`.execute(t.db)
    if (rows.length >= count) return
  }
}

test('who waited for the lock of an entry has what was written meanwhile', async () => {
  await put('awaited', 'Before')
  let theirs: ReturnType<typeof put> | undefined
  let mine: ReturnType<typeof lockEntry> | undefined
  await t.db.transaction().execute(async (holder) => {
    await sql`select position from register_head for update`.execute(holder)
    theirs = put('awaited', 'Theirs')
    await untilWaiting(1)
    mine = t.db.transaction().execute((transaction) => lockEntry(transaction, purposes, 'awaited'))
    await untilWaiting(2)
  })
  await theirs
  expect(await mine).toMatchObject({ inForce: { number: 2, content: { name: 'Theirs' } }, lastRevision: 2 })
})

test('a write is not taken for unchanged by what memory had before, even if the content is the same again', async () => {
  await put('returning', 'One')
  const before = await t.ask('GET', '/v1/purposes/returning')
  const position = Number(before.headers.etag!.replaceAll('"', ''))
  const author = { principalId: await ensurePrincipal(t.db, 'test'), serviceId: null, service: null }
  const write = {
    resource: purposes,
    key: 'returning',
    content: { name: 'One' },
    author,
    rules: { decide: inForceAtOnce },
  }
  const remembered = { key: 'returning', position, etag: before.headers.etag!, body: before.bytes }
  const shown = { find: () => remembered } as unknown as ShownEntries
  const find = () => findUnchanged(t.db, shown, write as never)
  expect(await find()).toMatchObject({ position })
  await put('returning', 'Two')
  expect(await find()).toBe(undefined)
  await put('returning', 'One')
  expect(await find()).toBe(undefined)
})
