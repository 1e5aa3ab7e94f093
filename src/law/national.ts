import { type DatedFact, inForce } from './dated.ts'

/** Duties that national law adds to Art. 30. */

/** Where the record of a public body must state the legal basis, which Art. 30 does not ask for. */
const legalBasisInRecord: readonly (DatedFact & { country: string; article: string })[] = [
  {
    country: 'ES',
    article: 'LOPDGDD Art. 31(2)',
    // Entered into force on the day after its publication (final provision 16).
    effectiveFrom: '2018-12-07',
    citation: {
      title: 'Ley Orgánica 3/2018 (LOPDGDD), Art. 31(2), for the bodies of Art. 77(1)',
      url: 'https://www.boe.es/eli/es/lo/2018/12/05/3/con',
    },
    confirmed: true,
  },
]

/**
 * The national law by which a public body's record must state the legal basis.
 * @param country ISO 3166-1 alpha-2
 * @param date `YYYY-MM-DD`
 * @returns undefined when there is none: then stating it is what the authorities advise
 */
export const legalBasisDuty = (country: string, date: string) =>
  legalBasisInRecord.find((duty) => duty.country === country && inForce(duty, date))
