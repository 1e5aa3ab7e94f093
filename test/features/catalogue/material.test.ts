import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createTestApp, loadFixtures } from '../../support/app.ts'
import { cleanActivity } from '../../support/fixtures.ts'

let t: Awaited<ReturnType<typeof createTestApp>>
beforeAll(async () => {
  t = await createTestApp({ approvals: 'four-eyes' })
  await loadFixtures(t.ask)
}, 30_000)
afterAll(() => t.close())

const path = '/v1/subprocessors/mail-delivery'
const move = async (as: 'editor' | 'approver', country: string) => {
  const { json } = await t.ask('GET', path)
  return t.ask('PUT', path, { body: { ...json, country }, as })
}

test('a material change of an entry that is used in force takes an approver; of one that is not, it does not', async () => {
  // The fixtures' activities are drafts: nothing is in force yet.
  expect((await move('editor', 'FR')).status).toBe(200)
  const activity = '/v1/processing-activities/newsletter'
  await t.ask('PUT', activity, { body: cleanActivity({ tags: ['x'] }), as: 'editor' })
  const { json } = await t.ask('POST', `${activity}/submit`, { body: {}, as: 'editor' })
  expect(
    (await t.ask('POST', `${activity}/approve`, { body: { contentHash: json.meta.contentHash }, as: 'approver' }))
      .status,
  ).toBe(200)
  const refused = await move('editor', 'US')
  expect(refused.status).toBe(403)
  expect(refused.json.errors).toEqual([expect.objectContaining({ pointer: '/country' })])
  expect((await t.ask('GET', path)).json.country).toBe('FR')
  const { json: entry } = await t.ask('GET', path)
  expect((await t.ask('PUT', path, { body: { ...entry, name: 'Mail Delivery' }, as: 'editor' })).status).toBe(200)
  expect((await move('approver', 'US')).status).toBe(200)
})

test('a service that leaves out the law behind a retention period keeps it, and does not replace it', async () => {
  const period = '/v1/retention-periods/of-shop'
  const facts = { name: 'Orders', duration: 'P10Y' }
  await t.ask('PUT', period, { body: facts, as: 'service' })
  await t.ask('PUT', period, { body: { ...facts, legalReference: '§ 147 AO' } })
  expect(
    (await t.ask('PUT', period, { body: { ...facts, startsWith: 'Order' }, as: 'service' })).json.legalReference,
  ).toBe('§ 147 AO')
  const { status, json } = await t.ask('PUT', period, { body: { ...facts, legalReference: 'none' }, as: 'service' })
  expect([status, json.errors[0].pointer]).toEqual([409, '/legalReference'])
})
