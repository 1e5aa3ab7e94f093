import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { parse } from 'yaml'
import { createTestApp } from '../../support/app.ts'

/** The recipes for builds, run as they stand in the repository: the shop's script, the hook, the steps of the action. */

const root = fileURLToPath(new URL('../../../', import.meta.url))
const shop = `${root}examples/shop`

let t: Awaited<ReturnType<typeof createTestApp>>
let url: string
beforeAll(async () => {
  t = await createTestApp({ approvals: 'four-eyes' })
  url = await t.app.listen({ host: '127.0.0.1', port: 0 })
}, 30_000)
afterAll(() => t.close())

const run = (command: string, args: string[], env: Record<string, string> = {}) =>
  new Promise<{ code: number | null; out: string }>((resolve, reject) => {
    const environment = { PATH: process.env.PATH, ROPA_URL: url, ROPA_API_KEY: t.keys.service, ...env }
    const child = spawn(command, args, { cwd: shop, env: environment })
    let out = ''
    child.stdout.on('data', (data) => (out += data))
    child.stderr.on('data', (data) => (out += data))
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, out }))
  })
const ci = (...args: string[]) => run('./ci.sh', args)

const approve = async () => {
  const { json } = await t.ask('GET', '/v1/processing-activities/shop-orders?revision=proposed')
  const { status } = await t.ask('POST', '/v1/processing-activities/shop-orders/approve', {
    body: { contentHash: json.meta.contentHash, reason: 'Checked.' },
    as: 'approver',
  })
  expect(status).toBe(200)
}

test('a build fails until what the service declares is approved; then the same build passes', async () => {
  expect((await ci('pull-request')).code).toBe(0)
  const first = await ci('deploy')
  expect([first.code, first.out]).toEqual([1, expect.stringContaining('or have its proposal approved')])
  await approve()
  expect(await ci('deploy')).toMatchObject({ code: 0, out: expect.stringContaining('nothing to change') })
}, 60_000)

test('a pull request that adds a tracking cookie to a third country fails with the reason and the line', async () => {
  const { code, out } = await ci('pull-request', 'tracking-cookie.yaml')
  expect(code).toBe(1)
  expect(out).toMatch(
    /error Art\. 44: .* names no mechanism of chapter V\. \(tracking-cookie\.yaml:\d+\)\n\s+→ Add mechanism/,
  )
}, 60_000)

test('the hook fails for the same, and lets a commit pass when no register is in reach', async () => {
  const hook = (file: string, env = {}) => run('./pre-commit.sh', [file], { ROPA_SERVICE: 'shop', ...env })
  expect((await hook('ropa.yaml')).code).toBe(0)
  expect((await hook('tracking-cookie.yaml')).code).toBe(1)
  const away = await hook('ropa.yaml', { ROPA_URL: 'http://127.0.0.1:9' })
  expect([away.code, away.out]).toEqual([0, expect.stringContaining('the build will ask it')])
}, 60_000)

test('the step of the action annotates the lines of the pull request', async () => {
  const action = parse(readFileSync(`${root}.github/actions/ropa/action.yml`, 'utf8'))
  const { run: script, env } = action.runs.steps.find(({ name }: { name: string }) => name === 'Ask the register')
  const inputs: Record<string, string> = {
    ...Object.fromEntries(
      Object.entries<{ default?: string }>(action.inputs).map(([name, input]) => [name, input.default ?? '']),
    ),
    files: 'tracking-cookie.yaml',
    service: 'shop',
    url,
    'api-key': t.keys.service,
  }
  const filled = Object.fromEntries(
    Object.entries<string>(env).map(([name, value]) => [
      name,
      value.replace(/\$\{\{ inputs\.([a-z-]+) \}\}/, (_, input) => inputs[input]!),
    ]),
  )
  const { code, out } = await run('bash', ['-eo', 'pipefail', '-c', script], {
    ...filled,
    GITHUB_ACTION_PATH: `${root}.github/actions/ropa`,
  })
  expect(code).toBe(1)
  expect(out).toMatch(
    /^::error file=tracking-cookie\.yaml,line=\d+,title=processing-activities\/shop-orders::Art\. 44/m,
  )
}, 60_000)

test('what compliance staff add to the proposal and approve makes the same build pass', async () => {
  const changed = ['tracking-cookie.yaml'] as const
  expect((await ci('deploy', ...changed)).code).toBe(1)
  const at = '/v1/processing-activities/shop-orders'
  const { json: proposed } = await t.ask('GET', `${at}?revision=proposed`)
  proposed.transfers[0].mechanism = { article: '46(2)(c)', decision: '(EU) 2021/914', sccModule: 1 }
  proposed.transfers[0].documents = [
    { kind: 'standard-contractual-clauses', reference: 'SCC-1', signedOn: '2026-01-15' },
  ]
  proposed.assessments = { tia: { status: 'completed', reference: 'TIA-1', completedOn: '2026-01-15' } }
  expect((await t.ask('PUT', at, { body: proposed, as: 'editor' })).status).toBe(200)
  await approve()
  expect(await ci('pull-request', ...changed)).toMatchObject({
    code: 0,
    out: expect.stringContaining('nothing to change'),
  })
  expect(await ci('deploy', ...changed)).toMatchObject({ code: 0, out: expect.stringContaining('0 not documented') })
}, 60_000)
