import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Notice } from '../../../src/reports/notice/model.ts'
import { createTestApp, loadFixtures } from '../../support/app.ts'
import { cleanActivity } from '../../support/fixtures.ts'

type App = Awaited<ReturnType<typeof createTestApp>>

describe('for plesk-2018, the notices carry every promise of the policy that the register holds', () => {
  let t: App
  let notices: string
  let disclosures: string
  const persons = ['customers', 'partners', 'website-visitors', 'job-applicants', 'newsletter-subscribers']
  beforeAll(async () => {
    t = await createTestApp({ withExamples: true })
    const { json } = await t.ask('GET', '/v1/data-subject-categories?limit=200')
    const known: string[] = json.items.map(({ key }: { key: string }) => key)
    expect(known).toEqual(expect.arrayContaining(persons))
    const read = async (path: string) =>
      (
        await Promise.all(
          known.map((key) =>
            t.ask(
              'GET',
              `/v1/reports/${path}?dataSubjectCategory=${key}&organisation=plesk-international-gmbh&format=md`,
            ),
          ),
        )
      )
        .map(({ text }) => text.replaceAll('\\', ''))
        .join('\n')
    notices = await read('transparency-notice')
    disclosures = await read('access-disclosure')
  }, 30_000)
  afterAll(() => t.close())

  test.each<[promise: string, facts: (string | RegExp)[]]>([
    [
      'names, addresses, phone numbers, IP addresses are collected directly',
      ['Names', 'Addresses', 'Phone numbers', 'IP addresses', 'provided by the data subject'],
    ],
    ['billing, purchase, shipping', ['Billing information', /[Pp]urchas.*information/, 'Shipping information']],
    ['transactions and service requests', ['transactions', 'Inquiries and service requests']],
    ['user name and password', [/user name/i, /password/i]],
    ['CVs, profiles, pictures', ['CV', /[Pp]rofiles/, /[Pp]ictures/]],
    [
      'collected automatically: anonymised IP, browser type, search terms, country',
      ['collected automatically', /[Aa]nonymised IP addresses/, /[Bb]rowser type/, /[Ss]earch terms/, /country/],
    ],
    ['anonymised data is no personal data, and why', ['anonymous', /identif/]],
    [
      'card payments go through Worldpay; the company never receives card data',
      ['Worldpay', 'never furnished with', 'Credit card data'],
    ],
    ['the role of the payment provider is unknown', [/Acts as.*unknown/]],
    ['subcontractors under similar obligations', ['Obligations of contractors', 'like those of employees']],
    [
      'agreements and standard contractual clauses',
      ['standard contractual clauses', /Data [Pp]rocessing [Aa]greements/],
    ],
    [
      'purposes: contract, licences, updates and security advice, support',
      [/licen[cs]e/, /security, update/, 'Product support', /[Pp]urchases/],
    ],
    [
      'purposes: fraud and piracy prevention, research on anonymised data, newsletters, applications',
      [/[Ff]raud/, /piracy/, /research/i, 'newsletter', /[Jj]ob applications/],
    ],
    ['newsletters only on consent, by double opt-in', ['Consent', /[Dd]ouble.opt-in/]],
    ['time and IP address of the subscription are documented', ['its time and the IP address that was used for it']],
    ['withdrawal by link or mail', [/unsubscribe/, 'privacy@plesk.com']],
    [
      'kept while the contract exists or the purpose needs it',
      [
        'Only for as long as the underlying contract exists',
        'For as long as the data is required for the intended and approved purpose',
      ],
    ],
    [
      'then deleted or anonymised by revolving routines that prevent recovery',
      ['deletion or anonymisation', 'Revolving routines', 'prevent any future recovery'],
    ],
    ['transfers outside of the EEA, with Art. 46 safeguards', ['outside the EEA', 'Art. 46']],
    ['not directed at children', ['not directed at children']],
    ['one legal entity and its affiliates', ['Plesk International GmbH', /group/]],
    ['a data privacy officer and an address answer', ['Data Privacy Officer', 'privacy@plesk.com']],
    [
      'prosecution authorities, and a buyer in a merger, receive data',
      [/[Pp]rosecution authorities/, /[Mm]erg/, /acquir/],
    ],
    ['marketing partners, with permission', [/[Mm]arketing partners/, /permission/]],
    ['web analytics by a third party', ['Google Analytics']],
    ['encryption and anonymisation before collection', [/encrypt/i, /anonymis/]],
    [
      'whether provision is required, and what follows',
      ['Art. 13(2)(e)', 'will likely prevent Plesk from providing certain services'],
    ],
    [
      'rights: access, rectification, erasure, restriction, portability, objection',
      ['Article 15', 'Article 16', 'Article 17', 'Article 18', 'Article 20', 'Article 21'],
    ],
    ['withdrawal, no automated decisions, complaint', ['Article 7(3)', 'Article 22', 'Article 77']],
    ['version, date of issue, change log', [/Version \d+ of/, '## Changes']],
  ])('%s', (_, facts) => {
    for (const fact of facts) expect(notices).toMatch(typeof fact === 'string' ? literally(fact) : fact)
  })

  test('the disclosure has purposes, duration, recipients by name, and the safeguards of transfers', () => {
    for (const fact of [
      'Art. 15(1)(a)',
      'Art. 15(1)(c)',
      'Art. 15(1)(d)',
      'Art. 15(2)',
      'Worldpay',
      'Google Analytics',
    ])
      expect(disclosures).toContain(fact)
    expect(disclosures).not.toContain('Art. 13(')
  })

  test('nothing is glossed over: activities of which nobody knows whom they concern are told, too', () => {
    expect(notices).toContain('Merger, acquisition or sale of business')
    expect(notices).toContain('Processing of which it is not recorded whom it concerns')
  })
})

