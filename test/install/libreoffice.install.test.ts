import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createTestApp } from '../support/app.ts'
import { awkwardTexts, writeAwkward } from '../support/awkward.ts'
import { runCommand } from '../support/command.ts'

/** The register as a file, read by Python, and opened in LibreOffice and saved again, as staff do: it is the same register afterwards. */

const xlsx = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
const folder = mkdtempSync(join(tmpdir(), 'register-office-'))

let t: Awaited<ReturnType<typeof createTestApp>>
beforeAll(async () => {
  t = await createTestApp({ withExamples: true })
  await writeAwkward(t.ask)
}, 60_000)
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  await t?.close()
})

/**
 * Opens a file in LibreOffice and saves it as another.
 * @param filter how it is read: for CSV the delimiter, the quote, UTF-8 and every column as text
 */
const save = async (name: string, as: string, filter?: string): Promise<Buffer> => {
  const profile = `-env:UserInstallation=file://${folder}/profile`
  const input = filter === undefined ? [] : [`--infilter=${filter}`]
  const out = join(folder, 'out')
  const args = [profile, '--headless', ...input, '--convert-to', as, '--outdir', out, join(folder, name)]
  const { code, out: said } = await runCommand('soffice', args, { cwd: folder })
  const file = join(out, `${name.split('.')[0]}.${as.split(':')[0]}`)
  if (code !== 0 || !existsSync(file)) throw new Error(`LibreOffice is needed (Debian: libreoffice-calc): ${said}`)
  return readFileSync(file)
}

const changedBy = async (body: Buffer, type: string) => {
  const { status, json } = await t.ask('POST', '/v1/imports', { body, headers: { 'content-type': type } })
  expect([status, json.errors]).toEqual([201, undefined])
  expect(json.unchanged).toBeGreaterThan(awkwardTexts.length + 100)
  return json.rows.filter(({ outcome }: { outcome: string }) => outcome !== 'unchanged')
}

test('as CSV, read by Python: each row has a cell for each heading', async () => {
  const script =
    'import csv,io,json,sys; print(json.dumps(list(csv.reader(io.StringIO(sys.stdin.buffer.read().decode("utf-8"), newline="")))))'
  const paths = ['exports?format=csv', 'reports/article-30?format=csv', 'reports/article-30?format=csv&role=processor']
  const tables = ['retention-schedule', 'subprocessors', 'transfers', 'findings'].map(
    (name) => `reports/${name}?format=csv`,
  )
  for (const path of [...paths, ...tables]) {
    const { bytes } = await t.ask('GET', `/v1/${path}`)
    const { stdout, stderr } = spawnSync('python3', ['-c', script], {
      input: bytes,
      encoding: 'utf8',
      maxBuffer: 256e6,
    })
    if (!stdout) throw new Error(`Python is needed (Debian: python3): ${stderr}`)
    const [head, ...rows] = JSON.parse(stdout) as string[][]
    expect([path, rows.filter((row) => row.length !== head!.length)]).toEqual([path, []])
    expect([path, rows.length > 0]).toEqual([path, true])
  }
}, 60_000)

test('as a workbook', async () => {
  writeFileSync(join(folder, 'register.xlsx'), (await t.ask('GET', '/v1/exports?format=xlsx')).bytes)
  expect(await changedBy(await save('register.xlsx', 'xlsx:Calc MS Excel 2007 XML'), xlsx)).toEqual([])
}, 120_000)

test('as CSV', async () => {
  const { text, bytes } = await t.ask('GET', '/v1/exports?format=csv')
  writeFileSync(join(folder, 'table.csv'), bytes)
  const columns = text.slice(0, text.indexOf('\r\n')).split(',').length
  const asText = Array.from({ length: columns }, (_, n) => `${n + 1}/2`).join('/')
  // 44 is the comma, 34 the quote, 76 UTF-8 (LibreOffice's filter options).
  const saved = await save(
    'table.csv',
    'csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false',
    `CSV:44,34,76,1,${asText}`,
  )
  expect(await changedBy(saved, 'text/csv')).toEqual([])
}, 120_000)
