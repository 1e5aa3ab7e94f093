import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { mutants } from '../mutants/mutants.ts'
import { root } from '../support/checkout.ts'

test.each(mutants)('the mutant “$name” is of code that there is', ({ file, from, to }) => {
  const source = readFileSync(join(root, file), 'utf8')
  expect(source.split(from)).toHaveLength(2)
  expect(source.replace(from, () => to)).not.toBe(source)
})
