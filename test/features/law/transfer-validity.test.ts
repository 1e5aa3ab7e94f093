import { describe, expect, test } from '@jest/globals'
import { assessTransfer, clauseSet, type TransferFacts } from '../../../src/law/index.ts'

const us = { country: 'US' }
const state = (facts: TransferFacts, date: string) => assessTransfer(facts, date).state

describe('a destination', () => {
  test.each([
    ['DE', '2026-06-01', 'not-needed'],
    ['RE', '2026-06-01', 'not-needed'],
    ['IS', '2026-06-01', 'not-needed'],
    ['GB', '2020-12-31', 'not-needed'],
    ['GB', '2021-01-01', 'not-needed'],
    ['GB', '2021-06-28', 'not-needed'],
    ['GB', '2021-06-29', 'missing'],
    ['CH', '2026-06-01', 'missing'],
    ['US', '2026-06-01', 'missing'],
  ])('%s without a mechanism on %s: %s', (country, date, expected) => {
    expect(state({ destination: { country } }, date)).toBe(expected)
  })

  test('that is an international organisation in the EEA needs a mechanism all the same', () => {
    const destination = { internationalOrganisation: 'European Patent Organisation' }
    expect(state({ destination }, '2026-06-01')).toBe('missing')
    expect(state({ destination, mechanism: { article: '45' } }, '2025-07-14')).toBe('invalid')
    expect(state({ destination, mechanism: { article: '45' } }, '2025-07-15')).toBe('valid')
  })

  test('without a mechanism is told what is available, if it covers everybody there', () => {
    expect(assessTransfer({ destination: { country: 'CH' } }, '2026-06-01').available?.decision).toBe('2000/518/EC')
    expect(assessTransfer({ destination: us }, '2026-06-01').available).toBeUndefined()
    expect(assessTransfer({ destination: { country: 'IN' } }, '2026-06-01').available).toBeUndefined()
  })
})

describe('an adequacy decision', () => {
  const adequacy = (country: string, decision?: string, scheme?: 'US-DPF' | 'CA-PIPEDA' | 'other'): TransferFacts => ({
    destination: { country },
    mechanism: { article: '45', decision },
    certification: scheme && { scheme },
  })

  test.each([
    ['in force', adequacy('CH'), '2026-06-01', 'valid'],
    ['none', adequacy('IN'), '2026-06-01', 'invalid'],
    ['the day before adoption', adequacy('BR'), '2026-01-25', 'invalid'],
    ['named the day before adoption', adequacy('BR', '(EU) 2026/179'), '2026-01-25', 'invalid'],
    ['the day of adoption', adequacy('BR', '(EU) 2026/179'), '2026-01-26', 'valid'],
    ['the United Kingdom renewed', adequacy('GB', '2021/1772'), '2026-06-01', 'valid'],
    ['the United Kingdom expired', adequacy('GB', '2021/1772'), '2031-12-28', 'invalid'],
    ['Canada, not under PIPEDA', adequacy('CA'), '2026-06-01', 'invalid'],
    ['Canada, under PIPEDA', adequacy('CA', undefined, 'CA-PIPEDA'), '2026-06-01', 'valid'],
    ['Safe Harbour while it lasted', adequacy('US', '2000/520/EC', 'other'), '2015-10-06', 'valid'],
    ['Safe Harbour afterwards', adequacy('US', '2000/520/EC', 'other'), '2015-10-07', 'invalid'],
    ['Privacy Shield while it lasted', adequacy('US', '(EU) 2016/1250', 'other'), '2020-07-16', 'valid'],
    ['Privacy Shield, not certified', adequacy('US', '(EU) 2016/1250'), '2019-01-01', 'invalid'],
    ['Privacy Shield afterwards', adequacy('US', '(EU) 2016/1250', 'other'), '2020-07-17', 'invalid'],
    ['Privacy Shield under the framework', adequacy('US', 'Decision 2016/1250', 'US-DPF'), '2026-06-01', 'invalid'],
    ['nothing for the United States in between', adequacy('US', undefined, 'US-DPF'), '2023-07-09', 'invalid'],
    ['the framework, certified', adequacy('US', undefined, 'US-DPF'), '2023-07-10', 'valid'],
    ['the framework, certified otherwise', adequacy('US', undefined, 'other'), '2026-06-01', 'invalid'],
    ['the framework, not certified', adequacy('US', '(EU) 2023/1795'), '2026-06-01', 'invalid'],
  ] as const)('%s', (_, facts, date, expected) => {
    expect(state(facts, date)).toBe(expected)
  })

  test('that ended says by what', () => {
    const { reason, citation } = assessTransfer(adequacy('US', '(EU) 2016/1250', 'other'), '2026-06-01')
    expect(reason).toBe(
      'Decision (EU) 2016/1250 ended on 2020-07-16 (CJEU, C-311/18, Facebook Ireland and Schrems, 16 July 2020).',
    )
    expect(citation.url).toContain('CELEX:62018CJ0311')
  })
})

