import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { importedEntry } from '../../../src/activities/index.ts'
import { writeEntries } from '../../../src/entries/index.ts'
import { inTransaction } from '../../../src/platform/db/database.ts'
import { resources } from '../../../src/resources.ts'
import { createTestApp } from '../../support/app.ts'

/** Lists by words find the same, in the same order, whether few entries have them or many. */

let t: Awaited<ReturnType<typeof createTestApp>>
const count = 1200
const keyOf = (n: number) => `purpose-${String(n).padStart(4, '0')}`

beforeAll(async () => {
  t = await createTestApp()
  const [principal] = await t.db.selectFrom('principals').select('id').execute()
  const author = { principalId: principal!.id, serviceId: null, service: null }
  const writes = Array.from({ length: count }, (_, n) =>
    importedEntry(
      resources.get('purposes')!,
      keyOf(n),
      () => ({ name: `Common ${n % 2 === 0 ? 'even' : 'odd'}`, ...(n % 100 === 7 && { description: 'Seldom' }) }),
      author,
    ),
  )
  await inTransaction(t.db, (transaction) => writeEntries(transaction, writes))
}, 60_000)
afterAll(() => t.close())

/** All keys of a list, page after page. */
const keysOf = async (query: string): Promise<string[]> => {
  const keys: string[] = []
  let cursor = ''
  do {
    const { json } = await t.ask('GET', `/v1/purposes?limit=170&${query}${cursor}`)
    keys.push(...json.items.map(({ key }: { key: string }) => key))
    cursor = json.nextCursor === null ? '' : `&cursor=${json.nextCursor}`
  } while (cursor !== '')
  return keys
}

const keysWhere = (holds: (n: number) => boolean) =>
  Array.from({ length: count }, (_, n) => n)
    .filter(holds)
    .map(keyOf)

test.each([
  ['what all have', 'q=common', () => true],
  ['what half of them have', 'q=common+EVEN', (n: number) => n % 2 === 0],
  ['what few have', 'q=seld', (n: number) => n % 100 === 7],
  ['what one has', 'q=purpose+0123', (n: number) => n === 123],
  ['what none has', 'q=common+nothing', () => false],
] as const)('%s', async (_, query, holds) => {
  expect(await keysOf(query)).toEqual(keysWhere(holds))
})

test('together with other conditions', async () => {
  await t.ask('DELETE', `/v1/purposes/${keyOf(0)}`)
  expect(await keysOf('q=common')).toEqual(keysWhere((n) => n > 0))
  expect(await keysOf('q=common&status=retired')).toEqual([keyOf(0)])
})
