import { type Citation, type DatedFact, eurLex, inForce } from './dated.ts'

/** Where sending data is no transfer, because the Regulation itself applies there: the European Economic Area. */

export type EeaTerritory = DatedFact & {
  /** ISO 3166-1 alpha-2. */
  country: string
  /**
   * `member`: a member state, or a territory of one that has a country code of its own. `transition`: a member no more,
   * but treated as one. `bridging`: a third country, but sending data there is not considered a transfer.
   */
  standing: 'member' | 'transition' | 'bridging'
}

const members = (countries: string, effectiveFrom: string, citation: Citation, confirmed: boolean): EeaTerritory[] =>
  countries.split(' ').map((country) => ({ country, standing: 'member', effectiveFrom, citation, confirmed }))

const eeaAgreement = eurLex('21994A0103(01)', 'Agreement on the European Economic Area, OJ L 1, 3.1.1994, p. 3')
const article355 = eurLex('12016E355', 'Art. 355 TFEU, with Art. 349 TFEU')
const withdrawal = eurLex('12020W/TXT', 'Agreement on the withdrawal of the United Kingdom, OJ L 29, 31.1.2020, p. 7')

/**
 * The members since they joined the Union or the EEA, not earlier than the EEA itself. Territories that share a state's
 * country code need no row; those with a code of their own that belong to no row are third countries here, Greenland
 * (GL), the Faroe Islands (FO), New Caledonia (NC) and Svalbard (SJ, Protocol 40 of the EEA Agreement) among them.
 */
export const eeaTerritories: readonly EeaTerritory[] = [
  ...members('AT BE DE DK ES FI FR GR IE IS IT LU NL NO PT SE', '1994-01-01', eeaAgreement, true),
  ...members('LI', '1995-05-01', eeaAgreement, true),
  ...members(
    'CY CZ EE HU LT LV MT PL SI SK',
    '2004-05-01',
    eurLex('12003T/TXT', 'Treaty of Accession 2003, OJ L 236, 23.9.2003, p. 17'),
    true,
  ),
  ...members('BG RO', '2007-01-01', eurLex('12005S/TXT', 'Treaty of Accession 2005, OJ L 157, 21.6.2005, p. 11'), true),
  ...members('HR', '2013-07-01', eurLex('12012J/TXT', 'Treaty of Accession 2011, OJ L 112, 24.4.2012, p. 10'), true),

  // Outermost regions of France (Art. 355(1) TFEU). Mayotte became one in 2014; Saint Barthélemy ceased to be one in 2012.
  ...members('GP MQ GF RE MF', '1994-01-01', article355, false),
  ...members('YT', '2014-01-01', eurLex('32012D0419', 'European Council Decision 2012/419/EU'), false),
  // The Åland Islands, which Art. 355(4) TFEU includes.
  ...members('AX', '1995-01-01', article355, false),

  {
    country: 'GB',
    standing: 'member',
    effectiveFrom: '1994-01-01',
    effectiveUntil: '2020-01-31',
    citation: withdrawal,
    confirmed: true,
  },
  {
    country: 'GB',
    standing: 'transition',
    effectiveFrom: '2020-02-01',
    effectiveUntil: '2020-12-31',
    citation: { ...withdrawal, title: `Art. 126, 127 of the ${withdrawal.title}` },
    confirmed: true,
  },
  {
    country: 'GB',
    standing: 'bridging',
    effectiveFrom: '2021-01-01',
    // The specified period ended with the adequacy decision of that day.
    effectiveUntil: '2021-06-28',
    citation: eurLex(
      '22020A1231(01)',
      'Art. FINPROV.10A of the EU–UK Trade and Cooperation Agreement, OJ L 444, 31.12.2020, p. 14',
    ),
    confirmed: true,
  },
]

/**
 * What makes sending data to a country no transfer on a day.
 * @param country ISO 3166-1 alpha-2
 * @param date `YYYY-MM-DD`
 * @returns undefined when the country is a third country on that day (Art. 44)
 */
export const eeaStanding = (country: string, date: string): EeaTerritory | undefined =>
  eeaTerritories.find((territory) => territory.country === country && inForce(territory, date))

/**
 * Whether the Regulation applies in a country as in a member state. False for the United Kingdom from 2021 on, although
 * sending data there was no transfer before 2021-06-28 either: for that ask `eeaStanding`.
 * @param country ISO 3166-1 alpha-2
 * @param date `YYYY-MM-DD`
 */
export const isEea = (country: string, date: string): boolean => {
  const standing = eeaStanding(country, date)?.standing
  return standing === 'member' || standing === 'transition'
}
