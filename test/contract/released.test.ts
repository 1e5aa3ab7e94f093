import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'

/** The comparison with the released contract, as `npm run check` makes it, finds what callers would stumble over. */

const root = fileURLToPath(new URL('../../', import.meta.url))
const released = JSON.parse(readFileSync(join(root, 'openapi/released.json'), 'utf8'))
const folder = mkdtempSync(join(tmpdir(), 'contract-'))

const compareWith = (change: (contract: any) => void) => {
  const changed = structuredClone(released)
  change(changed)
  const file = join(folder, 'changed.json')
  writeFileSync(file, JSON.stringify(changed))
  const args = ['diff', 'openapi/released.json', file, '--check-version']
  const { status, stdout, stderr } = spawnSync('redocly', args, { cwd: root, encoding: 'utf8' })
  return { status, output: stdout + stderr }
}

test('the same is no change', () => {
  expect(compareWith(() => {})).toMatchObject({ status: 0 })
}, 30_000)

test('an operation that is gone is breaking, whatever the version says', () => {
  const { status, output } = compareWith((contract) => {
    delete contract.paths['/v1/checks'].post
    contract.info.version = '1.9.0'
  })
  expect([status, output]).toEqual([1, expect.stringContaining('operation-removed')])
}, 30_000)

test('a new required property of a body is breaking', () => {
  const { status } = compareWith((contract) => contract.components.schemas.CheckQuestion.required.push('service'))
  expect(status).toBe(1)
}, 30_000)

test('an addition needs a higher version', () => {
  const add = (version: string) =>
    compareWith((contract) => {
      contract.paths['/v1/further'] = contract.paths['/v1/approvals']
      contract.info.version = version
    }).status
  expect([add(released.info.version), add('1.1.0')]).toEqual([1, 0])
}, 30_000)
