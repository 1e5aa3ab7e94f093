import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { parse } from 'csv-parse/sync'
import type { ActivityContent } from '../../../src/activities/index.ts'
import { createTestApp, loadFixtures } from '../../support/app.ts'
import { cleanActivity } from '../../support/fixtures.ts'
import { readXlsx } from '../../support/report-text.ts'

/** Retention schedule, list of processors, transfers, findings. */

let t: Awaited<ReturnType<typeof createTestApp>>
beforeAll(async () => {
  t = await createTestApp()
  await loadFixtures(t.ask)
  await put('processing-activities/owned', cleanActivity({ purposes: undefined, owner: { unit: 'Sales' } }))
})
afterAll(() => t.close())

const report = (path: string) => t.ask('GET', `/v1/reports/${path}`, { as: 'reader' })
const put = async (path: string, body: object) => {
  const { status } = await t.ask('PUT', `/v1/${path}`, { body })
  expect([200, 201]).toContain(status)
}

describe.each(['retention-schedule', 'subprocessors', 'transfers', 'findings'])('%s', (name) => {
  test('says the same in CSV, XLSX and HTML, in each language', async () => {
    for (const language of ['en', 'de', 'fr', 'es', 'it', 'nl']) {
      const csv: string[][] = parse((await report(`${name}?format=csv&language=${language}`)).text)
      const { sheets } = await readXlsx((await report(`${name}?format=xlsx&language=${language}`)).bytes)
      const [rows] = [...sheets.values()]
      expect(csv.length).toBeGreaterThan(1)
      expect(rows!.map((row) => Object.values(row).map(String))).toEqual(csv.slice(1))
      const page = (await report(`${name}?format=html&language=${language}`)).text
      for (const heading of csv[0]!) expect(page).toContain(`<th scope="col">${heading}</th>`)
      expect(page).not.toMatch(/undefined|\\n/)
    }
  })

  test('of an organisation without activities is empty, and says so', async () => {
    expect((await report(`${name}?organisation=example-partner`)).json.items).toEqual([])
    expect((await report(`${name}?organisation=example-partner&format=html`)).text).toContain('Nothing is recorded.')
  })

  test('as of before anything was recorded is empty', async () => {
    expect((await report(`${name}?asOf=2020-01-01`)).json.items).toEqual([])
  })
})

describe('the retention schedule', () => {
  test('says of each category of data what starts the clock, how long, what then, by which routine, where', async () => {
    const { json } = await report('retention-schedule')
    expect(json.items.find((item: { activity: { key: string } }) => item.activity.key === 'newsletter')).toMatchObject({
      dataCategory: { key: 'email-address', name: 'E-mail address' },
      startsWith: 'Withdrawal of consent',
      disposal: 'delete',
      dataSubjectCategories: [{ key: 'subscribers' }],
    })
  })

  test('a category without a period says why, so that nothing is deleted by mistake', async () => {
    await put('processing-activities/kept-unknown', {
      ...cleanActivity({}),
      data: [{ dataCategory: 'email-address', dataSubjectCategories: ['subscribers'] }],
      statements: { '/data/0/retentionPeriod': { state: 'unknown', reason: 'Nobody decided.' } },
    })
    const { json } = await report('retention-schedule?dataCategory=email-address')
    const item = json.items.find((each: { activity: { key: string } }) => each.activity.key === 'kept-unknown')
    expect(item.notStated).toEqual({ state: 'unknown', reason: 'Nobody decided.' })
    expect((await report('retention-schedule?format=csv')).text).toContain('unknown: Nobody decided.')
    expect((await report('retention-schedule?dataCategory=sick-notes')).json.items).toEqual([])
    expect((await report('retention-schedule?service=nowhere')).json.items).toEqual([])
  })
})

describe('the retention schedule of a period that is not complete', () => {
  test('says of each property what the period says', async () => {
    await put('retention-periods/half-known', {
      name: 'Half known',
      startsWith: 'End of the contract',
      statements: {
        '/duration': { state: 'unknown', reason: 'Under review.' },
        '/legalReference': { state: 'notApplicable', reason: 'No law asks for it.' },
      },
    })
    await put('processing-activities/half-known', {
      ...cleanActivity({}),
      data: [{ dataCategory: 'email-address', dataSubjectCategories: ['subscribers'], retentionPeriod: 'half-known' }],
    })
    const { json } = await report('retention-schedule')
    const item = json.items.find((each: { activity: { key: string } }) => each.activity.key === 'half-known')
    expect(item.statements).toEqual({
      duration: { state: 'unknown', reason: 'Under review.' },
      legalReference: { state: 'notApplicable', reason: 'No law asks for it.' },
    })
    const { text } = await report('retention-schedule?format=csv')
    expect(text).toMatch(
      /Half known,End of the contract,unknown: Under review\.,,,,not applicable: No law asks for it\.,/,
    )
  })
})

