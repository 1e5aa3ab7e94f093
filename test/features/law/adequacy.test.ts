import { describe, expect, test } from '@jest/globals'
import { adequacyDecisions, certificationDue, decisionInForce } from '../../../src/law/index.ts'

const byCountry = (country: string, date: string) => decisionInForce({ country }, date)?.decision

describe('the decision in force', () => {
  test.each([
    ['CH', '2000-07-25', undefined],
    ['CH', '2000-07-26', '2000/518/EC'],
    ['JP', '2019-01-22', undefined],
    ['JP', '2019-01-23', '(EU) 2019/419'],
    ['GB', '2021-06-27', undefined],
    ['GB', '2021-06-28', '(EU) 2021/1772'],
    ['GB', '2025-06-28', '(EU) 2021/1772'],
    ['GB', '2031-12-27', '(EU) 2021/1772'],
    ['GB', '2031-12-28', undefined],
    ['US', '2015-10-06', '2000/520/EC'],
    ['US', '2015-10-07', undefined],
    ['US', '2016-07-11', undefined],
    ['US', '2016-07-12', '(EU) 2016/1250'],
    ['US', '2020-07-16', '(EU) 2016/1250'],
    ['US', '2020-07-17', undefined],
    ['US', '2023-07-09', undefined],
    ['US', '2023-07-10', '(EU) 2023/1795'],
    ['BR', '2026-01-25', undefined],
    ['BR', '2026-01-26', '(EU) 2026/179'],
    ['IN', '2026-06-01', undefined],
  ])('for %s on %s is %s', (country, date, decision) => {
    expect(byCountry(country, date)).toBe(decision)
  })

  test('of the United Kingdom says how long it was to last, as of that day', () => {
    const until = (date: string) => decisionInForce({ country: 'GB' }, date)?.effectiveUntil
    expect(until('2025-06-23')).toBe('2025-06-27')
    expect(until('2025-06-24')).toBe('2025-12-27')
    expect(until('2025-12-18')).toBe('2025-12-27')
    expect(until('2025-12-19')).toBe('2031-12-27')
  })

  test('covers one international organisation, which is no country', () => {
    const epo = { internationalOrganisation: ' european patent organisation' }
    expect(decisionInForce(epo, '2025-07-14')).toBeUndefined()
    expect(decisionInForce(epo, '2025-07-15')).toBeDefined()
    expect(decisionInForce({ internationalOrganisation: 'World Health Organization' }, '2026-06-01')).toBeUndefined()
  })

  test('covers every country of law, and says where it covers only some recipients', () => {
    const on = '2026-06-01'
    const countries = 'AD AR BR CA CH FO GB GG IL IM JE JP KR NZ US UY'.split(' ')
    expect([...new Set(adequacyDecisions.flatMap(({ country }) => country ?? []))].sort()).toEqual(countries)
    const certified = countries.filter((country) => decisionInForce({ country }, on)?.certification !== undefined)
    expect(certified).toEqual(['CA', 'US'])
  })
})

test('a certification under the Data Privacy Framework is renewed every year, one under PIPEDA is not', () => {
  expect(certificationDue('US-DPF', '2026-01-15')).toBe('2027-01-15')
  expect(certificationDue('US-DPF', '2024-02-29')).toBe('2025-03-01')
  expect(certificationDue('CA-PIPEDA', '2020-01-01')).toBeUndefined()
})
