import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { root } from '../support/checkout.ts'

/** The comparison with the last release, as `npm run check` makes it, in a repository that has one. */

const folder = mkdtempSync(join(tmpdir(), 'released-'))
const contract = JSON.parse(readFileSync(join(root, 'openapi/v1.json'), 'utf8'))
contract.info.version = '1.0.0'

const git = (...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=test', '-c', 'user.email=test@example.org', ...args], { cwd: folder })
const write = (content: object) => writeFileSync(join(folder, 'openapi/v1.json'), JSON.stringify(content))
const compare = () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'openapi/compare.js')], {
    cwd: folder,
    encoding: 'utf8',
  })
  return { status, output: stdout + stderr }
}
const compareWith = (change: (contract: any) => void) => {
  const changed = structuredClone(contract)
  change(changed)
  write(changed)
  return compare()
}

beforeAll(() => {
  mkdirSync(join(folder, 'openapi'))
  git('init', '--quiet')
  write(contract)
  git('add', '.')
  git('commit', '--quiet', '--message', 'A contract')
})
afterAll(() => rmSync(folder, { recursive: true }))

test('before the first release, and with a candidate alone, there is nothing to compare with', () => {
  git('tag', 'v1.0.0-rc.1')
  expect(compare()).toEqual({ status: 0, output: expect.stringContaining('no release yet') })
})

test('after it: an operation that is gone, and a new required property of a body, are breaking', () => {
  git('tag', 'v1.0.0')
  const gone = compareWith((contract) => {
    delete contract.paths['/v1/checks'].post
    contract.info.version = '1.9.0'
    contract.components.schemas.CheckQuestion.required.push('service')
  })
  expect(gone.status).toBe(1)
  expect(gone.output).toContain('operation-removed')
  expect(gone.output).toMatch(/required/)
}, 30_000)

test('an addition needs a higher version', () => {
  const add = (version: string) =>
    compareWith((contract) => {
      contract.paths['/v1/further'] = contract.paths['/v1/approvals']
      contract.info.version = version
    }).status
  expect([add('1.0.0'), add('1.1.0')]).toEqual([1, 0])
}, 30_000)
