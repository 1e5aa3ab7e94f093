import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createTestApp, loadFixtures } from '../../support/app.ts'
import { cleanActivity } from '../../support/fixtures.ts'
import { readXlsx } from '../../support/report-text.ts'

let t: Awaited<ReturnType<typeof createTestApp>>
beforeAll(async () => {
  t = await createTestApp()
  await loadFixtures(t.ask)
  const { status } = await t.ask('PUT', '/v1/processing-activities/plain', {
    body: cleanActivity({ name: 'Plain', tags: ['seasonal'], recipients: [{ recipient: 'tax-authorities' }] }),
  })
  expect(status).toBe(201)
})
afterAll(() => t.close())

const sheetsOf = async (layout: string) =>
  (await readXlsx((await t.ask('GET', `/v1/reports/article-30?layout=${layout}`, { as: 'reader' })).bytes)).sheets

describe('the layout of the ICO', () => {
  test('has the facts in the columns of its template', async () => {
    const [row] = (await sheetsOf('ico')).get('Controller')!
    expect(row).toMatchObject({
      Organisation: 'Example Hosting GmbH',
      'Purpose of processing': expect.stringContaining('Send the newsletter'),
      'Categories of individuals': expect.stringContaining('Newsletter subscribers'),
      'Article 6 lawful basis for processing personal data': expect.stringContaining('Art. 6(1)(a): Consent'),
      'Link to record of consent': expect.stringContaining('unticked box'),
      'Retention schedule (if possible)': expect.stringContaining('Withdrawal of consent'),
      'The source of the personal data (if applicable)': expect.stringContaining('provided by the data subject'),
      'Has a personal data breach occurred?': '',
    })
  })

  test('a name stays whole, whatever is in it, and its description is left to the column that has both', async () => {
    const body = { name: 'Marketing: letters', description: 'What is sent by post.' }
    expect((await t.ask('PUT', '/v1/purposes/letters', { body })).status).toBe(201)
    const purposes = [{ purpose: 'letters', legalBasis: { article: '6(1)(f)' as const } }]
    await t.ask('PUT', '/v1/processing-activities/letters', { body: cleanActivity({ name: 'Letters', purposes }) })
    const row = (await sheetsOf('ico'))
      .get('Controller')!
      .find((row) => String(row['Purpose of processing']).includes('letters'))
    expect(row!['Article 6 lawful basis for processing personal data']).toMatch(
      /^Marketing: letters: Art\. 6\(1\)\(f\)/,
    )
    expect(row!['Purpose of processing']).toBe('Marketing: letters: What is sent by post.')
    await t.ask('DELETE', '/v1/processing-activities/letters')
  })

  test('the loss report names what has no column, and what is empty', async () => {
    const losses = (await sheetsOf('ico')).get('Loss report')!
    const of = (kind: string) => losses.filter((row) => row.Kind === kind).map((row) => [row.What, row.Activities])
    expect(of('Recorded, and the template has no column for it')).toContainEqual(['Tags', 1])
    expect(of('Column of the template that is empty')).toContainEqual(['Has a personal data breach occurred?', 2])
  })
})

describe('the layout of the CNIL', () => {
  test('is French, tells recipients and measures apart, and has the days of the record', async () => {
    const sheets = await sheetsOf('cnil')
    const rows = sheets.get('Registre')!
    const plain = rows.find((row) => row['N° / référence'] === 'plain')!
    expect(plain).toMatchObject({
      'Destinataires internes': '',
      'Organismes externes': expect.stringContaining('Tax authorities'),
      'Chiffrement des données': expect.stringContaining('Encryption in transit'),
      'Mesures de traçabilité': '',
      'Date de création': new Date().toISOString().slice(0, 10),
      'Durées de conservation': expect.stringContaining('À compter de'),
    })
    expect(sheets.get('Pertes')!.map((row) => row.Élément)).toContain('Mots-clés')
  })
})

test('every fact of the record is in a column or in the loss report', async () => {
  for (const [layout, sheet, loss, what] of [
    ['ico', 'Controller', 'Loss report', 'What'],
    ['cnil', 'Registre', 'Pertes', 'Élément'],
  ] as const) {
    const sheets = await sheetsOf(layout)
    const cells = sheets
      .get(sheet)!
      .flatMap((row) => Object.values(row))
      .join('\n')
    const lost = sheets.get(loss)!.map((row) => String(row[what]))
    const { json } = await t.ask('GET', `/v1/reports/article-30?language=${layout === 'ico' ? 'en' : 'fr'}`)
    for (const { elements } of json.records[0].activities)
      for (const { label, state, entries } of elements)
        if (state === 'stated')
          for (const { text } of entries)
            expect([label, cells.includes(text) || lost.includes(label)]).toEqual([label, true])
  }
})

test('is for controllers, and comes as XLSX', async () => {
  const { status, json } = await t.ask('GET', '/v1/reports/article-30?layout=ico&role=processor&format=pdf')
  expect(status).toBe(400)
  expect(json.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(['/query/role', '/query/format'])
})

test('what is stated as unknown about the whole stands in the columns of its details, too', async () => {
  const { status } = await t.ask('PUT', '/v1/processing-activities/unclear', {
    body: {
      ...cleanActivity({ name: 'Unclear', data: undefined }),
      statements: { '/data': { state: 'unknown', reason: 'Nobody has said which.' } },
    },
  })
  expect(status).toBe(201)
  const column = { ico: 'Retention schedule (if possible)', cnil: 'Durées de conservation' }
  for (const [layout, sheet, key] of [
    ['ico', 'Controller', column.ico],
    ['cnil', 'Registre', column.cnil],
  ] as const)
    expect((await sheetsOf(layout)).get(sheet)!.map((row) => row[key])).toContainEqual(
      expect.stringContaining('Nobody has said which.'),
    )
})
