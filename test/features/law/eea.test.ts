import { describe, expect, test } from '@jest/globals'
import { countryCodes, eeaStanding, eeaTerritories, isEea } from '../../../src/law/index.ts'

test('the EEA of today: 27 member states, three of EFTA, and territories with codes of their own', () => {
  const today = countryCodes.filter((country) => isEea(country, '2026-06-01'))
  const states = 'AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK'.split(' ')
  const territories = 'AX GF GP MF MQ RE YT'.split(' ')
  expect(states).toHaveLength(30)
  expect(today.sort()).toEqual([...states, ...territories].sort())
})

describe('on its dates', () => {
  test.each([
    ['HR', '2013-06-30', false],
    ['HR', '2013-07-01', true],
    ['YT', '2013-12-31', false],
    ['YT', '2014-01-01', true],
    ['GB', '2020-01-31', true],
    ['GB', '2020-12-31', true],
    ['GB', '2021-01-01', false],
    ['CH', '2026-06-01', false],
    ['GL', '2026-06-01', false],
    ['FO', '2026-06-01', false],
    ['NC', '2026-06-01', false],
    ['SJ', '2026-06-01', false],
  ])('%s on %s: %s', (country, date, expected) => {
    expect(isEea(country, date)).toBe(expected)
  })
})

describe('the phases of the United Kingdom', () => {
  test.each([
    ['2020-01-31', 'member'],
    ['2020-02-01', 'transition'],
    ['2020-12-31', 'transition'],
    ['2021-01-01', 'bridging'],
    ['2021-06-28', 'bridging'],
    ['2021-06-29', undefined],
  ])('%s: %s', (date, standing) => {
    expect(eeaStanding('GB', date)?.standing).toBe(standing)
  })
})

test('every fact is dated and cited, and knows real countries', () => {
  for (const { country, effectiveFrom, citation } of eeaTerritories) {
    expect(countryCodes).toContain(country)
    expect(effectiveFrom).toMatch(/^\d{4}-\d{2}-\d{2}$/)
    expect(citation.url).toMatch(/^https:\/\/eur-lex\.europa\.eu\//)
  }
})
