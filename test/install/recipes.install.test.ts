import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { parse } from 'yaml'
import { createTestApp } from '../support/app.ts'
import { cleanCheckout } from '../support/checkout.ts'
import { type Ended, runCommand } from '../support/command.ts'

/**
 * The recipes for builds, every step of them, in a clean checkout with nothing but what they install themselves: the action,
 * the hook and the shop's script, on each Node that they promise to run on.
 */

const nodes = ['20', '22', '24']

/** The PATH of a machine that has this Node, and nothing of ours. */
const pathWith = (version: string): string => {
  const node = execFileSync('npx', ['--yes', '-p', `node@${version}`, 'which', 'node'], { cwd: '/', encoding: 'utf8' })
  const others = process.env.PATH!.split(':').filter((folder) => !folder.includes('node_modules'))
  return [dirname(node.trim()), ...others].join(':')
}

let t: Awaited<ReturnType<typeof createTestApp>>
let url: string
const checkouts: string[] = []
const checkout = () => {
  const folder = cleanCheckout()
  checkouts.push(folder)
  return folder
}
beforeAll(async () => {
  t = await createTestApp({ approvals: 'four-eyes' })
  url = await t.app.listen({ host: '127.0.0.1', port: 0 })
}, 60_000)
afterAll(async () => {
  for (const folder of checkouts) rmSync(folder, { recursive: true, force: true })
  await t?.close()
})

type Step = { name: string; run: string; env?: Record<string, string> }
const inputOf = /\$\{\{ inputs\.([a-z-]+) \}\}/g

/** Runs the steps of the action one after another, as a runner does, until one fails. */
const runAction = async (root: string, path: string, given: Record<string, string>): Promise<Ended[]> => {
  const folder = join(root, '.github/actions/ropa')
  const action = parse(readFileSync(join(folder, 'action.yml'), 'utf8'))
  const defaults = Object.entries<{ default?: string }>(action.inputs).map(([name, input]) => [
    name,
    input.default ?? '',
  ])
  const inputs: Record<string, string> = { ...Object.fromEntries(defaults), ...given }
  const ended: Ended[] = []
  for (const { run, env = {} } of action.runs.steps as Step[]) {
    const values = Object.entries(env).map(([name, value]) => [
      name,
      value.replace(inputOf, (_, input) => inputs[input]!),
    ])
    ended.push(
      await runCommand('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', run], {
        cwd: join(root, 'examples/shop'),
        env: { PATH: path, GITHUB_ACTION_PATH: folder, ...Object.fromEntries(values) },
      }),
    )
    if (ended.at(-1)!.code !== 0) break
  }
  return ended
}

describe.each(nodes)('on Node %s', (version) => {
  let root: string
  let path: string
  beforeAll(() => {
    root = checkout()
    path = pathWith(version)
    expect(execFileSync('node', ['--version'], { env: { PATH: path }, encoding: 'utf8' })).toMatch(`v${version}.`)
  }, 120_000)

  test('the action installs what it needs, and annotates the lines of the pull request', async () => {
    const inputs = { service: 'shop', url, 'api-key': t.keys.service }
    const passed = await runAction(root, path, inputs)
    expect(passed.map(({ code }) => code)).toEqual([0, 0])
    const failed = await runAction(root, path, { ...inputs, files: 'tracking-cookie.yaml' })
    expect(failed.at(-1)).toEqual({
      code: 1,
      out: expect.stringMatching(
        /^::error file=tracking-cookie\.yaml,line=\d+,title=processing-activities\/shop-orders::Art\. 44/m,
      ),
    })
    // The server stays out of it: neither its source nor what it depends on was installed.
    expect(existsSync(join(root, 'node_modules'))).toBe(false)
  }, 120_000)

  if (version !== '24')
    test('the register itself says in one line that it needs a later one', async () => {
      for (const script of ['src/start.js', 'src/operate/register.js']) {
        const { code, out } = await runCommand('node', [join(root, script)], { cwd: root, env: { PATH: path } })
        expect([code, out]).toEqual([1, expect.stringMatching(/^The register needs Node 24 or later; .*\n$/)])
      }
    })

  test('the one file runs alone, in a folder of its own', async () => {
    const { code, out } = await runCommand('node', [join(root, 'cli/dist/ropa.cjs'), '--help'], {
      cwd: '/',
      env: { PATH: path },
    })
    expect([code, out]).toEqual([0, expect.stringContaining('Usage: ropa')])
  })
})

describe('in a build', () => {
  let root: string
  let path: string
  beforeAll(() => {
    root = checkout()
    path = pathWith(nodes[0]!)
  }, 120_000)

  const run = (script: string, args: string[], env: Record<string, string> = {}) =>
    runCommand(script, args, {
      cwd: join(root, 'examples/shop'),
      env: { PATH: path, ROPA_URL: url, ROPA_API_KEY: t.keys.service, ...env },
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

  test('the hook installs what it needs, passes, fails, and lets a commit pass when no register is in reach', async () => {
    const [{ entry }] = parse(readFileSync(join(root, '.pre-commit-hooks.yaml'), 'utf8'))
    const hook = (file: string, env = {}) => run(join(root, entry), [file], { ROPA_SERVICE: 'shop', ...env })
    const away = await hook('ropa.yaml', { ROPA_URL: 'http://127.0.0.1:9' })
    expect([away.code, away.out]).toEqual([0, expect.stringContaining('the build will ask it')])
    expect((await hook('ropa.yaml')).code).toBe(0)
    expect((await hook('tracking-cookie.yaml')).code).toBe(1)
  }, 120_000)

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
})
