import { execFile } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createTestApp, loadFixtures } from '../../support/app.ts'

/** The command line as a build runs it: a process of its own against a register that listens. */

const ropa = fileURLToPath(new URL('../../../src/cli/ropa.ts', import.meta.url))
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
    execFile(process.execPath, [ropa, ...args], { cwd: folder, env: environment }, (error, out, err) =>
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
  const [first] = sarif.runs[0].results.filter(({ level }: any) => level === 'error')
  expect(first.locations[0].physicalLocation).toMatchObject({
    artifactLocation: { uri: 'transfer.yaml' },
    region: { startLine: 15 },
  })
  expect(sarif.runs[0].tool.driver.rules[first.ruleIndex].id).toBe(first.ruleId)
  expect(await as('junit')).toMatch(/<testsuites tests="1" failures="1"/)
  expect(JSON.parse(await as('json'))).toMatchObject({ outcome: 'fail', answer: { outcome: 'would-apply' } })
  expect(await as('github')).toMatch(/^::error file=transfer\.yaml,line=15,title=.*::Art\. /m)
})

test('what the user has to mend has an exit code of its own, and the key is never shown', async () => {
  write('wrong.yaml', 'version: 1\npurpose: {}\n')
  const cases: [string[], Record<string, string>, number, string][] = [
    [['plan', 'wrong.yaml'], {}, 64, '/purpose'],
    [['plan', 'none.yaml'], {}, 64, 'Cannot read none.yaml'],
    [['plan', '--surplus'], {}, 64, '--surplus'],
    [['plan', 'ropa.yaml'], { ROPA_API_KEY: '' }, 64, 'ROPA_API_KEY'],
    [['plan', 'ropa.yaml'], { ROPA_API_KEY: `${t.keys.service.slice(0, -4)}AAAA` }, 77, 'valid API key'],
    [['plan', 'ropa.yaml'], { ROPA_SERVICE: 'none' }, 64, 'PUT /v1/services/none'],
  ]
  for (const [args, env, code, says] of cases) {
    const { code: ended, out, err } = await run(args, env)
    expect([args, ended, err]).toEqual([args, code, expect.stringContaining(says)])
    expect(out + err).not.toContain(t.keys.service)
  }
}, 60_000)
