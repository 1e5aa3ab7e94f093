import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createTestApp, loadFixtures } from '../support/app.ts'
import { root } from '../support/checkout.ts'
import { type Ended, runCommand } from '../support/command.ts'

/** The client as another project gets it: a tarball, installed into an empty folder, as an ES module and as CommonJS. */

const folder = mkdtempSync(join(tmpdir(), 'register-client-'))
let t: Awaited<ReturnType<typeof createTestApp>>
let url: string

const succeed = async (command: string, args: string[], cwd: string): Promise<Ended> => {
  const ended = await runCommand(command, args, { cwd })
  if (ended.code !== 0) throw new Error(`${command} ${args.join(' ')}: ${ended.out}`)
  return ended
}

beforeAll(async () => {
  t = await createTestApp()
  await loadFixtures(t.ask)
  url = await t.app.listen({ host: '127.0.0.1', port: 0 })
  await succeed('npm', ['pack', '--workspace', 'client', '--pack-destination', folder], root)
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n')
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'))!
  await succeed('npm', ['install', '--no-audit', '--no-fund', `./${tarball}`], folder)
  // A compiler that is not the one that made the types.
  mkdirSync(join(folder, 'node_modules/@types'), { recursive: true })
  symlinkSync(join(root, 'node_modules/typescript'), join(folder, 'node_modules/typescript'))
  symlinkSync(join(root, 'node_modules/@types/node'), join(folder, 'node_modules/@types/node'))
  symlinkSync(join(root, 'node_modules/undici-types'), join(folder, 'node_modules/undici-types'))
}, 120_000)
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  await t?.close()
})

const program = `import { createRegisterClient, itemsOf, type Schemas } from 'ropa-client'

const main = async (): Promise<void> => {
  const register = createRegisterClient({ baseUrl: process.env.AT!, apiKey: process.env.KEY! })
  const { data, error } = await register.POST('/v1/checks', {
    body: { purpose: 'newsletter', dataCategories: ['email-address'] },
  })
  if (error) throw new Error(error.detail)
  const outcome: Schemas['CheckResult']['outcome'] = data.outcome
  const keys: string[] = []
  const list = (cursor: string | undefined) =>
    register.GET('/v1/organisations', { params: { query: { limit: 2, ...(cursor && { cursor }) } } })
  for await (const { key } of itemsOf(list)) keys.push(key)
  console.log(outcome, keys.length)
}
void main()
`
/** What only types can forbid. */
const mistakes = `import { createRegisterClient } from 'ropa-client'

const register = createRegisterClient({ baseUrl: '', apiKey: '' })
void register.GET('/v1/surplus')
void register.POST('/v1/checks', { body: { purpose: 1, dataCategories: [] } })
`

const compile = (file: string) =>
  runCommand(
    process.execPath,
    [
      'node_modules/typescript/bin/tsc',
      '--strict',
      '--module',
      'nodenext',
      '--target',
      'es2022',
      '--types',
      'node',
      file,
    ],
    { cwd: folder },
  )

test.each([
  ['an ES module', 'program.mts', 'program.mjs'],
  ['CommonJS', 'program.cts', 'program.cjs'],
])(
  'compiles under --strict and runs as %s',
  async (_, source, compiled) => {
    writeFileSync(join(folder, source), program)
    expect(await compile(source)).toEqual({ code: 0, out: '' })
    const env = { AT: url, KEY: t.keys.reader }
    expect(await runCommand(process.execPath, [compiled], { cwd: folder, env })).toEqual({ code: 0, out: 'pass 4\n' })
  },
  60_000,
)

test('its types forbid a path and a body that the contract does not have', async () => {
  writeFileSync(join(folder, 'mistakes.mts'), mistakes)
  const { code, out } = await compile('mistakes.mts')
  expect(code).not.toBe(0)
  expect(out.match(/mistakes\.mts\(\d+/g)).toEqual(['mistakes.mts(4', 'mistakes.mts(5'])
}, 60_000)
