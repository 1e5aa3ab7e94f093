import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { parse } from 'csv-parse/sync'
import exceljs from 'exceljs'
import { strFromU8, unzipSync } from 'fflate'
import { de } from '../../../src/reports/language/de.ts'
import { en } from '../../../src/reports/language/en.ts'
import { es } from '../../../src/reports/language/es.ts'
import { fr } from '../../../src/reports/language/fr.ts'
import { it } from '../../../src/reports/language/it.ts'
import { nl } from '../../../src/reports/language/nl.ts'
import { createTestApp, loadFixtures } from '../../support/app.ts'
import { cleanActivity } from '../../support/fixtures.ts'
import { type Element, missingIn, readDocx, readPdf, readXlsx, squeezed, wordsOf } from '../../support/report-text.ts'

const languages = { en, de, fr, es, it, nl }
type Code = keyof typeof languages
const codes = Object.keys(languages) as Code[]

let t: Awaited<ReturnType<typeof createTestApp>>
/** Long enough to take several rows of a spreadsheet, with what XML and formulas would trip over. */
const long = Array.from({ length: 120 }, (_, i) => `Ωmega & <b> "Ж" ${i} sentence that goes on for a while.`).join(' ')

beforeAll(async () => {
  t = await createTestApp()
  await loadFixtures(t.ask)
  const odd = cleanActivity({
    name: "='odd' <activity>",
    description: long,
    services: [],
    securityMeasures: undefined,
    performedFrom: '2020-02-29',
    statements: { '/securityMeasures': { state: 'notApplicable', reason: 'Nothing is stored.' } },
    references: [{ title: 'Contract', url: 'https://example.org/a?b=1&c=2' }],
  })
  expect((await t.ask('PUT', '/v1/processing-activities/odd', { body: odd })).status).toBe(201)
})
afterAll(() => t.close())

const report = (query: string) => t.ask('GET', `/v1/reports/article-30?${query}`, { as: 'reader' })

type Activity = {
  key: string
  name: string
  description?: string
  elements: Element[]
  findings: { message: string }[]
}
type Report = { records: { organisation: { name: string; elements: Element[] }; activities: Activity[] }[] }
const model = async (role: string, language: Code): Promise<Report> =>
  (await report(`format=json&role=${role}&language=${language}`)).json

/** What a printed report must have, in order. */
const printed = ({ records }: Report, { states, report: words }: (typeof languages)[Code]) =>
  records.flatMap(({ organisation, activities }) => [
    ...organisation.elements.flatMap((element) => [element.label, ...wordsOf(element, states)]),
    ...activities.flatMap((activity) => [
      activity.name,
      activity.description ?? '',
      ...activity.elements
        .filter(({ article }) => article)
        .flatMap((element) => [element.label, ...wordsOf(element, states)]),
      words.beyond,
      ...activity.elements
        .filter(({ article }) => !article)
        .flatMap((element) => [element.label, ...wordsOf(element, states)]),
      ...activity.findings.map(({ message }) => message),
    ]),
  ])

