import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import { ensurePrincipal } from '../../../src/access/index.ts'
import { type EntryContent, inForceAtOnce, type WriteRules } from '../../../src/entries/index.ts'
import { writeAsRead } from '../../../src/entries/write.ts'
import { resources } from '../../../src/resources.ts'
import { createTestApp } from '../../support/app.ts'

/** Writes that come together are written together, and nobody notices but the clock. */

let t: Awaited<ReturnType<typeof createTestApp>>
beforeAll(async () => {
  t = await createTestApp()
})
afterAll(() => t.close())

const put = (key: string, body: object, headers: Record<string, string> = {}) =>
  t.ask('PUT', `/v1/data-categories/${key}`, { body, headers })

/** Holds the head of history, so that writes wait, until the work is done. */
const whileHeadIsHeld = (work: () => Promise<void>) =>
  t.db.transaction().execute(async (transaction) => {
    await sql`select position from register_head for update`.execute(transaction)
    await work()
  })

/** Resolves when so many statements that append events wait for a lock. */
const untilWaiting = async (count = 1) => {
  for (;;) {
    const { rows } = await sql`
      select 1 from pg_stat_activity where wait_event_type = 'Lock' and query ~ 'with asked as'
        and datname = current_database()`.execute(t.db)
    if (rows.length === count) return
  }
}

/** How many transactions wrote the events since a position. */
const transactionsSince = async (position: number) =>
  (
    await sql<{ transactions: number; events: number }>`
      select count(distinct xmin::text)::int as transactions, count(*)::int as events from events
      where position > ${position}`.execute(t.db)
  ).rows[0]!

const head = async () =>
  (await sql<{ position: number }>`select position from register_head`.execute(t.db)).rows[0]!.position

/** Sends a first write, and others that come while it waits. */
const behindOne = async <T>(others: () => Promise<T>[]): Promise<T[]> => {
  let first: Promise<unknown> = Promise.resolve()
  let answers: Promise<T>[] = []
  await whileHeadIsHeld(async () => {
    first = put('first', { name: `First ${Math.random()}` })
    await untilWaiting()
    answers = others()
    // They have come when the last of them has; what is sent in memory comes in order.
    await t.ask('GET', '/v1/data-categories')
  })
  await first
  return Promise.all(answers)
}

test('writes that wait are committed together, each with an event of its own, and each is answered its own entry', async () => {
  const before = await head()
  const answers = await behindOne(() => Array.from({ length: 20 }, (_, n) => put(`many-${n}`, { name: `Many ${n}` })))
  expect(answers.map(({ status, json }) => [status, json.name])).toEqual(
    Array.from({ length: 20 }, (_, n) => [201, `Many ${n}`]),
  )
  expect(new Set(answers.map(({ headers }) => headers['register-version'])).size).toBe(20)
  const { transactions, events } = await transactionsSince(before)
  expect(events).toBe(21)
  expect(transactions).toBeLessThanOrEqual(3)
})

test('what one is refused for leaves nothing behind and keeps none of the others from being written', async () => {
  const answers = await behindOne(() => [
    put('good-1', { name: 'Good' }),
    put('orphan', { name: 'Orphan', parent: 'nowhere' }),
    put('good-2', { name: 'Good' }),
    put('good-3', { name: 'Good' }, { 'if-match': '"other"' }),
    put('good-4', { name: 'Good', parent: 'good-1' }),
  ])
  expect(answers.map(({ status }) => status)).toEqual([201, 422, 201, 412, 201])
  const { rows } = await sql`select key from entries where shown_id is null or key in ('orphan', 'good-3')`.execute(
    t.db,
  )
  expect(rows).toEqual([])
})

test('writes of one entry come one after another, in the order in which they came', async () => {
  await put('same', { name: 'Zero' })
  const answers = await behindOne(() =>
    ['One', 'Two', 'Three'].map((name) => put('same', { name }).then(({ json }) => json)),
  )
  expect(answers.map(({ name, meta }) => [name, meta.revision])).toEqual([
    ['One', 2],
    ['Two', 3],
    ['Three', 4],
  ])
})

test('an entry may refer to one that is written with it', async () => {
  const answers = await behindOne(() => [
    put('parent', { name: 'Parent' }),
    put('child', { name: 'Child', parent: 'parent' }),
  ])
  expect(answers.map(({ status }) => status)).toEqual([201, 201])
})

test('more writes than can wait are refused with 503 and Retry-After, and those that wait are written', async () => {
  const answers = await behindOne(() => Array.from({ length: 300 }, (_, n) => put(`flood-${n}`, { name: `F ${n}` })))
  const refused = answers.filter(({ status }) => status === 503)
  expect(refused.length).toBe(300 - 256)
  expect(refused[0]!.headers['retry-after']).toBe('2')
  expect(answers.filter(({ status }) => status === 201).length).toBe(256)
})

/** Writes a category while somebody else does something between its being read and its being recorded. */
const writeWhile = async (key: string, content: EntryContent, meanwhile: () => Promise<unknown>) => {
  const author = { principalId: await ensurePrincipal(t.db, 'test'), serviceId: null, service: null }
  const resource = resources.get('data-categories')!
  const decide: WriteRules['decide'] = async (db, write) => {
    await meanwhile()
    return inForceAtOnce(author).decide(db, write)
  }
  return writeAsRead(t.db, [{ resource, key, content, author, rules: { decide } }])
}

test('nothing is recorded of what was decided about an entry, or what it refers to, that changed meanwhile', async () => {
  await put('contested', { name: 'Contested' })
  await put('referred', { name: 'Referred' })
  const before = await head()
  const theirs = () => put('contested', { name: 'Theirs' })
  expect(await writeWhile('contested', { name: 'Mine' }, theirs)).toBe(undefined)
  expect(await head()).toBe(before + 1)
  const { json } = await t.ask('GET', '/v1/data-categories/contested')
  expect([json.name, json.meta.revision]).toEqual(['Theirs', 2])

  const retire = () => t.ask('DELETE', '/v1/data-categories/referred')
  expect(await writeWhile('contested', { name: 'Mine', parent: 'referred' }, retire)).toBe(undefined)
  expect(await head()).toBe(before + 2)

  const nothing = async () => undefined
  expect(await writeWhile('contested', { name: 'Mine' }, nothing)).toMatchObject([{ outcome: 'updated' }])
  expect(await head()).toBe(before + 3)
})

test('nor of an entry that somebody was about to change, and did', async () => {
  await put('awaited', { name: 'Awaited' })
  let theirs: ReturnType<typeof put> | undefined
  let mine: ReturnType<typeof writeWhile> | undefined
  await whileHeadIsHeld(async () => {
    theirs = put('awaited', { name: 'Theirs' })
    await untilWaiting()
    mine = writeWhile('awaited', { name: 'Mine' }, async () => undefined)
    await untilWaiting(2)
  })
  expect((await theirs!).status).toBe(200)
  expect(await mine!).toBe(undefined)
  expect((await t.ask('GET', '/v1/data-categories/awaited')).json.name).toBe('Theirs')
})
