import type { automatedDecisionArticles, ConditionArticle, SpecialCategory, securityArticles } from './articles.ts'
import { gdprTerm, type Provision } from './provision.ts'

/** The conditions of Art. 9(2), and Art. 10, for which DPV has no term. */
export const conditions: Readonly<Record<ConditionArticle, Provision>> = {
  '9(2)(a)': { title: 'Explicit consent', iri: gdprTerm('A9-2-a') },
  '9(2)(b)': { title: 'Employment, social security and social protection law', iri: gdprTerm('A9-2-b') },
  '9(2)(c)': { title: 'Vital interests', iri: gdprTerm('A9-2-c') },
  '9(2)(d)': { title: 'Members of a not-for-profit body', iri: gdprTerm('A9-2-d') },
  '9(2)(e)': { title: 'Manifestly made public by the data subject', iri: gdprTerm('A9-2-e') },
  '9(2)(f)': { title: 'Legal claims and courts', iri: gdprTerm('A9-2-f') },
  '9(2)(g)': { title: 'Substantial public interest', iri: gdprTerm('A9-2-g') },
  '9(2)(h)': { title: 'Health or social care, occupational medicine', iri: gdprTerm('A9-2-h') },
  '9(2)(i)': { title: 'Public health', iri: gdprTerm('A9-2-i') },
  '9(2)(j)': { title: 'Archiving, research or statistics', iri: gdprTerm('A9-2-j') },
  '10': { title: 'Authority over criminal convictions and offences, or law that authorises it' },
}

/** The special categories of Art. 9(1). */
export const specialCategoryTitles: Readonly<Record<SpecialCategory, string>> = {
  'racial-or-ethnic-origin': 'Racial or ethnic origin',
  'political-opinions': 'Political opinions',
  'religious-or-philosophical-beliefs': 'Religious or philosophical beliefs',
  'trade-union-membership': 'Trade union membership',
  'genetic-data': 'Genetic data',
  'biometric-data': 'Biometric data that identify a person',
  health: 'Health',
  'sex-life-or-sexual-orientation': 'Sex life or sexual orientation',
}

/** The grounds of Art. 22(2). */
export const automatedDecisionGrounds: Readonly<Record<(typeof automatedDecisionArticles)[number], string>> = {
  '22(2)(a)': 'Necessary for a contract',
  '22(2)(b)': 'Authorised by Union or Member State law',
  '22(2)(c)': 'Explicit consent',
}

/** The letters of Art. 32(1). */
export const securityTitles: Readonly<Record<(typeof securityArticles)[number], string>> = {
  '32(1)(a)': 'Pseudonymisation and encryption',
  '32(1)(b)': 'Confidentiality, integrity, availability and resilience',
  '32(1)(c)': 'Restoring availability and access',
  '32(1)(d)': 'Testing, assessing and evaluating',
}