describe.each(codes)('in %s', (code) => {
  const words = languages[code]

  test.each(['controller', 'processor'])(
    '%s: the document has every field of the model, in its order',
    async (role) => {
      const text = await readDocx((await report(`format=docx&role=${role}&language=${code}`)).bytes)
      expect(missingIn(text, printed(await model(role, code), words))).toEqual([])
      expect(text).not.toContain('undefined')
    },
  )

  test.each(['controller', 'processor'])('%s: the PDF has every field, bookmarks and tags', async (role) => {
    const { text, outline, tags } = await readPdf((await report(`format=pdf&role=${role}&language=${code}`)).bytes)
    const read = await model(role, code)
    expect(missingIn(text, printed(read, words))).toEqual([])
    expect(text).not.toContain('undefined')
    expect(outline.map(({ title }) => title)).toEqual([
      words.report.whatArticle30Asks,
      ...read.records.map(({ organisation }) => organisation.name),
    ])
    expect(outline[1]!.items.map(({ title }: { title: string }) => title)).toEqual(
      read.records[0]!.activities.map(({ name }) => name),
    )
    expect(JSON.stringify(tags)).toContain('"role":"H1"')
  })

  test.each(['controller', 'processor'])('%s: the sheet has every field under its heading', async (role) => {
    const { sheets } = await readXlsx((await report(`format=xlsx&role=${role}&language=${code}`)).bytes)
    const rows = sheets.get(words.catalogue.activities)!
    for (const activity of (await model(role, code)).records.flatMap(({ activities }) => activities)) {
      const own = rows.filter((row) => row[words.columns.key] === activity.key)
      expect(own[0]![words.columns.activity]).toBe(activity.name)
      for (const element of activity.elements) {
        const column = Object.keys(rows[0]!).find((heading) =>
          element.article ? heading.endsWith(`: ${element.label}`) : heading === element.label,
        )!
        const cells = squeezed(own.map((row) => row[column]).join(' '))
        const [only] = element.entries
        const wanted = only?.date === undefined ? [...wordsOf(element, words.states)] : [only.date]
        expect({ column, missing: missingIn(cells, wanted) }).toEqual({ column, missing: [] })
      }
    }
  })

  test('the labels are of the language, the content as it was written', async () => {
    const { records } = await model('controller', code)
    const element = records[0]!.activities[0]!.elements.find(({ id }) => id === 'purposes')!
    expect(element.label).toBe(words.labels.purposes)
    expect(element.entries[0]!.text).toContain('Send the newsletter')
    expect((await report(`format=html&language=${code}`)).text).toContain(`<html lang="${code}">`)
  })
})

test('the sheet has a frozen head, a filter, widths, real dates, and links to the sheets of the catalogue', async () => {
  const { bytes } = await report('format=xlsx')
  const { workbook, sheets } = await readXlsx(bytes)
  expect([...sheets.keys()]).toEqual([
    en.catalogue.about,
    en.catalogue.activities,
    ...Object.values(en.catalogue).slice(0, 9),
  ])
  const sheet = workbook.getWorksheet(en.catalogue.activities)!
  expect(sheet.views[0]).toMatchObject({ state: 'frozen', xSplit: 1, ySplit: 1 })
  expect(sheet.autoFilter).toMatch(/^A1:/)
  expect(sheet.pageSetup).toMatchObject({ orientation: 'landscape', paperSize: 8 })
  expect(sheet.getColumn(1).width).toBe(28)
  const performed = sheet.getColumn((sheet.getRow(1).values as string[]).indexOf(en.labels.performedFrom))
  const days = (performed.values as unknown[]).filter((value) => value instanceof Date)
  expect(days).toContainEqual(new Date('2020-02-29T00:00:00Z'))
  const files = unzipSync(new Uint8Array(bytes))
  const register = strFromU8(files['xl/worksheets/sheet2.xml']!)
  expect(register).toContain(`location="'${en.catalogue.organisations}'!A2"`)
  const purposes = strFromU8(files['xl/worksheets/sheet4.xml']!)
  expect(purposes).toContain(`location="'${en.catalogue.activities}'!A2"`)
})

test('each entry of the catalogue that an activity names has a row in its sheet', async () => {
  const { sheets } = await readXlsx((await report('format=xlsx')).bytes)
  const named = (sheet: string) => sheets.get(sheet)!.map((row) => row[en.columns.key])
  expect(named(en.catalogue.purposes)).toContain('newsletter')
  expect(named(en.catalogue.subprocessors)).toContain('mail-delivery')
  expect(named(en.catalogue['data-categories'])).not.toContain('sick-notes')
})

