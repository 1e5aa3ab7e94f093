import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type CheckContext, evaluateCheck } from '../../../src/checks/evaluate.ts'
import type { Candidate } from '../../../src/checks/judge.ts'
import type { CheckQuestion } from '../../../src/checks/schema.ts'
import { createTestApp, loadFixtures } from '../../support/app.ts'
import { cleanActivity } from '../../support/fixtures.ts'

const unknown = { state: 'unknown', reason: 'Nobody could say.' } as const

const candidate = (changes: object = {}, key = 'newsletter'): Candidate => ({
  key,
  revision: 3,
  content: cleanActivity(changes),
})

const ask = (question: Partial<CheckQuestion>, candidates: Candidate[], context: Partial<CheckContext> = {}) =>
  evaluateCheck(
    { purpose: 'newsletter', dataCategories: ['email-address'], ...question },
    {
      candidatesFor: () => candidates,
      lineage: (key) => [key],
      unknownKeys: [],
      at: '2026-06-01',
      registerVersion: 7,
      ...context,
    },
  )

const [row] = cleanActivity().data!

describe('the truth table: what is asked, what one activity says, what comes out', () => {
  const table: [string, Partial<CheckQuestion>, object, 'pass' | 'fail' | 'undetermined'][] = [
    ['the category is there', {}, {}, 'pass'],
    ['the category is not there', { dataCategories: ['address'] }, {}, 'fail'],
    ['the data is stated as unknown', {}, { data: undefined, statements: { '/data': unknown } }, 'undetermined'],
    ['the data is not stated', {}, { data: undefined }, 'fail'],
    [
      'the data is stated as not applicable',
      {},
      { data: undefined, statements: { '/data': { ...unknown, state: 'notApplicable' } } },
      'fail',
    ],
    ['data subjects that are there', { dataSubjectCategories: ['subscribers'] }, {}, 'pass'],
    ['data subjects that are not there', { dataSubjectCategories: ['children'] }, {}, 'fail'],
    [
      'data subjects that are unknown',
      { dataSubjectCategories: ['children'] },
      { data: [{ dataCategory: row!.dataCategory }], statements: { '/data/0/dataSubjectCategories': unknown } },
      'undetermined',
    ],
    ['no recipients asked of none', { recipients: [] }, {}, 'pass'],
    ['a recipient asked of none', { recipients: ['bank'] }, {}, 'fail'],
    ['a recipient that is there', { recipients: ['bank'] }, { recipients: [{ recipient: 'bank' }] }, 'pass'],
    [
      'a recipient, and they are unknown',
      { recipients: ['bank'] },
      { recipients: undefined, statements: { '/recipients': unknown } },
      'undetermined',
    ],
    ['a subprocessor that is there', { subprocessors: ['mail-delivery'] }, {}, 'pass'],
    ['a subprocessor limited to this category', { subprocessors: ['support-desk'] }, {}, 'pass'],
    [
      'a subprocessor limited to another category',
      { subprocessors: ['support-desk'] },
      { subprocessors: [{ subprocessor: 'support-desk', dataCategories: ['address'] }] },
      'fail',
    ],
    ['a subprocessor that is not there', { subprocessors: ['other'] }, {}, 'fail'],
    ['a country of the EEA', { countries: ['DE', 'NO'] }, {}, 'pass'],
    ['a third country with a valid mechanism', { countries: ['US'] }, {}, 'pass'],
    ['a third country without a transfer', { countries: ['CH'] }, {}, 'fail'],
    [
      'a third country, and transfers are unknown',
      { countries: ['CH'] },
      { transfers: undefined, statements: { '/transfers': unknown } },
      'undetermined',
    ],
    [
      'a mechanism that has ended',
      { countries: ['US'] },
      { transfers: [{ destination: { country: 'US' }, mechanism: { article: '45', decision: '(EU) 2016/1250' } }] },
      'fail',
    ],
    [
      'a transfer without mechanism',
      { countries: ['IN'] },
      { transfers: [{ destination: { country: 'IN' } }] },
      'fail',
    ],
    [
      'a transfer whose mechanism is unknown',
      { countries: ['IN'] },
      { transfers: [{ destination: { country: 'IN' } }], statements: { '/transfers/0/mechanism': unknown } },
      'undetermined',
    ],
    ['the legal basis', { legalBasis: '6(1)(a)' }, {}, 'pass'],
    ['another legal basis', { legalBasis: '6(1)(f)' }, {}, 'fail'],
    [
      'a legal basis that is unknown',
      { legalBasis: '6(1)(f)' },
      { purposes: [{ purpose: 'newsletter' }], statements: { '/purposes/0/legalBasis': unknown } },
      'undetermined',
    ],
    ['the system', { service: 'shop' }, {}, 'pass'],
    ['another system', { service: 'other' }, {}, 'fail'],
    [
      'one thing unknown, another missing',
      { service: 'other', recipients: ['bank'] },
      { recipients: undefined, statements: { '/recipients': unknown } },
      'fail',
    ],
    ['processing that has ended', {}, { performedUntil: '2026-05-31' }, 'fail'],
    ['processing on its last day', {}, { performedUntil: '2026-06-01' }, 'pass'],
  ]
  test.each(table)('%s', (_, question, changes, outcome) => {
    const result = ask(question, [candidate(changes)])
    expect(result.outcome).toBe(outcome)
    expect(result.reasons.length).toBeGreaterThan(0)
    expect(result.coveredBy).toEqual(outcome === 'pass' ? [{ key: 'newsletter', revision: 3 }] : [])
    if (outcome === 'fail') expect(result.reasons.some(({ severity }) => severity === 'error')).toBe(true)
  })
})

