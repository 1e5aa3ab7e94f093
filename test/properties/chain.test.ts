import { afterAll, beforeAll, expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  canonicalParts,
  createChainVerifier,
  hashEvent,
  type KnownHead,
  type RecordedEvent,
} from '../../src/chain/index.ts'
import { hashWithReferences } from '../../src/entries/index.ts'
import { exportHistory } from '../../src/history/index.ts'
import { createTestApp, loadFixtures } from '../support/app.ts'

/** An exported history: whatever is done to it is found. */

let t: Awaited<ReturnType<typeof createTestApp>>
let lines: string[]
let head: KnownHead
beforeAll(async () => {
  t = await createTestApp()
  await loadFixtures(t.ask)
  lines = []
  for await (const link of exportHistory(t.db)) lines.push(JSON.stringify(link))
  const { position, hash } = JSON.parse(lines.at(-1)!)
  head = { position, hash }
}, 30_000)
afterAll(() => t.close())

const problemsIn = (changed: readonly string[], known?: KnownHead): number => {
  const chain = createChainVerifier(known)
  for (const [index, line] of changed.entries()) {
    try {
      chain.add(JSON.parse(line))
    } catch {
      chain.report(index, 'no JSON')
    }
  }
  return chain.end().problems.length
}

test('as it is, nothing is found', () => {
  expect(lines.length).toBeGreaterThan(20)
  expect(lines.filter((line) => JSON.parse(line).content !== undefined).length).toBeGreaterThan(20)
  expect(problemsIn(lines)).toBe(0)
  expect(problemsIn(lines, head)).toBe(0)
})

test('an altered byte is found', () => {
  const alteration = fc.record({
    line: fc.nat(lines.length - 1),
    at: fc.double({ min: 0, max: 0.999999, noNaN: true }),
    byte: fc.constantFrom(...'0aZ"}'),
  })
  fc.assert(
    fc.property(alteration, ({ line, at, byte }) => {
      const text = lines[line]!
      const index = Math.floor(at * text.length)
      fc.pre(text[index] !== byte)
      const altered = lines.with(line, text.slice(0, index) + byte + text.slice(index + 1))
      expect(problemsIn(altered)).toBeGreaterThan(0)
    }),
    { numRuns: 500 },
  )
})

test('an altered content is found, whichever revision it is of', () => {
  for (const [index, line] of lines.entries()) {
    const link = JSON.parse(line)
    if (link.content === undefined) continue
    const altered = JSON.stringify({ ...link, content: { ...link.content, name: `${link.content.name}!` } })
    expect(problemsIn(lines.with(index, altered))).toBe(1)
  }
})

test('a removed, repeated or displaced event is found; the end, cut off, against a known head', () => {
  const index = fc.nat(lines.length - 2)
  fc.assert(
    fc.property(index, index, (from, to) => {
      expect(problemsIn(lines.toSpliced(from, 1))).toBeGreaterThan(0)
      expect(problemsIn(lines.toSpliced(to, 0, lines[from]!))).toBeGreaterThan(0)
      if (from !== to) expect(problemsIn(lines.toSpliced(from, 1).toSpliced(to, 0, lines[from]!))).toBeGreaterThan(0)
      expect(problemsIn(lines.slice(0, from + 1))).toBe(0)
      expect(problemsIn(lines.slice(0, from + 1), head)).toBeGreaterThan(0)
    }),
    { numRuns: 100 },
  )
})

test('positions that leave one out are found, even when every hash after it was computed anew', () => {
  let previous = '0'.repeat(64)
  const anew = lines.slice(0, 9).map((line, index) => {
    const { hash: _, actorName: __, content, ...event } = JSON.parse(line)
    const shifted = { ...event, position: index < 5 ? event.position : event.position + 1, previous }
    previous = hashEvent(shifted)
    return JSON.stringify({ ...shifted, hash: previous, ...(content && { content }) })
  })
  expect(problemsIn(anew.slice(0, 5))).toBe(0)
  expect(problemsIn(anew)).toBe(1)
})

test('the database hashes an event as its canonical JSON (RFC 8785), whatever is in it', async () => {
  const text = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 60 })
    .filter((s) => s.isWellFormed() && !s.includes('\0') && s.trim() !== '')
  for (const reason of fc.sample(text, 30).concat(['"\\/\b\f\n\r\t\u0001\u001f\u007f\u2028 é 😀'])) {
    const { status } = await t.ask('POST', '/v1/processing-activities/newsletter/waivers', {
      body: { findingCode: 'owner-missing', reason, until: '2090-01-01' },
    })
    expect(status).toBe(200)
  }
  expect((await t.ask('GET', '/v1/history/verify')).json.problems).toEqual([])
})

test('the parts around what the database adds make the canonical JSON', () => {
  const event: RecordedEvent = {
    type: 'waived',
    actor: 'a',
    reason: 'r',
    details: { until: 'u' },
    position: 1,
    previous: 'p',
    recordedAt: 't',
    state: { approval: 'none', shown: 1, status: 'in-force' },
  }
  const { position, previous, recordedAt, ...rest } = event
  const [first, second, third] = canonicalParts(rest)
  const whole = `{${first}"position":${position},"previous":"${previous}",${second}"recordedAt":"${recordedAt}",${third}}`
  expect(hashEvent(JSON.parse(whole))).toBe(hashEvent(event))
  expect(JSON.stringify(JSON.parse(whole))).toBe(whole)
})

test('the hash with references is the same here and in the database', async () => {
  const { json } = await t.ask('GET', '/v1/processing-activities/newsletter')
  await t.ask('PUT', '/v1/processing-activities/newsletter', { body: { ...json, description: 'once more' } })
  const { rows } = await t.db
    .selectFrom('entries as e')
    .innerJoin('revisions as r', 'r.id', 'e.in_force_id')
    .select(['r.content_hash', 'r.id', 'e.in_force_hash'])
    .where('e.key', '=', 'newsletter')
    .where('e.resource', '=', 'processing-activities')
    .execute()
    .then((rows) => ({ rows }))
  const references = await t.db
    .selectFrom('entry_references as x')
    .innerJoin('entries as t', 't.id', 'x.target_id')
    .innerJoin('revisions as r', 'r.id', 't.shown_id')
    .select(['t.resource', 't.key', 'r.content_hash as revisionHash'])
    .where('x.entry_id', '=', json.meta.id)
    .execute()
  expect(references.length).toBeGreaterThan(3)
  expect(rows[0]!.in_force_hash).toBe(hashWithReferences(rows[0]!.content_hash, references))
})
