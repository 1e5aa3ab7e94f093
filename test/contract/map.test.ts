import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { root } from '../support/checkout.ts'

const map = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8').split('## The map')[1]!.split('\n## ')[0]!

/** The folders of a folder, and its files. */
const inside = (folder: string): { folders: string[]; files: string[] } => {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', folder || '.'], {
    cwd: root,
  })
  const paths = listed
    .toString()
    .trim()
    .split('\n')
    .map((path) => path.slice(folder.length))
  return {
    folders: [...new Set(paths.flatMap((path) => (path.includes('/') ? [path.split('/')[0]!] : [])))],
    files: paths.filter((path) => path !== '' && !path.includes('/')),
  }
}

/** Whether the map has a line that begins with a name, so far indented. */
const names = (indentation: number, name: string) =>
  map.split('\n').some((line) => line.startsWith(`${' '.repeat(indentation)}${name}`))

test('the map of CONTRIBUTING names every folder at the top, in src and in test', () => {
  expect(inside('').folders.filter((name) => !names(4, `${name}/`))).toEqual([])
  expect(inside('src/').folders.filter((name) => !names(6, `${name}/`))).toEqual([])
  expect(inside('test/').folders.filter((name) => !names(6, `${name}/`))).toEqual([])
  expect(inside('src/platform/').folders.filter((name) => !map.includes(`${name}/`))).toEqual([])
})

test('it names every file directly in src', () => {
  expect(inside('src/').files.filter((name) => !map.includes(name))).toEqual([])
})

test('and nothing that is not there', () => {
  const { folders, files } = inside('src/')
  const named = [
    ...map
      .split('    src/\n')[1]!
      .split('    test/\n')[0]!
      .matchAll(/^ {6}([\w.-]+)(\/?)/gm),
  ]
  expect(named.length).toBeGreaterThan(20)
  expect(named.filter(([, name, slash]) => !(slash ? folders : files).includes(name!)).map(([, name]) => name)).toEqual(
    [],
  )
})
