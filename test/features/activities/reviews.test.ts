import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { ensurePrincipal } from '../../../src/access/index.ts'
import { activityResourceName, recordOverdueReviews } from '../../../src/activities/index.ts'
import { resources } from '../../../src/resources.ts'
import { createTestApp, loadFixtures } from '../../support/app.ts'
import { cleanActivity } from '../../support/fixtures.ts'

let t: Awaited<ReturnType<typeof createTestApp>>
beforeAll(async () => {
  t = await createTestApp({ approvals: 'off' })
  await loadFixtures(t.ask)
}, 30_000)
afterAll(() => t.close())

test('a review that is overdue is an event, once for its date, a finding, and waits in the queue', async () => {
  const path = '/v1/processing-activities/overdue'
  await t.ask('PUT', path, { body: cleanActivity({ review: { nextReviewOn: '2026-01-31' } }) })
  const register = await ensurePrincipal(t.db, 'register')
  const look = () => recordOverdueReviews(t.db, resources.get(activityResourceName)!, register)
  // Two instances that look at the same time record it once.
  expect((await Promise.all([look(), look()])).reduce((a, b) => a + b)).toBe(1)
  expect(await look()).toBe(0)
  const { json: history } = await t.ask('GET', `${path}/history`)
  expect(history.items.at(-1)).toMatchObject({
    type: 'review-overdue',
    actorName: 'register',
    details: { dueOn: '2026-01-31' },
  })
  const { json: findings } = await t.ask('GET', `${path}/findings`)
  expect(findings.items.map(({ code }: { code: string }) => code)).toContain('review-overdue')
  const { json: queue } = await t.ask('GET', '/v1/approvals')
  expect(queue.items).toEqual([expect.objectContaining({ key: 'overdue', review: { dueOn: '2026-01-31' } })])
  await t.ask('POST', `${path}/reviewed`, { body: { nextReviewDate: '2090-01-01' } })
  expect((await t.ask('GET', '/v1/approvals')).json.items).toEqual([])
  expect((await t.ask('GET', '/v1/history/verify')).json.valid).toBe(true)
})
