import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createTestApp, loadFixtures } from '../../support/app.ts'

/** A question that was asked before is answered as if it had not been. */

let t: Awaited<ReturnType<typeof createTestApp>>
beforeAll(async () => {
  t = await createTestApp()
  await loadFixtures(t.ask)
}, 30_000)
afterAll(() => t.close())

const question = { purpose: 'newsletter', dataCategories: ['email-address'] }

const post = async (body: object | string, headers: Record<string, string> = {}) => {
  const { status, headers: answered, text, json } = await t.ask('POST', '/v1/checks', { body, headers, as: 'reader' })
  const { date: _, ...fields } = answered
  return { status, fields, text, json }
}

test('the answer is the same to the byte, with the same header fields', async () => {
  const first = await post(question)
  expect(await post(question)).toEqual(first)
  expect(await post(` ${JSON.stringify(question)}`)).toEqual(first)
  expect(await post(question, { 'register-version-min': '0' })).toEqual(first)
})

test('any change of the register is in the next answer', async () => {
  for (const name of ['One', 'Two']) {
    const before = await post(question)
    await t.ask('PUT', '/v1/purposes/other', { body: { name } })
    const after = await post(question)
    expect(after.json.registerVersion).toBeGreaterThan(before.json.registerVersion)
    expect(Number(after.fields['register-version'])).toBe(after.json.registerVersion)
  }
  await t.ask('DELETE', '/v1/processing-activities/newsletter')
  expect((await post(question)).json.outcome).toBe('fail')
})

test('who may not ask gets nothing of it, and what is no question is refused each time', async () => {
  await post(question)
  for (const key of [undefined, `${t.keys.reader}x`])
    expect((await t.ask('POST', '/v1/checks', { body: question, as: null, ...(key && { key }) })).status).toBe(401)
  for (const wrong of ['{"purpose":1}', '{', '', '{"purpose":"newsletter","dataCategories":[],"__proto__":{}}'])
    for (const _ of [1, 2]) expect([wrong, (await post(wrong)).status]).toEqual([wrong, 400])
})

test('what is asked of a past moment is not remembered for now', async () => {
  const past = { ...question, asOf: '2020-01-01' }
  const first = await post(past)
  expect(first.json.outcome).toBe('fail')
  expect((await post(past)).json).toEqual(first.json)
})
