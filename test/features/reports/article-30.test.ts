import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { parse } from 'csv-parse/sync'
import { createTestApp, loadFixtures } from '../../support/app.ts'
import { cleanActivity } from '../../support/fixtures.ts'

let t: Awaited<ReturnType<typeof createTestApp>>
const hostile = '<script>alert("x")</script> & "quoted"'
beforeAll(async () => {
  t = await createTestApp()
  await loadFixtures(t.ask)
  const odd = cleanActivity({
    name: '=HYPERLINK("http://evil.example")',
    description: hostile,
    recipients: undefined,
    services: [],
    securityMeasures: undefined,
    owner: undefined,
    statements: {
      '/recipients': { state: 'unknown', reason: 'Nobody asked.' },
      '/securityMeasures': { state: 'notApplicable', reason: 'Nothing is stored.' },
    },
  })
  expect((await t.ask('PUT', '/v1/processing-activities/odd', { body: odd })).status).toBe(201)
})
afterAll(() => t.close())

const report = (query: string, headers = {}) =>
  t.ask('GET', `/v1/reports/article-30?${query}`, { headers, as: 'reader' })

type Element = {
  id: string
  article?: string
  state: string
  reason?: string
  entries: { text: string; date?: string; key?: string; details: Element[] }[]
}
const elementsOf = async (key: string, role = 'controller'): Promise<Record<string, Element>> => {
  const { json } = await report(`format=json&role=${role}&organisation=example-hosting`)
  const activity = json.records[0].activities.find((a: { key: string }) => a.key === key)
  return Object.fromEntries(activity.elements.map((element: Element) => [element.id, element]))
}

test('a controller’s record has every element of Art. 30(1) with its letter', async () => {
  const elements = await elementsOf('newsletter')
  const letters = Object.values(elements).flatMap(({ article }) => article ?? [])
  expect(new Set(letters)).toEqual(
    new Set(['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((letter) => `Art. 30(1)(${letter})`)),
  )
  const all = JSON.stringify(elements)
  for (const fact of [
    'Consent',
    'unticked box',
    'subscribers',
    'mail-delivery',
    'United States (US)',
    'Standard data protection clauses',
    'module 2',
    'SCC-2026-01',
    'Withdrawal of consent',
    'deletion',
    'Encryption in transit',
    'TIA-2026-01',
    'Marketing',
    '1 March 2027',
  ]) {
    expect(all).toContain(fact)
  }
})

test('a processor’s record has every element of Art. 30(2), and each controller', async () => {
  const elements = await elementsOf('hosting', 'processor')
  const letters = Object.values(elements).flatMap(({ article }) => article ?? [])
  expect(letters).toEqual(['Art. 30(2)(a), (b)', 'Art. 30(2)(a)', 'Art. 30(2)(c)', 'Art. 30(2)(d)'])
  expect(JSON.stringify(elements.controllers)).toMatch(/Example Customer SA.*Storage of web sites.*DPA-C-0001/)
})

test('none, unknown, not applicable and not stated are four different things', async () => {
  const elements = await elementsOf('odd')
  expect(elements.services).toMatchObject({ state: 'none' })
  expect(elements.recipients).toMatchObject({ state: 'unknown', reason: 'Nobody asked.' })
  expect(elements.securityMeasures).toMatchObject({ state: 'notApplicable', reason: 'Nothing is stored.' })
  expect(elements.owner).toMatchObject({ state: 'notStated' })
})

describe('CSV', () => {
  test('has a row an activity and the text of every element, and reads back', async () => {
    const { text, headers } = await report('format=csv')
    expect(headers['content-type']).toBe('text/csv; charset=utf-8')
    const rows: Record<string, string>[] = parse(text, { columns: true, record_delimiter: '\r\n' })
    expect(rows.map((row) => row.Key)).toEqual(['newsletter', 'odd'])
    const elements = await elementsOf('newsletter')
    for (const element of Object.values(elements)) {
      for (const { text, date } of element.entries)
        expect(Object.values(rows[0]!).some((cell) => cell.includes(date ?? text))).toBe(true)
    }
  })

  test('no cell begins as a formula does', async () => {
    const rows: string[][] = parse((await report('format=csv')).text, { record_delimiter: '\r\n' })
    for (const cell of rows.flat()) expect(cell).not.toMatch(/^\s*[=+\-@]/)
    expect(rows.flat()).toContain(`'=HYPERLINK("http://evil.example")`)
  })
})

describe('the page', () => {
  test('escapes what users wrote, and may load nothing', async () => {
    const { text, headers } = await report('format=html')
    expect(text).not.toContain('<script')
    expect(text).toContain('&lt;script&gt;')
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-/)
    expect(headers['x-content-type-options']).toBe('nosniff')
    expect(text).not.toContain('undefined')
  })

  test('marks findings', async () => {
    expect((await report('format=html')).text).toContain('class="findings"')
  })
})

test('the format follows Accept; none that fits is a 406', async () => {
  expect((await report('', { accept: 'text/html,*/*;q=0.8' })).headers['content-type']).toMatch(/^text\/html/)
  expect((await report('', { accept: 'text/csv' })).headers['content-type']).toMatch(/^text\/csv/)
  expect((await report('')).headers['content-type']).toMatch(/^application\/json/)
  expect((await report('', { accept: 'image/png' })).status).toBe(406)
  expect((await report('format=odt')).status).toBe(400)
})

test('one organisation, all, and one that does not exist', async () => {
  expect(
    (await report('format=json')).json.records.map((r: { organisation: { key: string } }) => r.organisation.key),
  ).toEqual(['example-hosting'])
  expect((await report('organisation=nobody')).status).toBe(404)
})

test('a report that is broken off gives its connection back', async () => {
  for (let i = 0; i < 30; i++) expect((await report('format=html')).status).toBe(200)
  expect((await t.ask('GET', '/v1/purposes')).status).toBe(200)
})

test.each([
  ['en', '30(2)(a), (b)'],
  ['de', 'Artikel 30 Absatz 2 Buchstabe a, Buchstabe b'],
  ['fr', 'article 30, paragraphe 2, point a), point b)'],
  ['es', 'letra a), letra b)'],
  ['it', 'lettera a), lettera b)'],
  ['nl', 'punt a), punt b)'],
])('a provision with two points is cited as %s does', async (language, cited) => {
  const { text } = await t.ask('GET', `/v1/reports/article-30?role=processor&format=html&language=${language}`)
  expect(text).toContain(cited)
})
