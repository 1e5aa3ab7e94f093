import { expect, test } from '@jest/globals'
import canonicalize from 'canonicalize'
import fc from 'fast-check'
import { sameJson } from '../../src/entries/same-json.ts'

/** Two values are the same when their canonical forms (RFC 8785) are. */

const value = fc.jsonValue({ maxDepth: 3 })

/** A copy with the properties of all objects in the opposite order. */
const reordered = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(reordered)
  if (value === null || typeof value !== 'object') return value
  const names = Object.keys(value).reverse()
  return JSON.parse(
    `{${names.map((name) => `${JSON.stringify(name)}:${JSON.stringify(reordered((value as Record<string, unknown>)[name]))}`)}}`,
  )
}

test('the order of properties does not count', () => {
  fc.assert(
    fc.property(value, (a) => {
      expect(sameJson(a, reordered(a))).toBe(true)
    }),
    { numRuns: 2000 },
  )
})

test('anything else does', () => {
  const few = fc.jsonValue({ maxDepth: 2, stringUnit: fc.constantFrom('a', 'b') })
  fc.assert(
    fc.property(few, few, (a, b) => {
      expect(sameJson(a, b)).toBe(canonicalize(a) === canonicalize(b))
    }),
    { numRuns: 20_000 },
  )
  for (const [a, b] of [
    [{ a: 1 }, { b: 1 }],
    [{ constructor: 1 }, {}],
    [[], {}],
    [null, {}],
    [0, -0],
    [
      [1, 2],
      [2, 1],
    ],
  ])
    expect(sameJson(a, b)).toBe(canonicalize(a) === canonicalize(b))
})
