import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'

/** A feature is a folder in src. Others import it through its index alone, and platform knows no word of the domain. */

const src = fileURLToPath(new URL('../../src/', import.meta.url))

const imports = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .flatMap((file) =>
    [...readFileSync(join(src, file), 'utf8').matchAll(/from '(\.[^']+)'|import\('(\.[^']+)'\)/g)].map((match) => ({
      file,
      target: relative(src, join(src, dirname(file), (match[1] ?? match[2])!)),
    })),
  )

const featureOf = (file: string) => (file.includes('/') ? file.split('/')[0]! : '')

test('a feature imports another through its index', () => {
  expect(imports.length).toBeGreaterThan(200)
  const wrong = imports.filter(
    ({ file, target }) =>
      featureOf(target) !== '' &&
      featureOf(target) !== featureOf(file) &&
      featureOf(target) !== 'platform' &&
      target !== `${featureOf(target)}/index.ts`,
  )
  expect(wrong).toEqual([])
})

test('platform imports no feature', () => {
  expect(
    imports.filter(({ file, target }) => featureOf(file) === 'platform' && featureOf(target) !== 'platform'),
  ).toEqual([])
})

test('features do not depend on each other in a circle', () => {
  const dependencies = new Map<string, Set<string>>()
  for (const { file, target } of imports) {
    const [from, to] = [featureOf(file), featureOf(target)]
    if (from === '' || to === '' || from === to) continue
    dependencies.set(from, (dependencies.get(from) ?? new Set()).add(to))
  }
  const reaches = (from: string, to: string, seen = new Set<string>()): boolean =>
    [...(dependencies.get(from) ?? [])].some(
      (next) => next === to || (!seen.has(next) && reaches(next, to, seen.add(next))),
    )
  expect([...dependencies.keys()].filter((feature) => reaches(feature, feature))).toEqual([])
})