test('an activity is one row, however long its cells are; what a cell cannot hold ends with a word about it', async () => {
  const long = await createTestApp()
  try {
    await loadFixtures(long.ask)
    for (let n = 0; n < 30; n++)
      await long.ask('PUT', `/v1/recipients/long-${n}`, {
        body: {
          name: `Recipient ${n}`,
          kind: 'external',
          countries: ['DE'],
          description: 'What they get. '.repeat(130),
        },
      })
    const { json } = await long.ask('GET', '/v1/processing-activities/newsletter')
    const recipients = Array.from({ length: 30 }, (_, n) => ({ recipient: `long-${n}` }))
    await long.ask('PUT', '/v1/processing-activities/newsletter', { body: { ...json, recipients } })
    for (const query of ['format=xlsx', 'layout=ico', 'layout=cnil']) {
      const { bytes } = await long.ask('GET', `/v1/reports/article-30?${query}`)
      const workbook = new exceljs.Workbook()
      await workbook.xlsx.load(bytes as never)
      const sheet = workbook.worksheets.find(({ rowCount, name }) => rowCount > 1 && name !== en.catalogue.about)!
      const texts: string[] = []
      sheet.eachRow((row) => row.eachCell((cell) => texts.push(cell.text)))
      expect(Math.max(...texts.map(({ length }) => length))).toBeLessThanOrEqual(32_767)
      if (query === 'format=xlsx') {
        expect(sheet.rowCount).toBe(2)
        expect(texts.filter((text) => text.endsWith(en.report.cut))).toHaveLength(1)
      }
    }
  } finally {
    await long.close()
  }
}, 30_000)

test('CSV begins with a byte order mark when it is asked for, and a text’s own apostrophe is kept', async () => {
  expect((await report('format=csv')).text.startsWith('Activity')).toBe(true)
  const { text } = await report('format=csv&bom=true')
  const rows: Record<string, string>[] = parse(text, { columns: true, bom: true })
  expect(rows.find((row) => row.Key === 'odd')!.Activity).toBe("'='odd' <activity>")
})

test('the language follows Accept-Language, else it is English', async () => {
  const asked = (accept: string) => t.ask('GET', '/v1/reports/article-30', { headers: { 'accept-language': accept } })
  expect((await asked('pt, nl;q=0.8, fr;q=0.5')).json.language).toBe('nl')
  expect((await asked('pt')).headers['content-language']).toBe('en')
})

test('what is proposed is shown, marked, when it is asked for', async () => {
  const strict = await createTestApp({ approvals: 'four-eyes' })
  try {
    await loadFixtures(strict.ask)
    const asked = async (query: string) => (await strict.ask('GET', `/v1/reports/article-30?${query}`)).json
    expect((await asked('')).records[0]).toMatchObject({ proposed: 1, activities: [] })
    const inWords = 'No processing activity in this role is in force; 1 is proposed and not approved yet.'
    expect((await strict.ask('GET', '/v1/reports/article-30?format=html')).text).toContain(inWords)
    const { bytes: pdf } = await strict.ask('GET', '/v1/reports/article-30?format=pdf')
    expect(squeezed((await readPdf(pdf)).text)).toContain(squeezed(inWords))
    const { activities } = (await asked('proposals=true')).records[0]
    expect(activities).toMatchObject([{ key: 'newsletter', status: 'draft' }])
    const page = (await strict.ask('GET', '/v1/reports/article-30?proposals=true&format=html')).text
    expect(page).toContain(en.report.proposed)
  } finally {
    await strict.close()
  }
})

test('filters narrow the report down', async () => {
  const keys = async (query: string) =>
    (await report(query)).json.records.flatMap((r: { activities: Activity[] }) => r.activities.map(({ key }) => key))
  expect(await keys('legalBasis=6(1)(a)')).toEqual(['newsletter', 'odd'])
  expect(await keys('legalBasis=6(1)(f)')).toEqual([])
  expect(await keys('service=nobody')).toEqual([])
})