test('different categories may be covered by different activities, one category only by one', () => {
  const other = candidate({ data: [{ dataCategory: 'address' }], services: ['crm'] }, 'letters')
  expect(
    ask({ dataCategories: ['email-address', 'address'] }, [candidate(), other]).coveredBy.map(({ key }) => key),
  ).toEqual(['letters', 'newsletter'])
  expect(ask({ dataCategories: ['address'], service: 'shop' }, [candidate(), other]).outcome).toBe('fail')
})

test('an ancestor covers a narrower category', () => {
  const lineage = (key: string) => (key === 'work-email' ? ['work-email', 'email-address', 'contact-data'] : [key])
  expect(ask({ dataCategories: ['work-email'] }, [candidate()], { lineage }).outcome).toBe('pass')
  expect(ask({ dataCategories: ['contact-data'] }, [candidate()], { lineage }).outcome).toBe('fail')
})

describe('over HTTP', () => {
  let t: Awaited<ReturnType<typeof createTestApp>>
  beforeAll(async () => {
    t = await createTestApp()
    await loadFixtures(t.ask)
  })
  afterAll(() => t.close())
  const post = (body: object) => t.ask('POST', '/v1/checks', { body, as: 'reader' })

  test('a documented use passes, an undocumented one fails with its reason', async () => {
    const documented = await post({ purpose: 'newsletter', dataCategories: ['email-address'], countries: ['DE', 'US'] })
    expect(documented.json).toMatchObject({ outcome: 'pass', coveredBy: [{ key: 'newsletter', revision: 1 }] })
    expect(documented.json.registerVersion).toBe(Number(documented.headers['register-version']))
    const undocumented = await post({ purpose: 'newsletter', dataCategories: ['email-address'], countries: ['CN'] })
    expect(undocumented.status).toBe(200)
    expect(undocumented.json.outcome).toBe('fail')
    expect(undocumented.json.reasons[0]).toMatchObject({
      severity: 'error',
      article: 'Art. 30(1)(e)',
      pointer: '/countries/0',
      fix: expect.stringContaining('newsletter'),
    })
  })

  test('unknown keys are reasons of a fail, each named', async () => {
    const { json } = await post({ purpose: 'nothing', dataCategories: ['email-address', 'nowhere'], service: 'nobody' })
    expect(json.outcome).toBe('fail')
    expect(json.reasons.map(({ code, pointer }: { code: string; pointer: string }) => [code, pointer])).toEqual([
      ['unknown-key', '/purpose'],
      ['unknown-key', '/dataCategories/1'],
      ['unknown-key', '/service'],
    ])
  })

  test('a descendant is covered by what the catalogue calls its ancestor, a processor never covers', async () => {
    await t.ask('PUT', '/v1/data-categories/work-email', { body: { name: 'Work e-mail', parent: 'email-address' } })
    expect((await post({ purpose: 'newsletter', dataCategories: ['work-email'] })).json.outcome).toBe('pass')
    await t.ask('PUT', '/v1/processing-activities/letters', {
      body: {
        name: 'L',
        role: 'processor',
        organisation: 'example-hosting',
        purposes: [{ purpose: 'newsletter' }],
        data: [{ dataCategory: 'criminal-record' }],
      },
    })
    expect((await post({ purpose: 'newsletter', dataCategories: ['criminal-record'] })).json.outcome).toBe('fail')
  })

  test('the query asks the same, and is cacheable', async () => {
    const body = {
      purpose: 'newsletter',
      dataCategories: ['email-address', 'sick-notes'],
      countries: ['US'],
      recipients: [],
    }
    const asked = await t.ask('POST', '/v1/checks', { body })
    const url = '/v1/checks?purpose=newsletter&dataCategories=email-address,sick-notes&countries=US&recipients='
    const read = await t.ask('GET', url)
    expect(read.json).toEqual(asked.json)
    expect((await t.ask('GET', url, { headers: { 'if-none-match': read.headers.etag! } })).status).toBe(304)
    for (const wrong of ['countries=XX', 'countries=US,US', 'recipients=No+key', 'surplus=1']) {
      const { status, json } = await t.ask('GET', `/v1/checks?purpose=newsletter&dataCategories=&${wrong}`)
      expect([wrong, status, json.errors[0].pointer]).toEqual([wrong, 400, `/query/${wrong.split('=')[0]}`])
    }
  })

  test('a batch answers each question in its order, and the worst of them on the whole', async () => {
    const checks = [
      { purpose: 'newsletter', dataCategories: ['email-address'] },
      { purpose: 'newsletter', dataCategories: ['criminal-record'] },
      { purpose: 'newsletter', dataCategories: ['email-address'], asOf: '2020-01-01' },
    ]
    const { status, json } = await t.ask('POST', '/v1/checks/batch', { body: { checks } })
    expect(status).toBe(200)
    expect(json.outcome).toBe('fail')
    expect(json.results.map(({ outcome }: any) => outcome)).toEqual(['pass', 'fail', 'fail'])
    expect((await t.ask('POST', '/v1/checks', { body: checks[0] })).json).toEqual(json.results[0])
    const none = await t.ask('POST', '/v1/checks/batch', { body: { checks: [] } })
    expect([none.status, none.json.errors[0].pointer]).toEqual([400, '/checks'])
  })

  test('a manifest that is not applied yet is taken as applied and approved, and leaves nothing behind', async () => {
    const before = (await t.ask('GET', '/v1/history/head')).json
    const manifest = {
      version: 1,
      purposes: { orders: { name: 'Deliver what is ordered' } },
      processingActivities: {
        orders: {
          name: 'Orders',
          role: 'controller',
          organisation: 'example-hosting',
          purposes: [{ purpose: 'orders' }],
          data: [{ dataCategory: 'contact-data', dataSubjectCategories: ['subscribers'] }],
        },
      },
    }
    const checks = [{ purpose: 'orders', dataCategories: ['email-address'] }]
    const ask = (body: object) => t.ask('POST', '/v1/checks/batch', { body, as: 'reader' })
    expect((await ask({ checks })).json.outcome).toBe('fail')
    const assumed = await ask({ checks, assuming: { service: 'shop', manifest } })
    expect([assumed.status, assumed.json.outcome, assumed.json.registerVersion]).toEqual([200, 'pass', before.position])
    expect((await ask({ checks })).json.outcome).toBe('fail')
    expect((await t.ask('GET', '/v1/history/head')).json).toEqual(before)
    const claimed = { ...manifest, purposes: { newsletter: { name: 'Mine' } } }
    expect((await ask({ checks, assuming: { service: 'shop', manifest: claimed } })).status).toBe(409)
    expect((await ask({ checks, assuming: { service: 'none', manifest } })).status).toBe(404)
  })

  test('a retired activity covers nothing', async () => {
    await t.ask('DELETE', '/v1/processing-activities/newsletter')
    expect((await post({ purpose: 'newsletter', dataCategories: ['email-address'] })).json.outcome).toBe('fail')
  })
})