describe('standard contractual clauses', () => {
  const clauses = (decision?: string, signedOn?: string, sccModule?: number): TransferFacts => ({
    destination: us,
    mechanism: { article: '46(2)(c)', decision, sccModule },
    ...(signedOn !== undefined && { documents: [{ kind: 'standard-contractual-clauses', signedOn }] }),
  })

  test.each([
    ['the former set, before the new one', clauses('2010/87/EU', '2015-01-01'), '2021-06-26', 'valid'],
    ['the former set, signed on the last day', clauses('2010/87/EU', '2021-09-26'), '2022-12-27', 'valid'],
    ['the former set, signed a day too late', clauses('2010/87/EU', '2021-09-27'), '2022-12-27', 'invalid'],
    ['the former set, a day after its end', clauses('2010/87/EU', '2015-01-01'), '2022-12-28', 'invalid'],
    ['the former set for controllers, after its end', clauses('2001/497/EC'), '2022-12-28', 'invalid'],
    ['its second version, after its end', clauses('Decision 2004/915/EC'), '2022-12-28', 'invalid'],
    ['the new set, before it was in force', clauses('(EU) 2021/914'), '2021-06-26', 'invalid'],
    ['the new set, on its first day', clauses('(EU) 2021/914', '2021-06-27'), '2021-06-27', 'valid'],
    ['the new set, signed before its first day', clauses('(EU) 2021/914', '2021-06-26'), '2026-06-01', 'invalid'],
    ['the new set, known by its module', clauses(undefined, undefined, 2), '2021-06-26', 'invalid'],
    [
      'no set named, but signed when there were only former ones',
      clauses(undefined, '2021-06-26'),
      '2026-06-01',
      'invalid',
    ],
    ['no set named, signed when there were both', clauses(undefined, '2021-08-01'), '2026-06-01', 'valid'],
    ['no set named, signed since', clauses(undefined, '2021-09-27'), '2026-06-01', 'valid'],
    ['no set named, no day', clauses(), '2026-06-01', 'valid'],
  ] as const)('%s', (_, facts, date, expected) => {
    expect(state(facts, date)).toBe(expected)
  })
})

test('the set of clauses is known by its number, else by the day of signing', () => {
  const decision = (named?: string, signedOn?: string) => clauseSet(named, signedOn)?.decision
  expect(decision('Commission Decision 2010/87/EU of 5 February 2010')).toBe('2010/87/EU')
  expect(decision('standard clauses', '2022-10-01')).toBe('(EU) 2021/914')
  expect(decision(undefined, '2021-06-27')).toBeUndefined()
  expect(decision(undefined, '2021-09-26')).toBeUndefined()
  expect(clauseSet(undefined, '2021-06-26')?.modules).toBe(false)
  expect(decision()).toBeUndefined()
})

test('a mechanism that is not valid is told what is available instead', () => {
  const formerClauses = { article: '46(2)(c)', decision: '2010/87/EU' } as const
  const facts = { destination: { country: 'CH' }, mechanism: formerClauses }
  expect(assessTransfer(facts, '2026-06-01')).toMatchObject({
    state: 'invalid',
    reason: 'The clauses of Decision 2010/87/EU ended on 2022-12-27.',
    available: { decision: '2000/518/EC' },
  })
  expect(assessTransfer({ ...facts, mechanism: { article: '45' } }, '2026-06-01').available).toBeUndefined()
})

test('other safeguards and derogations have no dates', () => {
  for (const article of ['46(2)(b)', '47', '49(1)(a)', '49(1)-second'] as const) {
    expect(state({ destination: us, mechanism: { article } }, '2026-06-01')).toBe('valid')
  }
})
