import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createTestApp, loadFixtures } from '../../support/app.ts'
import { cleanActivity } from '../../support/fixtures.ts'

let t: Awaited<ReturnType<typeof createTestApp>>
beforeAll(async () => {
  t = await createTestApp()
  await loadFixtures(t.ask)
  const special = { name: 'Health', specialCategory: 'health' }
  await t.ask('PUT', '/v1/data-categories/health', { body: special })
  const patients = cleanActivity({
    name: 'Patients',
    data: [{ dataCategory: 'health', dataSubjectCategories: ['subscribers'], condition: { article: '9(2)(h)' } }],
    purposes: [{ purpose: 'newsletter', legalBasis: { article: '6(1)(c)' } }],
    subprocessors: [],
    transfers: [],
    services: [],
    review: { nextReviewOn: '2026-01-15' },
  })
  expect((await t.ask('PUT', '/v1/processing-activities/patients', { body: patients })).status).toBe(201)
})
afterAll(() => t.close())

test.each([
  ['', ['hosting', 'newsletter', 'patients']],
  ['role=processor', ['hosting']],
  ['role=controller&legalBasis=6(1)(a)', ['newsletter']],
  ['organisation=example-customer', ['hosting']],
  ['organisation=example-hosting', ['hosting', 'newsletter', 'patients']],
  ['service=shop', ['newsletter']],
  ['purpose=newsletter', ['newsletter', 'patients']],
  ['dataCategory=health', ['patients']],
  ['dataSubjectCategory=subscribers&dataCategory=email-address', ['newsletter']],
  ['subprocessor=mail-delivery', ['hosting', 'newsletter']],
  ['subprocessor=mail-delivery&role=controller', ['newsletter']],
  ['retentionPeriod=until-withdrawal', ['newsletter']],
  ['legalBasis=6(1)(c)', ['patients']],
  ['country=US', ['newsletter']],
  ['country=FR', ['hosting']],
  ['country=CN', []],
  ['specialCategories=true', ['patients']],
  ['specialCategories=false', ['hosting', 'newsletter']],
  ['reviewDueBefore=2026-02-01', ['patients']],
  ['reviewDueBefore=2026-01-15', []],
  ['q=patien', ['patients']],
  ['recipient=absent', []],
  ['status=retired', []],
])('the list filtered by "%s"', async (query, keys) => {
  const { status, json } = await t.ask('GET', `/v1/processing-activities?${query}`)
  expect(status).toBe(200)
  expect(json.items.map((item: { key: string }) => item.key)).toEqual(keys)
})

test('a category that becomes special shows in the filter without a change of the activity', async () => {
  await t.ask('PUT', '/v1/data-categories/email-address', {
    body: { name: 'E-mail address', specialCategory: 'health' },
  })
  const { json } = await t.ask('GET', '/v1/processing-activities?specialCategories=true')
  expect(json.items.map((item: { key: string }) => item.key)).toEqual(['newsletter', 'patients'])
  await t.ask('PUT', '/v1/data-categories/email-address', { body: { name: 'E-mail address' } })
})

test('an incomplete activity is stored, and its findings say what is missing', async () => {
  const body = { name: 'Idea', role: 'controller', organisation: 'example-hosting' }
  expect((await t.ask('PUT', '/v1/processing-activities/idea', { body })).status).toBe(201)
  const { json } = await t.ask('GET', '/v1/processing-activities/idea/findings')
  expect(json.items.map(({ code }: { code: string }) => code)).toEqual(
    expect.arrayContaining(['data-missing', 'recipients-missing']),
  )
  expect(json.items.find(({ code }: { code: string }) => code === 'data-missing')).toMatchObject({
    severity: 'error',
    basis: 'law',
  })
  expect((await t.ask('GET', '/v1/processing-activities/absent/findings')).status).toBe(404)
  const register = await t.ask('GET', '/v1/reports/findings?severity=error')
  const idea = register.json.items.find(({ key }: { key: string }) => key === 'idea')
  expect(idea.findings.every(({ severity }: { severity: string }) => severity === 'error')).toBe(true)
  await t.ask('DELETE', '/v1/processing-activities/idea')
})

test('an unknown reference anywhere is a 422 that names each', async () => {
  const body = cleanActivity({
    services: ['shop', 'no-service'],
    securityMeasures: ['no-measure'],
    transfers: [{ to: { recipient: 'no-recipient' }, destination: { country: 'US' } }],
  })
  const { status, json } = await t.ask('PUT', '/v1/processing-activities/wrong', { body })
  expect(status).toBe(422)
  expect(json.errors.map(({ pointer }: { pointer: string }) => pointer).sort()).toEqual([
    '/securityMeasures/0',
    '/services/1',
    '/transfers/0/to/recipient',
  ])
})

test('two elements for one entry are refused', async () => {
  const [row] = cleanActivity().data!
  const { status, json } = await t.ask('PUT', '/v1/processing-activities/wrong', {
    body: cleanActivity({ data: [row!, row!] }),
  })
  expect(status).toBe(400)
  expect(json.errors).toEqual([{ pointer: '/data/1/dataCategory', message: expect.stringContaining('/0') }])
})

test('usage says which activities refer to an entry, and where', async () => {
  const { json } = await t.ask('GET', '/v1/subprocessors/support-desk/usage')
  expect(json.items).toEqual([
    {
      resource: 'processing-activities',
      key: 'newsletter',
      name: 'Newsletter',
      pointers: ['/subprocessors/1/subprocessor', '/transfers/0/to/subprocessor'],
    },
  ])
})
