import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import { createTestApp, loadFixtures } from '../../support/app.ts'
import { cleanActivity } from '../../support/fixtures.ts'
import { readPdf } from '../../support/report-text.ts'

let t: Awaited<ReturnType<typeof createTestApp>>
beforeAll(async () => {
  t = await createTestApp()
  await loadFixtures(t.ask)
})
afterAll(() => t.close())

const seal = (request: string, more = {}) => {
  const { pathname, searchParams } = new URL(request, 'http://register')
  const report = pathname.replace('/v1/reports/', '')
  return sealReport({ report, parameters: Object.fromEntries(searchParams), reason: 'File 4711' }, more)
}
const sealReport = (body: object, more = {}) =>
  t.ask('POST', '/v1/report-snapshots', {
    as: 'approver',
    body,
    ...more,
  })
const content = (id: string) => t.ask('GET', `/v1/report-snapshots/${id}/content`, { as: 'reader' })

describe.each([
  '/v1/reports/article-30?format=pdf&language=fr',
  '/v1/reports/article-30?format=xlsx&role=processor',
  '/v1/reports/article-30?format=docx',
  '/v1/reports/article-30',
  '/v1/reports/transparency-notice?dataSubjectCategory=subscribers&format=html',
  '/v1/reports/subprocessors?format=csv',
])('%s, sealed', (request) => {
  test('is read as the same bytes ever after, whatever the register becomes', async () => {
    const { status, json, headers } = await seal(request)
    expect(status).toBe(201)
    expect(headers.location).toBe(`/v1/report-snapshots/${json.id}`)
    expect(json).toMatchObject({
      request,
      reason: 'File 4711',
      sealedBy: 'test-approver',
      position: json.registerVersion + 1,
    })
    const first = await content(json.id)
    expect(createHash('sha256').update(first.bytes).digest('hex')).toBe(json.sha256)
    expect(first.bytes.length).toBe(json.size)
    expect(first.headers['content-type']).toBe(json.mediaType)
    expect(first.headers['repr-digest']).toBe(`sha-256=:${Buffer.from(json.sha256, 'hex').toString('base64')}:`)

    const body = cleanActivity({ name: `Newsletter ${json.id}` })
    expect((await t.ask('PUT', '/v1/processing-activities/newsletter', { body })).status).toBe(200)
    expect((await content(json.id)).bytes.equals(first.bytes)).toBe(true)
    expect((await t.ask('GET', `/v1/report-snapshots/${json.id}`)).json).toEqual(json)
  })
})

test('a sealed PDF is a whole one', async () => {
  const { json } = await seal('/v1/reports/article-30?format=pdf')
  expect((await readPdf((await content(json.id)).bytes)).text).toContain('Newsletter')
})

test('the list has the latest first, and pages', async () => {
  const all: string[] = (await t.ask('GET', '/v1/report-snapshots')).json.items.map(({ id }: { id: string }) => id)
  expect(all.length).toBeGreaterThan(5)
  expect([...all].sort().reverse()).toEqual(all)
  const walked: string[] = []
  for (let cursor = ''; ; ) {
    const { json } = await t.ask('GET', `/v1/report-snapshots?limit=2${cursor}`)
    walked.push(...json.items.map(({ id }: { id: string }) => id))
    if (json.nextCursor === null) break
    cursor = `&cursor=${json.nextCursor}`
  }
  expect(walked).toEqual(all)
})

test('a report that cannot be made is not sealed, and the reason is said', async () => {
  const before = (await t.ask('GET', '/v1/history/head')).json.position
  for (const [request, pointer, reason] of [
    ['/v1/reports/article-30?format=odt', '/parameters/format', /must be one of/],
    ['/v1/reports/article-30?organisation=nobody', '/report', /404: .*no organisation `nobody`/],
    ['/v1/reports/nothing', '/report', /must be one of/],
  ] as const) {
    const { status, json } = await seal(request)
    expect(status).toBe(400)
    expect(json.errors[0]).toMatchObject({ pointer, message: expect.stringMatching(reason) })
  }
  for (const report of [
    '../api-keys',
    '../changes',
    'article-30/../../changes',
    '%2e%2e/exports',
    '..\\approvals',
    'article-30?x=1',
  ])
    expect((await sealReport({ report, reason: 'x' })).status).toBe(400)
  expect((await sealReport({ report: 'article-30', parameters: { 'a&b': '1' }, reason: 'x' })).status).toBe(400)
  expect((await t.ask('GET', '/v1/history/head')).json.position).toBe(before)
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from report_snapshot_pieces where snapshot_id not in (select id from report_snapshots)`.execute(
    t.db,
  )
  expect(rows[0]!.n).toBe(0)
})

test('the same request with the same Idempotency-Key is sealed once', async () => {
  const once = { headers: { 'idempotency-key': 'seal-once' } }
  const first = await seal('/v1/reports/findings', once)
  const again = await seal('/v1/reports/findings', once)
  expect(again.json).toEqual(first.json)
})

test('a reader or an editor cannot seal', async () => {
  for (const as of ['reader', 'editor', 'service'] as const)
    expect((await seal('/v1/reports/findings', { as })).status).toBe(403)
})

describe('history', () => {
  const verify = async () => (await t.ask('GET', '/v1/history/verify')).json

  test('names the snapshot, and verifies', async () => {
    const { json } = await seal('/v1/reports/transfers')
    const { items } = (await t.ask('GET', `/v1/changes?after=${json.position - 1}`)).json
    expect(items[0]).toMatchObject({ type: 'report-sealed', details: { snapshot: json.id, sha256: json.sha256 } })
    expect(await verify()).toMatchObject({ valid: true, problems: [] })
  })

  test.each([
    [
      'its bytes',
      sql`update report_snapshot_pieces set bytes = set_byte(bytes, 0, 255 - get_byte(bytes, 0)) where number = 0`,
      /was altered/,
    ],
    ['what is said of it', sql`update report_snapshots set request = request || '&x=1'`, /What is said/],
    ['its being there', sql`delete from report_snapshots`, /was removed/],
  ])('%s cannot be altered unseen', async (_, alteration, problem) => {
    await expect(alteration.execute(t.db)).rejects.toThrow('can only be added to')
    const transaction = await t.db.startTransaction().execute()
    try {
      await sql`set session_replication_role = replica`.execute(transaction)
      await alteration.execute(transaction)
      const { verifyRegister } = await import('../../../src/history/verify.ts')
      const { resources } = await import('../../../src/resources.ts')
      const { problems } = await verifyRegister(transaction, resources)
      expect(problems.length).toBeGreaterThan(0)
      for (const found of problems) expect(found.problem).toMatch(problem)
      await sql`set session_replication_role = origin`.execute(transaction)
    } finally {
      await transaction.rollback().execute()
    }
  })
})
