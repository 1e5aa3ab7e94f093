import { afterAll, beforeAll, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { createTestApp, loadFixtures } from '../support/app.ts'
import { cleanActivity } from '../support/fixtures.ts'

/**
 * The register as of any moment is what it was then. A random sequence of writes is replayed; after each, full copies of
 * what the register answers are kept; at the end every one of these moments is asked for again.
 */

let t: Awaited<ReturnType<typeof createTestApp>>
beforeAll(async () => {
  t = await createTestApp({ approvals: 'four-eyes' })
  await loadFixtures(t.ask)
}, 30_000)
afterAll(() => t.close())

const activities = '/v1/processing-activities'
const keys = ['newsletter', 'alpha', 'beta'] as const
const names = ['One', 'Two', 'Three']

/** One step of a sequence; an illegal one is refused and changes nothing. */
const step = fc.record({
  what: fc.constantFrom(
    'put',
    'put',
    'edit',
    'submit',
    'approve',
    'approve',
    'reject',
    'withdraw',
    'delete',
    'review',
    'rename',
    'retire',
    'waive',
  ),
  key: fc.constantFrom(...keys),
  name: fc.constantFrom(...names),
  variant: fc.boolean(),
})
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

const take = async ({ what, key, name, variant }: Step): Promise<void> => {
  const path = `${activities}/${key}`
  const as = 'editor' as const
  switch (what) {
    case 'put': {
      const body = { ...cleanActivity(), name, ...(variant && { subprocessors: [], recipients: [] }) }
      return void (await t.ask('PUT', path, { body, as }))
    }
    case 'edit': {
      const { status, json } = await t.ask('GET', path)
      if (status === 200) await t.ask('PUT', path, { body: { ...json, description: name }, as })
      return
    }
    case 'submit':
      return void (await t.ask('POST', `${path}/submit`, { body: {}, as }))
    case 'approve': {
      const proposed = await t.ask('GET', `${path}?revision=proposed`)
      if (proposed.status !== 200) return
      if (variant) await t.ask('POST', `${path}/submit`, { body: {}, as })
      return void (await t.ask('POST', `${path}/approve`, {
        body: { contentHash: proposed.json.meta.contentHash },
        as: 'approver',
      }))
    }
    case 'reject':
      return void (await t.ask('POST', `${path}/reject`, { body: { reason: name }, as: 'approver' }))
    case 'withdraw':
      return void (await t.ask('POST', `${path}/withdraw`, { body: {}, as }))
    case 'delete':
      return void (await t.ask('DELETE', path, { as }))
    case 'review':
      return void (await t.ask('POST', `${path}/reviewed`, {
        body: { nextReviewDate: variant ? '2090-01-01' : '2091-01-01' },
        as,
      }))
    case 'waive':
      return void (await t.ask('POST', `${path}/waivers`, {
        body: { findingCode: 'owner-missing', reason: name, until: '2090-01-01' },
        as: 'approver',
      }))
    case 'rename':
      return void (await t.ask('PUT', `/v1/purposes/${variant ? purposeOfNewsletter : 'spare'}`, {
        body: { name },
        as: 'approver',
      }))
    case 'retire':
      return void (await t.ask('DELETE', '/v1/purposes/spare', { as: 'approver' }))
  }
}

const purposeOfNewsletter = cleanActivity().purposes![0]!.purpose

/** What is asked at every moment. */
const questions = [
  ...keys.flatMap((key) => [
    `${activities}/${key}`,
    `${activities}/${key}?revision=proposed`,
    `${activities}/${key}/findings`,
    `${activities}/${key}/history`,
  ]),
  `${activities}?limit=200`,
  `${activities}?role=controller&purpose=${purposeOfNewsletter}`,
  `${activities}?q=two`,
  `${activities}?status=retired`,
  `${activities}?status=in-review`,
  `${activities}?country=US`,
  `${activities}?specialCategories=false`,
  `${activities}?reviewDueBefore=2090-06-01`,
  '/v1/purposes?limit=200',
  `/v1/purposes/${purposeOfNewsletter}/usage`,
  '/v1/purposes/spare',
  '/v1/reports/findings',
  '/v1/reports/article-30?format=json',
]

/** An answer, without what says when it was given. */
const timeless = (text: string) =>
  text
    .replace(/"(registerVersion|generatedAt|asOf)":("[^"]*"|\d+),?/g, '')
    .replace(/urn:uuid:[0-9a-f-]+/g, '')
    .replace(/"nextCursor":"[^"]*"/g, '')

const answers = async (asOf?: string): Promise<string[]> => {
  const found: string[] = []
  for (const question of questions) {
    const url = asOf === undefined ? question : `${question}${question.includes('?') ? '&' : '?'}asOf=${asOf}`
    const { status, text } = await t.ask('GET', url)
    found.push(`${question} ${status} ${timeless(text)}`)
  }
  const check = {
    purpose: purposeOfNewsletter,
    dataCategories: [cleanActivity().data![0]!.dataCategory],
    subprocessors: [],
  }
  const { text } = await t.ask('POST', '/v1/checks', { body: { ...check, ...(asOf && { asOf }) } })
  found.push(`check ${timeless(text)}`)
  return found
}

test('every moment of any sequence of writes reads as it did then', async () => {
  const moments: { at: string; expected: string[] }[] = []
  const seed = Number(process.env.SEED ?? Date.now() % 1_000_000)
  const steps = fc.sample(step, { numRuns: 70, seed })
  let last = 0
  for (const taken of steps) {
    await take(taken)
    const { json: head } = await t.ask('GET', '/v1/history/head')
    if (head.position === last) continue
    last = head.position
    moments.push({ at: head.recordedAt, expected: await answers() })
    // Two events in one millisecond would be one moment.
    await new Promise((resolve) => setTimeout(resolve, 3))
  }
  expect(moments.length).toBeGreaterThan(15)
  for (const { at, expected } of moments) {
    const then = await answers(at)
    for (const [index, answer] of then.entries())
      expect(`seed ${seed}, ${at}: ${answer}`).toBe(`seed ${seed}, ${at}: ${expected[index]}`)
  }
  expect((await t.ask('GET', '/v1/history/verify')).json).toMatchObject({ valid: true, problems: [] })
}, 120_000)
