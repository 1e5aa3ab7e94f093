import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createTestApp, loadFixtures } from '../support/app.ts'
import { root } from '../support/checkout.ts'
import { runCommand } from '../support/command.ts'

/** Clients that others generate from the contract: each compiles, sends a workbook, and receives a PDF. */

const folder = mkdtempSync(join(tmpdir(), 'register-generators-'))
const bin = (name: string) => join(folder, 'node_modules/.bin', name)
let t: Awaited<ReturnType<typeof createTestApp>>
let url: string

const succeed = async (command: string, args: string[]) => {
  const env = { AT: url, KEY: t.keys.admin, NODE_ENV: 'production' }
  const { code, out } = await runCommand(command, args, { cwd: folder, env })
  if (code !== 0) throw new Error(`${command} ${args.join(' ')}: ${out}`)
  return out
}

beforeAll(async () => {
  t = await createTestApp()
  await loadFixtures(t.ask)
  url = await t.app.listen({ host: '127.0.0.1', port: 0 })
  cpSync(join(root, 'test/install/generators'), folder, { recursive: true })
  cpSync(join(root, 'openapi/v1.json'), join(folder, 'v1.json'))
  await succeed('npm', ['ci', '--include=dev', '--ignore-scripts', '--no-audit', '--no-fund'])
  writeFileSync(join(folder, 'workbook.xlsx'), (await t.ask('GET', '/v1/exports?format=xlsx')).bytes)
}, 180_000)
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  await t?.close()
})

/** What each program does with its client: `send` and `receive` are written with the client's own functions. */
const program = (imports: string, send: string, receive: string) => `
import { openAsBlob } from 'node:fs'
${imports}
const headers = { authorization: \`Bearer \${process.env.KEY}\` }
const send = async (workbook: Blob) => ${send}
const receive = async (): Promise<Blob> => ${receive}
const main = async () => {
  const report = await send(await openAsBlob('workbook.xlsx'))
  const pdf = Buffer.from(await (await receive()).arrayBuffer())
  console.log(report?.status, report?.changed, pdf.subarray(0, 5).toString(), pdf.subarray(-6).toString().trim(), pdf.length > 5000)
}
void main()
`

const generators = {
  orval: {
    generate: () => {
      const output = { target: './orval/client.ts', client: 'fetch', baseUrl: url }
      writeFileSync(
        join(folder, 'orval.config.mjs'),
        `export default ${JSON.stringify({ register: { input: './v1.json', output } })}`,
      )
      return succeed(bin('orval'), ['--config', 'orval.config.mjs'])
    },
    program: program(
      `import { importRegister, reportArticle30 } from './orval/client'
import type { Import } from './orval/client'`,
      '(await importRegister(workbook, { dryRun: true }, { headers })).data as Import',
      "(await reportArticle30({ format: 'pdf' }, { headers })).data as Blob",
    ),
  },
  'hey-api': {
    generate: () => succeed(bin('openapi-ts'), ['-i', './v1.json', '-o', './hey-api', '-c', '@hey-api/client-fetch']),
    program: program(
      `import { client } from './hey-api/client.gen'
import { importRegister, reportArticle30 } from './hey-api/sdk.gen'
client.setConfig({ baseUrl: process.env.AT!, auth: process.env.KEY! })`,
      '(await importRegister({ body: workbook, headers })).data',
      // It takes the first of several media types for all of them.
      "(await reportArticle30({ query: { format: 'pdf' } })).data as unknown as Blob",
    ),
  },
  'openapi-typescript': {
    generate: () => succeed(bin('openapi-typescript'), ['v1.json', '-o', 'openapi-typescript/types.ts']),
    program: program(
      `import createClient from 'openapi-fetch'
import type { paths } from './openapi-typescript/types'
const client = createClient<paths>({ baseUrl: process.env.AT! })
const xlsx = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'`,
      `(
  await client.POST('/v1/imports', {
    headers: { ...headers, 'content-type': xlsx },
    body: workbook as unknown as string,
    bodySerializer: (body) => body,
  })
).data`,
      `(
  await client.GET('/v1/reports/article-30', { params: { query: { format: 'pdf' } }, headers, parseAs: 'blob' })
).data as Blob`,
    ),
  },
}

test.each(Object.entries(generators))(
  '%s',
  async (name, { generate, program }) => {
    mkdirSync(join(folder, name), { recursive: true })
    await generate()
    writeFileSync(join(folder, `${name}.ts`), program)
    const options = ['--strict', '--noEmit', '--skipLibCheck', '--target', 'es2022', '--module', 'esnext']
    const types = ['--moduleResolution', 'bundler', '--types', 'node', '--typeRoots', join(root, 'node_modules/@types')]
    await succeed(bin('tsc'), [...options, ...types, `${name}.ts`])
    await succeed(bin('esbuild'), ['--bundle', '--platform=node', `--outfile=${name}.cjs`, `${name}.ts`])
    const out = await succeed(process.execPath, [`${name}.cjs`])
    expect(out.trim().split('\n').at(-1)).toBe('would-apply 0 %PDF- %%EOF true')
  },
  120_000,
)
