import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import ExcelJS from 'exceljs'
import { createTestApp } from '../../support/app.ts'

const types = {
  csv: 'text/csv',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
} as const
type Format = keyof typeof types

type App = Awaited<ReturnType<typeof createTestApp>>
const exported = async (t: App, format: Format) => (await t.ask('GET', `/v1/exports?format=${format}`)).bytes
const imported = (
  t: App,
  bytes: Buffer | string,
  format: Format,
  query = 'dryRun=false',
  as: 'admin' | 'approver' = 'admin',
) => t.ask('POST', `/v1/imports?${query}`, { body: bytes, headers: { 'content-type': types[format] }, as })

/** Every entry of a register, without what the register itself says of it. */
const everything = async (t: App): Promise<Record<string, unknown>> => {
  const all: Record<string, unknown> = {}
  for (const resource of [
    'organisations',
    'purposes',
    'data-categories',
    'data-subject-categories',
    'recipients',
    'subprocessors',
    'retention-periods',
    'security-measures',
    'services',
    'processing-activities',
  ]) {
    for (let cursor = ''; ; ) {
      const { json } = await t.ask('GET', `/v1/${resource}?limit=200${cursor}`)
      for (const { meta: _, key, ...content } of json.items) all[`${resource}/${key}`] = content
      if (json.nextCursor === null) break
      cursor = `&cursor=${json.nextCursor}`
    }
  }
  return all
}

let examples: App
beforeAll(async () => {
  examples = await createTestApp({ withExamples: true })
  // What a table could easily lose.
  const odd = {
    name: '=1+1',
    role: 'processor',
    organisation: 'plesk-international-gmbh',
    description: `'quoted, "double"\r\n[not JSON] ${'long '.repeat(1500)}x`,
    controllers: Array.from({ length: 3 }, (_, i) => ({
      organisation: ['plesk-international-gmbh', 'beispiel-hosting', 'plesk-direct-affiliates'][i],
      categoriesOfProcessing: [['[bracket]', 'two\nlines'], ['plain'], []][i],
    })),
    recipients: [],
    subprocessors: [],
    transfers: [
      {
        destination: { internationalOrganisation: '{European} Patent Office' },
        documents: [{ kind: 'other', reference: 'R' }],
      },
      { destination: { country: 'US' }, mechanism: { article: '46(2)(c)', sccModule: 3 } },
    ],
    assessments: {},
    tags: ['a', 'b c'],
    owner: { unit: '"Quoted" unit', contact: { email: 'unit@plesk.example' } },
    automatedDecisions: { exists: false },
    performedFrom: '2020-02-29',
    statements: { '/securityMeasures': { state: 'unknown', reason: 'Nobody "asked",\nyet.' } },
  }
  const { status, text } = await examples.ask('PUT', '/v1/processing-activities/odd', { body: odd })
  expect([status, text]).toEqual([201, expect.anything()])
}, 30_000)
afterAll(() => examples.close())

describe.each(['csv', 'xlsx'] as const)('%s', (format) => {
  test('what was exported is imported into an empty register without loss', async () => {
    const bytes = await exported(examples, format)
    const empty = await createTestApp()
    try {
      const tried = await imported(empty, bytes, format, '')
      expect(tried.status).toBe(201)
      expect(tried.json).toMatchObject({ dryRun: true, status: 'would-apply', refused: 0 })
      expect(Object.keys(await everything(empty))).toEqual(['services/shop'])

      const { json, headers } = await imported(empty, bytes, format)
      expect(json).toMatchObject({ status: 'applied', refused: 0, created: tried.json.created })
      expect(json.rows).toEqual(tried.json.rows)
      expect(await everything(empty)).toEqual(await everything(examples))
      expect((await empty.ask('GET', headers.location!)).json).toEqual(json)
      expect((await empty.ask('GET', '/v1/history/verify')).json.valid).toBe(true)
    } finally {
      await empty.close()
    }
  })

  test('imported where it came from, it changes nothing', async () => {
    const { json } = await imported(examples, await exported(examples, format), format)
    expect(json).toMatchObject({ status: 'applied', created: 0, changed: 0, refused: 0 })
  })
})