const literally = (text: string) => new RegExp(text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))

describe('a notice', () => {
  let t: App
  beforeAll(async () => {
    t = await createTestApp()
    await loadFixtures(t.ask)
  })
  afterAll(() => t.close())
  const notice = async (query = ''): Promise<Notice> =>
    (await t.ask('GET', `/v1/reports/transparency-notice?dataSubjectCategory=subscribers&${query}`, { as: 'reader' }))
      .json
  const section = (from: Notice, id: string) => from.sections.find((each) => each.id === id)!
  const put = async (path: string, body: object) => {
    const { status } = await t.ask('PUT', `/v1/${path}`, { body })
    expect([200, 201]).toContain(status)
  }

  test('is in the language that is asked for, as JSON, Markdown and a page', async () => {
    for (const [language, heading] of [
      ['de', 'Ihre Rechte'],
      ['fr', 'Vos droits'],
      ['es', 'Sus derechos'],
      ['it', 'I Suoi diritti'],
      ['nl', 'Uw rechten'],
    ]) {
      expect(section(await notice(`language=${language}`), 'rights').heading).toBe(heading)
      for (const format of ['md', 'html']) {
        const { text } = await t.ask(
          'GET',
          `/v1/reports/transparency-notice?dataSubjectCategory=subscribers&language=${language}&format=${format}`,
        )
        expect(text).toContain(heading)
        expect(text).toContain('Newsletter')
        expect(text).not.toContain('undefined')
      }
    }
  })

  test('has a version and a change log, and says the same as of a past moment', async () => {
    const before = await notice()
    expect(before).toMatchObject({ version: 1, changes: [{ change: 'added', key: 'newsletter' }] })
    await new Promise((resolve) => setTimeout(resolve, 5))
    const moment = new Date().toISOString()
    await put('subprocessors/mail-delivery', { name: 'Mail Delivery Ltd', processing: 'Sends and counts e-mail' })
    await put('processing-activities/newsletter', cleanActivity({ recipients: [{ recipient: 'tax-authorities' }] }))
    const after = await notice()
    expect(after.version).toBe(3)
    expect(after.changes).toMatchObject([
      { change: 'changed', key: 'newsletter', properties: ['recipients'] },
      { change: 'changed', key: 'mail-delivery' },
      { change: 'added', key: 'newsletter' },
    ])
    expect(section(after, 'changes').items[0]).toMatch(/Newsletter – changed \(Categories of recipients\)$/)
    const then = await notice(`asOf=${moment}`)
    expect({ ...then, asOf: undefined }).toEqual({ ...before, asOf: undefined })
  })

  test('tells only what is about the category, and leaves contracts out', async () => {
    await put(
      'processing-activities/mixed',
      cleanActivity({
        name: 'Mixed',
        data: [
          { dataCategory: 'contact-data', dataSubjectCategories: ['pupils'] },
          { dataCategory: 'email-address', dataSubjectCategories: ['subscribers'] },
        ],
      }),
    )
    const { activities } = section(await notice(), 'activities')
    const mixed = activities.find(({ key }) => key === 'mixed')!
    expect(mixed.elements.find(({ id }) => id === 'data')!.entries.map(({ key }) => key)).toEqual(['email-address'])
    expect(mixed.elements.find(({ id }) => id === 'retention')!.entries.map(({ key }) => key)).toEqual([
      'email-address',
    ])
    expect(JSON.stringify(activities)).not.toContain('DPA-')
  })

  test('marks what is missing where it stands and in a list of its own', async () => {
    await put('processing-activities/gaps', cleanActivity({ name: 'Gaps', purposes: undefined }))
    const told = await notice()
    const gaps = section(told, 'activities').activities.find(({ key }) => key === 'gaps')!
    expect(gaps.elements.find(({ id }) => id === 'purposes')).toMatchObject({ state: 'notStated' })
    expect(section(told, 'missing').items).toContain('Gaps: Purposes of the processing (Art. 13(1)(c)): not stated')
  })

  test('an activity that ended is told in the change log', async () => {
    expect((await t.ask('DELETE', '/v1/processing-activities/gaps')).status).toBe(200)
    expect((await notice()).changes[0]).toMatchObject({ change: 'removed', key: 'gaps' })
  })

  test('what was recorded becomes no markup', async () => {
    await put('processing-activities/markup', cleanActivity({ name: '<b>*bold*</b> [x](javascript:y)\n# head' }))
    const { text } = await t.ask('GET', '/v1/reports/transparency-notice?dataSubjectCategory=subscribers&format=md')
    expect(text).toContain('### \\<b\\>\\*bold\\*\\</b\\> \\[x\\](javascript:y) \\# head')
  })

  test('of a category that no activity in force names is a 404: an empty notice says that nothing is missing', async () => {
    await put('data-subject-categories/nobody-named', { name: 'Nobody named' })
    for (const path of ['transparency-notice', 'access-disclosure'])
      for (const organisation of ['', '&organisation=example-hosting']) {
        const { status, json } = await t.ask(
          'GET',
          `/v1/reports/${path}?dataSubjectCategory=nobody-named${organisation}`,
        )
        expect([status, json.detail]).toEqual([404, expect.stringContaining('names the category “Nobody named”')])
      }
  })

  test('is of the controller that names the category, however many activities of others name nobody', async () => {
    await put('organisations/second', {
      name: 'Second GmbH',
      kind: 'own',
      country: 'DE',
      contact: { email: 'info@second.example' },
    })
    await put('data-subject-categories/theirs', { name: 'Theirs' })
    const [row] = cleanActivity().data!
    const silent = cleanActivity({ data: [{ dataCategory: row!.dataCategory }] })
    for (const key of ['silent-1', 'silent-2', 'silent-3']) await put(`processing-activities/${key}`, silent)
    const theirs = { organisation: 'second', data: [{ ...row!, dataSubjectCategories: ['theirs'] }] }
    await put('processing-activities/theirs', cleanActivity(theirs))
    const asked = (more = '') => t.ask('GET', `/v1/reports/transparency-notice?dataSubjectCategory=theirs${more}`)
    expect((await asked()).json.organisation).toBe('second')
    await put('processing-activities/also', cleanActivity({ ...theirs, organisation: 'example-hosting' }))
    const { status, json } = await asked()
    expect([status, json.errors]).toEqual([
      400,
      [{ pointer: '/query/organisation', message: expect.stringContaining('`example-hosting`, `second`') }],
    ])
    expect((await asked('&organisation=second')).json.organisation).toBe('second')
    for (const key of ['silent-1', 'silent-2', 'silent-3', 'theirs', 'also'])
      await t.ask('DELETE', `/v1/processing-activities/${key}`)
  })

  test('of a category or an organisation that does not exist is a 404', async () => {
    for (const query of ['dataSubjectCategory=nobody', 'dataSubjectCategory=subscribers&organisation=nobody'])
      expect((await t.ask('GET', `/v1/reports/access-disclosure?${query}`)).status).toBe(404)
    expect((await t.ask('GET', '/v1/reports/access-disclosure')).json.errors[0].pointer).toBe(
      '/query/dataSubjectCategory',
    )
  })
})