describe('the list of processors', () => {
  test('has what may be published: no contract and no contact', async () => {
    const { json, text } = await report('subprocessors')
    expect(json.items[0]).toMatchObject({
      key: 'mail-delivery',
      processing: 'Sends e-mail',
      country: 'IE',
      activities: expect.arrayContaining([expect.objectContaining({ key: 'newsletter' })]),
    })
    expect(json.items[1]).toMatchObject({ key: 'support-desk', transfers: [{ destination: 'US', state: 'valid' }] })
    expect(text).not.toMatch(/DPA-|@mail/)
  })

  test('says what changed since a moment', async () => {
    const before = new Date().toISOString()
    await put('subprocessors/archive', { name: 'Archive Ltd', processing: 'Archives', country: 'IE' })
    const { json: delivery } = await t.ask('GET', '/v1/subprocessors/mail-delivery')
    await put('subprocessors/mail-delivery', { ...delivery, processing: 'Sends and counts e-mail' })
    await put(
      'processing-activities/archiving',
      cleanActivity({ subprocessors: [{ subprocessor: 'archive', engagedBy: 'mail-delivery' }] }),
    )
    const { json } = await report(`subprocessors?changedSince=${before}`)
    expect(json.changes).toEqual([
      { change: 'added', key: 'archive', name: 'Archive Ltd', properties: [] },
      { change: 'changed', key: 'mail-delivery', name: 'Mail Delivery Ltd', properties: ['processing'] },
    ])
    expect(json.items[0].engagedBy).toEqual([{ key: 'mail-delivery', name: 'Mail Delivery Ltd' }])
    const back = await report(`subprocessors?asOf=${before}&changedSince=${new Date().toISOString()}`)
    expect(back.json.changes).toContainEqual({ change: 'removed', key: 'archive', name: 'Archive Ltd', properties: [] })
    expect((await report('subprocessors?changedSince=2999-01-01')).json.errors[0].pointer).toBe('/query/changedSince')
  })
})

type Transfer = NonNullable<ActivityContent['transfers']>[number]

describe('transfers', () => {
  const toUs = (mechanism?: Transfer['mechanism'], certification?: Transfer['certification']): Transfer => ({
    destination: { country: 'US' },
    ...(mechanism && { mechanism }),
    ...(certification && { certification }),
  })
  const item = async (query: string, key: string) =>
    (await report(`transfers?${query}`)).json.items.find(
      ({ activity, through }: { activity: { key: string }; through: string }) =>
        activity.key === key && through === 'activity',
    )

  test('are judged by the law of the day', async () => {
    await put(
      'processing-activities/framework',
      cleanActivity({ transfers: [toUs({ article: '45' }, { scheme: 'US-DPF', verifiedOn: '2026-01-10' })] }),
    )
    await put(
      'processing-activities/shield',
      cleanActivity({ transfers: [toUs({ article: '45', decision: '(EU) 2016/1250' })] }),
    )
    await put('processing-activities/nothing', cleanActivity({ transfers: [toUs(undefined)] }))
    expect(await item('', 'framework')).toMatchObject({ state: 'valid', restsOn: '(EU) 2023/1795' })
    expect(await item('', 'shield')).toMatchObject({ state: 'invalid', decision: '(EU) 2016/1250' })
    expect(await item('', 'nothing')).toMatchObject({ state: 'missing', destination: 'US' })
    expect((await item('language=nl', 'shield')).reason).toContain('geëindigd op 16 juli 2020')
  })

  test('what breaks if a decision falls', async () => {
    const { json } = await report('transfers?without=adequacy:US-DPF')
    expect(json.without).toBe('(EU) 2023/1795')
    expect(json.items.map(({ activity }: { activity: { key: string } }) => activity.key)).toEqual(['framework'])
    expect((await report('transfers?without=clauses:2021/914')).json.items.length).toBeGreaterThan(0)
    const { status, json: problem } = await report('transfers?without=adequacy:Atlantis')
    expect(status).toBe(400)
    expect(problem.errors[0]).toMatchObject({ pointer: '/query/without' })
    expect(problem.errors[0].message).toContain('adequacy:US-DPF')
  })

  test('clauses that name no set are judged by the day on which they were signed', async () => {
    const signed = (signedOn: string): Transfer[] => [
      { ...toUs({ article: '46(2)(c)' }), documents: [{ kind: 'standard-contractual-clauses', signedOn }] },
    ]
    await put('processing-activities/clauses', cleanActivity({ transfers: signed('2015-03-01') }))
    expect(await item('', 'clauses')).toMatchObject({ state: 'invalid' })
    await put('processing-activities/clauses', cleanActivity({ transfers: signed('2024-03-01') }))
    expect(await item('', 'clauses')).toMatchObject({ state: 'valid', restsOn: '(EU) 2021/914' })
  })
})

describe('the report of findings', () => {
  test('can be asked by severity, provision, organisation and owner', async () => {
    const rows = async (query: string): Promise<Record<string, string>[]> =>
      parse((await report(`findings?format=csv&${query}`)).text, { columns: true })
    const all = await rows('')
    const errors = await rows('severity=error')
    expect(errors.length).toBe(all.filter((row) => row.Severity === 'error').length)
    const letter = await rows('article=30(1)(b)')
    expect(letter.length).toBeGreaterThan(0)
    for (const row of letter) expect(row.Provision).toMatch(/^Art\. 30\(1\)\(b\)/)
    expect((await rows('article=3')).every((row) => row.Provision!.startsWith('Art. 3('))).toBe(true)
    for (const row of await rows('owner=Sales')) expect(row.Activity).toBe('Newsletter')
    expect((await report('findings?owner=Sales')).json.items.map((item: { key: string }) => item.key)).toEqual([
      'owned',
    ])
  })

  test('has the sums in a sheet of its own', async () => {
    const { sheets } = await readXlsx((await report('findings?format=xlsx')).bytes)
    const sum = sheets.get('Summary')!.reduce((total, row) => total + Number(row.Number), 0)
    expect(sum).toBe(sheets.get('Findings')!.length)
  })
})