test('an edited cell changes one entry; the rest is unchanged', async () => {
  const workbook = new ExcelJS.Workbook()
  await workbook.xlsx.load((await exported(examples, 'xlsx')) as unknown as ArrayBuffer)
  const sheet = workbook.getWorksheet('retention-periods')!
  const column = (sheet.getRow(1).values as string[]).indexOf('name')
  sheet.getRow(2).getCell(column).value = 'Renamed'
  const key = sheet.getRow(2).getCell(1).value as string
  const { json } = await imported(examples, Buffer.from(await workbook.xlsx.writeBuffer()), 'xlsx')
  expect(json).toMatchObject({ status: 'applied', changed: 1, created: 0 })
  expect(json.rows.find(({ outcome }: { outcome: string }) => outcome === 'changed')).toMatchObject({
    resource: 'retention-periods',
    key,
    row: 2,
  })
  expect((await examples.ask('GET', `/v1/retention-periods/${key}`)).json.name).toBe('Renamed')
})

test('a workbook that somebody made by hand: days, numbers and truth as cells have them, keys left empty below', async () => {
  const workbook = new ExcelJS.Workbook()
  const organisations = workbook.addWorksheet('organisations')
  organisations.addRows([
    ['key', 'name', 'kind', 'employees', 'publicBody', 'parent'],
    ['daughter', 'Daughter', 'own', 12, true, 'mother'],
    ['mother', 'Mother', 'other', null, null, null],
  ])
  workbook.addWorksheet('purposes').addRows([
    ['key', 'name'],
    ['one', 'One'],
    ['two', 'Two'],
  ])
  workbook.addWorksheet('processing-activities').addRows([
    ['key', 'name', 'role', 'organisation', 'performedFrom', 'purposes.purpose', 'purposes.legalBasis.article'],
    ['by-hand', 'By hand', 'controller', 'daughter', new Date('2021-05-04T00:00:00Z'), 'one', '6(1)(b)'],
    [null, null, null, null, null, 'two', '6(1)(f)'],
  ])
  const { json } = await imported(examples, Buffer.from(await workbook.xlsx.writeBuffer()), 'xlsx')
  expect(json).toMatchObject({ status: 'applied', created: 5, refused: 0 })
  expect((await examples.ask('GET', '/v1/organisations/daughter')).json).toMatchObject({
    employees: 12,
    publicBody: true,
    parent: 'mother',
  })
  expect((await examples.ask('GET', '/v1/processing-activities/by-hand')).json).toMatchObject({
    performedFrom: '2021-05-04',
    purposes: [
      { purpose: 'one', legalBasis: { article: '6(1)(b)' } },
      { purpose: 'two', legalBasis: { article: '6(1)(f)' } },
    ],
    meta: { status: 'in-force', approval: 'none' },
  })
})

test('a row whose key was forgotten is refused, and is no part of the entry above', async () => {
  const workbook = new ExcelJS.Workbook()
  workbook.addWorksheet('purposes').addRows([
    ['key', 'name', 'description'],
    ['with-key', 'With a key', 'Described.'],
    [null, 'Without a key', 'Described, too.'],
  ])
  const { status, json } = await imported(examples, Buffer.from(await workbook.xlsx.writeBuffer()), 'xlsx')
  expect([status, json.code, json.errors]).toEqual([
    422,
    'import-refused',
    [
      {
        pointer: '/purposes/with-key',
        message: "name: has a second value in the rows below, where it has one; give each entry's row its key (row 2)",
      },
    ],
  ])
})

