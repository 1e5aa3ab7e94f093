import { cpSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cleanCheckout, root } from '../support/checkout.ts'
import { runCommand } from '../support/command.ts'
import { locatePostgres } from '../support/postgres.ts'
import { type Mutant, mutants } from './mutants.ts'

/**
 * `npm run test:mutants [part of a name or a path]`: tries each mutant in a copy of the checkout against the tests that have to
 * notice it, prints the score, and ends with 1 when one survives.
 */

const workers = 2
const only = process.argv[2]
const chosen = mutants.filter(({ name, file }) => !only || name.includes(only) || file.includes(only))

const postgres = await locatePostgres()
const copy = () => {
  const folder = cleanCheckout()
  for (const path of ['node_modules', 'cli/node_modules']) symlinkSync(join(root, path), join(folder, path))
  cpSync(join(root, 'client/src/contract.ts'), join(folder, 'client/src/contract.ts'))
  return folder
}

/** @returns how many tests failed, and passed */
const runTests = async (folder: string, tests: readonly string[]): Promise<{ failed: number; passed: number }> => {
  const pattern = `/test/(features/)?(${tests.join('|')})`
  const args = ['run', '--silent', 'test', '--', `--testPathPatterns=${pattern}`]
  const { out } = await runCommand('npm', args, { cwd: folder, env: { TEST_DATABASE_URL: postgres.adminUrl } })
  const count = (what: string) => Number(new RegExp(`^Tests:.*?(\\d+) ${what}`, 'm').exec(out)?.[1] ?? 0)
  return { failed: count('failed'), passed: count('passed') }
}

const isNoticed = async (folder: string, { file, from, to, tests }: Mutant): Promise<boolean> => {
  const path = join(folder, file)
  const source = readFileSync(path, 'utf8')
  writeFileSync(
    path,
    source.replace(from, () => to),
  )
  const { failed } = await runTests(folder, tests)
  writeFileSync(path, source)
  return failed > 0
}

const survivors: Mutant[] = []
const waiting = [...chosen]
const tryAll = async () => {
  const folder = copy()
  // A test that fails anyway notices nothing.
  const { failed, passed } = await runTests(folder, [...new Set(chosen.flatMap(({ tests }) => tests))])
  if (failed > 0 || passed === 0) throw new Error('The tests fail without any mutant.')
  for (let mutant = waiting.shift(); mutant; mutant = waiting.shift()) {
    const noticed = await isNoticed(folder, mutant)
    if (!noticed) survivors.push(mutant)
    console.log(`${noticed ? 'noticed ' : 'SURVIVED'} ${mutant.file}: ${mutant.name}`)
  }
  rmSync(folder, { recursive: true, force: true })
}
try {
  await Promise.all(Array.from({ length: workers }, tryAll))
} finally {
  await postgres.stop()
}
console.log(`${chosen.length - survivors.length} of ${chosen.length} mutants were noticed.`)
process.exitCode = survivors.length > 0 ? 1 : 0
