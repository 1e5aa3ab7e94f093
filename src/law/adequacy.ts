import { type Citation, type DatedFact, eurLex, inForce, namesAct } from './dated.ts'

/** The adequacy decisions of the Commission (Art. 45; before 25 May 2018 Art. 25(6) of Directive 95/46/EC). */

/** Schemes that a decision may limit itself to; a recipient is covered only when it is certified under or subject to one. */
export type CertificationScheme = 'US-DPF' | 'CA-PIPEDA' | 'other'

export type Destination = {
  /** ISO 3166-1 alpha-2. */
  country?: string
  internationalOrganisation?: string
}

export type AdequacyDecision = DatedFact & {
  /** Its number, as it is cited. */
  decision: string
  /** ISO 3166-1 alpha-2; absent for an international organisation. */
  country?: string
  /** The names under which the international organisation is known; absent for a country. */
  internationalOrganisation?: readonly string[]
  /** Whom it covers, where that is not everybody. */
  scope?: string
  /** The scheme that the recipient must be certified under or subject to. */
  certification?: CertificationScheme
  /** What ended it, where it did not simply expire. */
  endedBy?: Citation
}

const ofCountry = (
  country: string,
  effectiveFrom: string,
  decision: string,
  celex: string,
  more: Partial<AdequacyDecision> = {},
): AdequacyDecision => ({
  country,
  effectiveFrom,
  decision,
  citation: eurLex(celex, `Commission Decision ${decision}`),
  confirmed: true,
  ...more,
})

const judgment = (celex: string, title: string) => eurLex(celex, `CJEU, ${title}`)

/**
 * The decisions with the day of their adoption. A decision that a judgment struck down counts up to the day of the judgment.
 * The eleven of before 2018 were confirmed by the Commission on 2024-01-15 (COM(2024) 7).
 */
export const adequacyDecisions: readonly AdequacyDecision[] = [
  ofCountry('CH', '2000-07-26', '2000/518/EC', '32000D0518'),
  ofCountry('CA', '2001-12-20', '2002/2/EC', '32002D0002', {
    scope: 'Recipients subject to the Personal Information Protection and Electronic Documents Act (PIPEDA)',
    certification: 'CA-PIPEDA',
  }),
  ofCountry('AR', '2003-06-30', '2003/490/EC', '32003D0490'),
  ofCountry('GG', '2003-11-21', '2003/821/EC', '32003D0821'),
  ofCountry('IM', '2004-04-28', '2004/411/EC', '32004D0411'),
  ofCountry('JE', '2008-05-08', '2008/393/EC', '32008D0393'),
  ofCountry('FO', '2010-03-05', '2010/146/EU', '32010D0146'),
  ofCountry('AD', '2010-10-19', '2010/625/EU', '32010D0625'),
  ofCountry('IL', '2011-01-31', '2011/61/EU', '32011D0061'),
  ofCountry('UY', '2012-08-21', '2012/484/EU', '32012D0484'),
  ofCountry('NZ', '2012-12-19', '2013/65/EU', '32013D0065'),
  ofCountry('JP', '2019-01-23', '(EU) 2019/419', '32019D0419', {
    scope: 'Business operators subject to the Act on the Protection of Personal Information (APPI)',
  }),
  // One decision, whose end was moved twice: what was known on a day is what the row of that day says.
  ofCountry('GB', '2021-06-28', '(EU) 2021/1772', '32021D1772', { effectiveUntil: '2025-06-27' }),
  ofCountry('GB', '2025-06-24', '(EU) 2021/1772', '32025D1226', {
    effectiveUntil: '2025-12-27',
    citation: eurLex('32025D1226', 'Commission Decision (EU) 2021/1772, extended by Decision (EU) 2025/1226'),
  }),
  ofCountry('GB', '2025-12-19', '(EU) 2021/1772', '32025D2574', {
    effectiveUntil: '2031-12-27',
    citation: eurLex('32025D2574', 'Commission Decision (EU) 2021/1772, renewed by Decision (EU) 2025/2574'),
  }),
  ofCountry('KR', '2021-12-17', '(EU) 2022/254', '32022D0254', {
    scope: 'Recipients subject to the Personal Information Protection Act (PIPA)',
  }),
  ofCountry('US', '2000-07-26', '2000/520/EC', '32000D0520', {
    effectiveUntil: '2015-10-06',
    scope: 'Organisations that adhere to the Safe Harbour principles',
    certification: 'other',
    endedBy: judgment('62014CJ0362', 'C-362/14, Schrems, 6 October 2015'),
    confirmed: false,
  }),
  ofCountry('US', '2016-07-12', '(EU) 2016/1250', '32016D1250', {
    effectiveUntil: '2020-07-16',
    scope: 'Organisations on the Privacy Shield list',
    certification: 'other',
    endedBy: judgment('62018CJ0311', 'C-311/18, Facebook Ireland and Schrems, 16 July 2020'),
  }),
  // Upheld by the General Court on 2025-09-03 (T-553/23).
  ofCountry('US', '2023-07-10', '(EU) 2023/1795', '32023D1795', {
    scope: 'Organisations on the list of the EU–US Data Privacy Framework',
    certification: 'US-DPF',
  }),
  {
    internationalOrganisation: ['European Patent Organisation', 'European Patent Office', 'EPO', 'EPOrg'],
    effectiveFrom: '2025-07-15',
    decision: 'European Patent Organisation, 15 July 2025',
    citation: {
      title: 'Commission Implementing Decision of 15 July 2025 on the European Patent Organisation',
      url: 'https://commission.europa.eu/law/law-topic/data-protection/international-dimension-data-protection/adequacy-decisions_en',
    },
    confirmed: true,
  },
  ofCountry('BR', '2026-01-26', '(EU) 2026/179', '32026D0179', {
    scope: 'Recipients subject to the Lei Geral de Proteção de Dados (LGPD)',
  }),
]