test('a formula that came to an error is named with its cell, and removes nothing', async () => {
  const workbook = new ExcelJS.Workbook()
  const sheet = workbook.addWorksheet('purposes')
  const [key] = Object.keys(await everything(examples))
    .filter((name) => name.startsWith('purposes/'))
    .map((name) => name.slice('purposes/'.length))
  sheet.addRows([
    ['key', 'name', 'description'],
    [key, 'Name', null],
  ])
  sheet.getCell('C2').value = { formula: '1/0', result: { error: '#DIV/0!' } }
  const before = await everything(examples)
  const { status, json } = await imported(examples, Buffer.from(await workbook.xlsx.writeBuffer()), 'xlsx')
  expect([status, json.errors]).toEqual([
    400,
    [
      {
        pointer: '/purposes',
        message: 'has a formula that came to an error in cell C2; correct it, or write its value',
      },
    ],
  ])
  expect(await everything(examples)).toEqual(before)
})

test('all or nothing: what is refused is said of each row, and nothing of the rest is written', async () => {
  const head = (await examples.ask('GET', '/v1/history/head')).json
  const csv = [
    'resource,key,name,kind,parent',
    'purposes,fine,Fine,,',
    'organisations,Bad Key,Bad,own,',
    'organisations,wrong-kind,Wrong,friend,',
    'organisations,no-parent,No parent,own,nobody',
  ].join('\r\n')
  const { status, json: problem, headers } = await imported(examples, csv, 'csv')
  expect([status, problem.detail]).toEqual([422, expect.stringContaining('3 of 4 entries cannot be written')])
  expect(problem.errors).toContainEqual({
    pointer: '/organisations/wrong-kind/kind',
    message: expect.stringMatching(/must be one of.*\(row 4\)/),
  })
  const { json } = await examples.ask('GET', headers.location!)
  expect(json).toMatchObject({ status: 'refused', created: 1, refused: 3 })
  const refused = Object.fromEntries(json.rows.map((row: { key: string; errors: unknown }) => [row.key, row.errors]))
  expect(refused).toMatchObject({
    fine: [],
    'Bad Key': [{ pointer: '/key' }],
    'wrong-kind': [{ pointer: '/kind' }],
    'no-parent': [{ pointer: '/parent', message: expect.stringContaining('nobody') }],
  })
  expect((await examples.ask('GET', '/v1/purposes/fine')).status).toBe(404)
  expect((await examples.ask('GET', '/v1/history/head')).json).toEqual(head)
})

test.each<[name: string, file: string, pointer: string, message: RegExp]>([
  [
    'a sheet that is no resource',
    'resource,key,name\r\nfriends,a,A',
    '/friends',
    /is no resource; known are organisations/,
  ],
  [
    'a column that the resource has not',
    'resource,key,name,colour\r\npurposes,a,A,red',
    '/purposes/colour',
    /is no column.*row 2/,
  ],
  [
    'a key that stands twice',
    'resource,key,name\r\npurposes,a,A\r\npurposes,b,B\r\npurposes,a,A',
    '/purposes/a',
    /twice.*row 4/,
  ],
  ['no key', 'resource,key,name\r\npurposes,,A', '/purposes', /no key in row 2/],
  ['other columns', 'a,b\r\n1,2', '', /`resource` and `key`/],
  ['no CSV', 'resource,key\r\n"purposes', '', /is no CSV/],
])('%s is a 400 that says so', async (_, file, pointer, message) => {
  const { status, json } = await imported(examples, file, 'csv')
  expect(status).toBe(400)
  expect(json.errors[0]).toMatchObject({ pointer, message: expect.stringMatching(message) })
})

test('what is no workbook is a 400; another type is a 415; who is no admin may not', async () => {
  expect((await imported(examples, Buffer.from('PK no zip'), 'xlsx')).json.errors[0].message).toContain('is no XLSX')
  expect((await examples.ask('POST', '/v1/imports', { body: {} })).status).toBe(415)
  expect(await examples.ask('POST', '/v1/imports')).toMatchObject({
    status: 415,
    json: { detail: expect.stringContaining('has no file') },
  })
  expect((await imported(examples, 'resource,key', 'csv', '', 'approver')).status).toBe(403)
  expect((await examples.ask('GET', '/v1/imports/01970000-0000-7000-8000-000000000000')).status).toBe(404)
})
