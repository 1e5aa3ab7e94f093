import { expect, test } from '@jest/globals'
import {
  conditionArticles,
  conditions,
  legalBases,
  legalBasisArticles,
  legalBasisDuty,
  mechanisms,
  transferMechanisms,
} from '../../../src/law/index.ts'

test('every provision has a title, and all but those that DPV lacks have its term', () => {
  const provisions = { ...legalBases, ...conditions, ...mechanisms }
  const articles = [...legalBasisArticles, ...conditionArticles, ...transferMechanisms]
  expect(Object.keys(provisions).sort()).toEqual([...articles].sort())
  const without = Object.entries(provisions).filter(([, { iri }]) => iri === undefined)
  expect(without.map(([article]) => article).sort()).toEqual(['10', '47'])
  expect(legalBases['6(1)(a)'].iri).toBe('https://w3id.org/dpv/legal/eu/gdpr#A6-1-a')
  expect(mechanisms['49(1)-second'].iri).toBe('https://w3id.org/dpv/legal/eu/gdpr#A49-2')
})

test('Spain wants the legal basis in the record of a public body since its law of 2018', () => {
  expect(legalBasisDuty('ES', '2018-12-06')).toBeUndefined()
  expect(legalBasisDuty('ES', '2018-12-07')?.article).toBe('LOPDGDD Art. 31(2)')
  expect(legalBasisDuty('DE', '2026-06-01')).toBeUndefined()
})
