import { expect, test } from '@jest/globals'
import { blocking, judge } from '../../../src/activities/findings.ts'
import { cleanActivity, cleanCatalogue } from '../../support/fixtures.ts'

const activity = cleanActivity({ purposes: [] })
const waived = (at: string, pointer: string | null = null) =>
  judge(
    { status: 'draft', activity },
    cleanCatalogue() as never,
    {
      waivers: [{ findingCode: 'purpose-missing', pointer, reason: 'Being clarified', until: '2026-06-30', by: 'ada' }],
      changedSinceApproval: [],
    },
    at,
  ).find(({ code }) => code === 'purpose-missing')!

test('a waiver holds on its last day, and no longer', () => {
  expect(waived('2026-06-30').waiver).toEqual({ reason: 'Being clarified', until: '2026-06-30', by: 'ada' })
  expect(waived('2026-07-01').waiver).toBe(undefined)
})

test('what is waived blocks nothing; what is waived elsewhere does', () => {
  expect(blocking(waived('2026-06-30'))).toBe(false)
  expect(blocking(waived('2026-07-01'))).toBe(true)
  expect(blocking(waived('2026-06-30', '/somewhere/else'))).toBe(true)
})
