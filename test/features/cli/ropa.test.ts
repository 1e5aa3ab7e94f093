import { execFile, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import sarifSchema from '@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json' with { type: 'json' }
import Ajv from 'ajv'
import { parse as parseJunit, type TestSuites } from 'junit2json'
import { parse } from 'yaml'
import { exportHistory } from '../../../src/history/index.ts'
import { createTestApp, loadFixtures } from '../../support/app.ts'

/** The command line as a build runs it: a process of its own against a register that listens. */

const ropa = fileURLToPath(new URL('../../../cli/dist/ropa.cjs', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'ropa-'))

let t: Awaited<ReturnType<typeof createTestApp>>
let url: string
beforeAll(async () => {
  t = await createTestApp({ approvals: 'self' })
  await loadFixtures(t.ask)
  url = await t.app.listen({ host: '127.0.0.1', port: 0 })
}, 30_000)
afterAll(() => t.close())

const run = (args: string[], env: Record<string, string> = {}) =>
  new Promise<{ code: number; out: string; err: string }>((resolve) => {
    const environment = {
      PATH: process.env.PATH,
      ROPA_URL: url,
      ROPA_API_KEY: t.keys.service,
      ROPA_SERVICE: 'shop',
      ...env,
    }
    execFile(process.execPath, [ropa, ...args], { cwd: folder, env: environment, maxBuffer: 64e6 }, (error, out, err) =>
      resolve({ code: error ? Number(error.code) : 0, out, err }),
    )
  })

const write = (name: string, text: string) => writeFileSync(join(folder, name), text)
const file = (transfers: string) => `version: 1
purposes:
  shop-orders: { name: Deliver what is ordered }
recipients:
  parcels: { name: Parcel service, kind: external, countries: [DE] }
processingActivities:
  orders:
    name: Orders
    role: controller
    organisation: example-hosting
    purposes: [{ purpose: shop-orders }]
    data: [{ dataCategory: contact-data, dataSubjectCategories: [subscribers] }]
    recipients: [{ recipient: parcels }]
${transfers}`

const approve = async () => {
  const { json } = await t.ask('GET', '/v1/processing-activities/orders?revision=proposed')
  const body = { contentHash: json.meta.contentHash, reason: 'Checked.' }
  // What Art. 30 asks for is not complete in this example; it is waived, so that it can be approved.
  const { json: findings } = await t.ask('GET', '/v1/processing-activities/orders/findings?revision=proposed')
  for (const { code } of findings.items ?? [])
    await t.ask('POST', '/v1/processing-activities/orders/waivers', {
      body: { findingCode: code, reason: 'An example.', until: '2099-01-01' },
    })
  expect((await t.ask('POST', '/v1/processing-activities/orders/approve', { body })).json).toMatchObject({})
}

test('a change is planned, checked, applied and approved; the same check passes then', async () => {
  write('ropa.yaml', file('    transfers: []\n'))
  const plan = await run(['plan'])
  expect(plan.out).toContain('processing-activities/orders: create, to be approved')
  expect(plan.code).toBe(0)

  const before = await run(['check'])
  expect(before.code).toBe(1)
  expect(before.out).toMatch(/not documented\n\s+error Art\. 30.*\(ropa\.yaml:12\)/)
  expect(before.out).toContain('have compliance staff approve the proposal')

  expect((await run(['apply'])).code).toBe(0)
  expect((await run(['check'])).code).toBe(1)
  await approve()
  const after = await run(['check'])
  expect([after.code, after.out]).toEqual([0, expect.stringContaining('1 documented, 0 not documented')])
  expect((await run(['apply'])).out).toContain('nothing to change')
}, 60_000)

test('a transfer without mechanism fails the plan, with the line, the reason and the fix', async () => {
  write('transfer.yaml', file('    transfers:\n      - { to: { recipient: parcels }, destination: { country: CN } }\n'))
  const { code, out } = await run(['plan', 'transfer.yaml'])
  expect(code).toBe(1)
  expect(out).toMatch(/Adds a transfer to CN: .*\(transfer\.yaml:7\)/)
  expect(out).toMatch(/error Art\. 4\d.*\(transfer\.yaml:15\)\n\s+→ /)
  expect((await run(['plan', 'transfer.yaml', '--fail-on', 'never'])).code).toBe(0)
})

test('a check fails for an activity that no question is about while it is not in force', async () => {
  const manifest = (name: string, activity: string) =>
    write(name, `version: 1\nprocessingActivities:\n  unasked: { name: Unasked, ${activity} }\n`)
  manifest('no-data.yaml', 'role: controller, organisation: example-hosting, recipients: []')
  manifest('processor.yaml', 'role: processor, organisation: example-hosting')
  for (const name of ['no-data.yaml', 'processor.yaml']) {
    const { code, out } = await run(['check', name])
    expect([name, code]).toEqual([name, 1])
    expect(out).toMatch(/unasked: not documented\n\s+error The manifest declares it, but it is not in force\. \(.*:3\)/)
  }
  manifest('nowhere.yaml', 'role: controller, organisation: nobody')
  const { code, out } = await run(['check', 'nowhere.yaml'])
  expect([code, out]).toEqual([1, expect.stringContaining('`nobody` is no entry of `organisations`')])
}, 30_000)

test('what a plan failed for, it fails for until it is in force', async () => {
  write('pending.yaml', file('    transfers:\n      - { to: { recipient: parcels }, destination: { country: CN } }\n'))
  await run(['apply', 'pending.yaml'])
  const { code, out } = await run(['plan', 'pending.yaml'])
  expect([code, out]).toEqual([1, expect.stringMatching(/error Art\. 4\d/)])
  await run(['apply'])
}, 30_000)

test('several files are one manifest; an entry twice is refused with its line', async () => {
  const [head, activities] = file('').split('processingActivities:')
  write('catalogue.yaml', head!)
  write('activities.yaml', `processingActivities:${activities}`)
  expect((await run(['plan', 'catalogue.yaml', 'activities.yaml'])).code).toBe(0)
  write('again.yaml', head!)
  const twice = await run(['plan', 'catalogue.yaml', 'again.yaml'])
  expect([twice.code, twice.err]).toEqual([64, expect.stringContaining('again.yaml:3: `purposes.shop-orders`')])
})

test('SARIF, JUnit, JSON and annotations say the same', async () => {
  write('transfer.yaml', file('    transfers:\n      - { to: { recipient: parcels }, destination: { country: CN } }\n'))
  const as = async (format: string) => (await run(['plan', 'transfer.yaml', '--format', format])).out
  const sarif = JSON.parse(await as('sarif'))
  // Its rules are the same in the draft that is validated with.
  const { $schema: _, id: __, ...sarif2_1 } = sarifSchema
  const isSarif = new Ajv.default({ strict: false, validateFormats: false, unicodeRegExp: false }).compile(sarif2_1)
  expect([isSarif(sarif), isSarif.errors]).toEqual([true, null])
  const [first] = sarif.runs[0].results.filter(({ level }: any) => level === 'error')
  expect(first.locations[0].physicalLocation).toMatchObject({
    artifactLocation: { uri: 'transfer.yaml' },
    region: { startLine: 15 },
  })
  expect(sarif.runs[0].tool.driver.rules[first.ruleIndex].id).toBe(first.ruleId)
  const { testsuite: [suite] = [] } = (await parseJunit(await as('junit'))) as TestSuites
  expect(suite).toMatchObject({ name: 'ropa plan', tests: 1, failures: 1, skipped: 0 })
  const [{ inner }] = suite!.testcase![0]!.failure as [{ inner: string }]
  expect(inner).toMatch(/^transfer\.yaml:15: error: Art\. /m)
  expect(JSON.parse(await as('json'))).toMatchObject({ outcome: 'fail', answer: { outcome: 'would-apply' } })
  expect(await as('github')).toMatch(/^::error file=transfer\.yaml,line=15,title=.*::Art\. /m)
})

test('what the user has to mend has an exit code of its own, and the key is never shown', async () => {
  write('wrong.yaml', 'version: 1\npurpose: {}\n')
  writeFileSync(join(folder, 'latin1.yaml'), Buffer.from('version: 1\npurposes:\n  cafe: { name: Café }\n', 'latin1'))
  const cases: [string[], Record<string, string>, number, string][] = [
    [['plan', 'latin1.yaml'], {}, 64, 'latin1.yaml:3: The file is not UTF-8: byte 0xE9 in line 3. Save it as UTF-8.'],
    [['plan', 'wrong.yaml'], {}, 64, '/purpose'],
    [['plan', 'none.yaml'], {}, 64, 'Cannot read none.yaml'],
    [['plan', '--surplus'], {}, 64, '--surplus'],
    [['plan', 'ropa.yaml'], { ROPA_API_KEY: '' }, 64, 'ROPA_API_KEY'],
    [['plan', 'ropa.yaml'], { ROPA_API_KEY: `${t.keys.service.slice(0, -4)}AAAA` }, 77, 'valid API key'],
    [['plan', 'ropa.yaml'], { ROPA_SERVICE: 'none' }, 64, 'PUT /v1/services/none'],
    [['plan', 'ropa.yaml'], { ROPA_URL: 'localhost:3000' }, 64, 'write it as https://'],
  ]
  for (const [args, env, code, says] of cases) {
    const { code: ended, out, err } = await run(args, env)
    expect([args, ended, err]).toEqual([args, code, expect.stringContaining(says)])
    expect(out + err).not.toContain(t.keys.service)
  }
}, 60_000)

test('what the command line does not say, the environment says, else the file; it never has the key', async () => {
  const settings = join(folder, '.ropa.yaml')
  const check = (env: Record<string, string>, ...args: string[]) => run(['check', 'ropa.yaml', ...args], env)
  write('ropa.yaml', file('    transfers: []\n'))
  try {
    writeFileSync(settings, `url: ${url}\nservice: shop\nformat: json\n`)
    const unset = { ROPA_URL: '', ROPA_SERVICE: '' }
    expect(JSON.parse((await check(unset)).out)).toMatchObject({ command: 'check' })
    expect((await check({ ...unset, ROPA_FORMAT: 'github' })).out).not.toMatch(/^\{/)
    expect((await check({ ...unset, ROPA_FORMAT: 'github' }, '--format', 'sarif')).out).toMatch(/sarif-2\.1\.0/)
    for (const [text, says] of [
      ['formt: json', '`formt` is not known'],
      ['format: pdf', '`format` must be one of text, json'],
      ['apiKey: ropa_x', 'ROPA_API_KEY'],
      ['- url', 'must be a map'],
      ['url: [', '.ropa.yaml: '],
    ] as const) {
      writeFileSync(settings, text)
      expect(await check({})).toMatchObject({ code: 64, err: expect.stringContaining(says) })
    }
  } finally {
    rmSync(settings)
  }
}, 60_000)

test('reports, exports and imports come as files and go as files', async () => {
  const admin = { ROPA_API_KEY: t.keys.admin }
  const pdf = await run(['report', 'article-30', 'format=pdf', 'language=de', '-o', 'record.pdf'], admin)
  expect([pdf.code, pdf.out]).toEqual([0, ''])
  expect(readFileSync(join(folder, 'record.pdf'), 'latin1')).toMatch(/^%PDF-1\.7[\s\S]*%%EOF\s*$/)
  expect((await run(['report', 'findings', 'format=csv'], admin)).out).toMatch(/^\W?Severity,Provision/)
  expect(parse((await run(['export'], admin)).out)).toMatchObject({ version: 1 })

  const exported = await t.ask('GET', '/v1/exports?format=csv')
  const edited = exported.text.replace(/(?<=,)Send the newsletter(?=,)/, 'Send news by mail')
  write('register.csv', edited)
  const tried = await run(['import', 'register.csv'], admin)
  expect([tried.code, tried.out]).toEqual([
    0,
    expect.stringMatching(/^changed .*\n(.*\n)*would-apply: 0 created, \d+ changed/),
  ])
  expect((await run(['import', 'register.csv', '--apply'], admin)).out).toContain('applied: ')
  expect((await run(['import', 'register.csv'], admin)).out).toContain(' 0 changed')

  const cases: [string[], number, string][] = [
    [['report', 'article-30', 'format=pdf', '-o', 'none/x.pdf'], 64, 'Cannot write none/x.pdf'],
    [['report', 'article-30', 'format=gif'], 64, '/query/format'],
    [['report', 'article-30', 'pdf'], 64, 'write it as name=value'],
    [['import', 'none.csv'], 64, 'Cannot read none.csv'],
    [['import', 'record.pdf'], 64, 'only .xlsx and .csv'],
    [['export', '--service', 'none'], 64, 'There is no service `none`'],
  ]
  for (const [args, code, says] of cases)
    expect([args, await run(args, admin)]).toEqual([
      args,
      expect.objectContaining({ code, err: expect.stringContaining(says) }),
    ])
}, 60_000)

test('a reader that has seen enough of a report ends it in peace', async () => {
  const child = spawn(process.execPath, [ropa, 'report', 'article-30', 'format=json'], {
    env: { PATH: process.env.PATH, ROPA_URL: url, ROPA_API_KEY: t.keys.admin },
  })
  child.stdout.destroy()
  let err = ''
  child.stderr.on('data', (data) => (err += data))
  const code = await new Promise((resolve) => child.on('close', resolve))
  expect([code, err]).toEqual([0, ''])
})

test('keys are listed, created and revoked', async () => {
  const admin = { ROPA_API_KEY: t.keys.admin }
  const created = await run(['keys', 'create', '--principal', 'ci', '--role', 'reader'], admin)
  expect(created.out).toMatch(/^ropa_[\w-]+\n$/)
  const line = (await run(['keys', 'list'], admin)).out.split('\n').find((each) => each.includes('\tci\treader\t'))!
  expect((await run(['verify'], { ROPA_API_KEY: created.out.trim() })).code).toBe(0)
  expect((await run(['keys', 'revoke', line.split('\t')[0]!], admin)).code).toBe(0)
  expect((await run(['verify'], { ROPA_API_KEY: created.out.trim() })).code).toBe(77)
  expect((await run(['keys', 'list'], { ROPA_API_KEY: t.keys.reader })).code).toBe(77)
}, 60_000)

test('history verifies, in the register and as a file without one; an alteration is found', async () => {
  const { json: head } = await t.ask('GET', '/v1/history/head')
  const known = `${head.position}:${head.hash}`
  const admin = { ROPA_API_KEY: t.keys.admin }
  expect((await run(['verify', '--head', known], admin)).out).toContain(
    `up to position ${head.position}, hash ${head.hash}`,
  )
  expect(await run(['verify', '--head', `${head.position}:${'0'.repeat(64)}`], admin)).toMatchObject({ code: 1 })
  expect(await run(['verify', '--head', '1'], admin)).toMatchObject({ code: 64 })

  const links = []
  for await (const link of exportHistory(t.db)) links.push(`${JSON.stringify(link)}\n`)
  const lines = links.join('')
  write('history.ndjson', lines)
  const alone = { ROPA_URL: '', ROPA_API_KEY: '' }
  expect(await run(['verify', 'history.ndjson', '--head', known], alone)).toMatchObject({ code: 0 })
  write('history.ndjson', lines.replace('"status":"in-force"', '"status":"retired"'))
  expect(await run(['verify', 'history.ndjson', '--head', known], alone)).toMatchObject({
    code: 1,
    err: expect.stringContaining('History was altered'),
  })
  expect(await run(['verify', 'none.ndjson'], alone)).toMatchObject({ code: 64 })
}, 60_000)