/** After how many months a certification must have been renewed for its holder to be still covered. */
export const certificationRenewals: readonly (DatedFact & { scheme: CertificationScheme; months: number })[] = [
  {
    scheme: 'US-DPF',
    months: 12,
    effectiveFrom: '2023-07-10',
    citation: eurLex('32023D1795', 'Commission Decision (EU) 2023/1795, Annex I, III.6 (annual re-certification)'),
    confirmed: true,
  },
]

const sameName = (a: string, b: string) => a.trim().toLowerCase() === b.trim().toLowerCase()

/** Every decision that was ever adopted for a destination, in the order of adoption. */
export const decisionsFor = ({ country, internationalOrganisation }: Destination): readonly AdequacyDecision[] =>
  adequacyDecisions.filter((decision) =>
    country !== undefined
      ? decision.country === country
      : decision.internationalOrganisation?.some((name) => sameName(name, internationalOrganisation ?? '')),
  )

/**
 * The decision in force for a destination on a day; the latest, where an earlier one was being renewed.
 * @param date `YYYY-MM-DD`
 * @returns undefined when there is none
 */
export const decisionInForce = (destination: Destination, date: string): AdequacyDecision | undefined =>
  decisionsFor(destination).findLast((decision) => inForce(decision, date))

/**
 * The decision on a destination that a text names by its number, whether or not it is in force.
 * @param text for example `(EU) 2016/1250` or `Decision 2016/1250 (Privacy Shield)`
 * @param date `YYYY-MM-DD`; of several rows of one decision the one in force then is preferred
 * @returns undefined when the text names no decision on that destination
 */
export const namedDecision = (destination: Destination, text: string, date: string): AdequacyDecision | undefined => {
  const named = decisionsFor(destination).filter(({ decision }) => namesAct(text, decision))
  return named.findLast((decision) => inForce(decision, date)) ?? named.at(-1)
}

/**
 * The day until which a certification counts as renewed.
 * @param verifiedOn the day on which it was last verified, `YYYY-MM-DD`
 * @returns undefined when the scheme asks for no renewal
 */
export const certificationDue = (scheme: CertificationScheme, verifiedOn: string): string | undefined => {
  const renewal = certificationRenewals.find((entry) => entry.scheme === scheme)
  if (renewal === undefined) return undefined
  const due = new Date(`${verifiedOn}T00:00:00Z`)
  due.setUTCMonth(due.getUTCMonth() + renewal.months)
  return due.toISOString().slice(0, 10)
}
