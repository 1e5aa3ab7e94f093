/**
 * The provisions of Regulation (EU) 2016/679 that a record refers to, by the names that its schemas accept.
 * Source: the Regulation as published in OJ L 119, 4.5.2016, with its corrigendum OJ L 127, 23.5.2018.
 */

/** The six legal bases of Art. 6(1). */
export const legalBasisArticles = ['6(1)(a)', '6(1)(b)', '6(1)(c)', '6(1)(d)', '6(1)(e)', '6(1)(f)'] as const
export type LegalBasisArticle = (typeof legalBasisArticles)[number]

/** The conditions under which special categories may be processed, Art. 9(2), and the authority for criminal data, Art. 10. */
export const conditionArticles = [
  '9(2)(a)',
  '9(2)(b)',
  '9(2)(c)',
  '9(2)(d)',
  '9(2)(e)',
  '9(2)(f)',
  '9(2)(g)',
  '9(2)(h)',
  '9(2)(i)',
  '9(2)(j)',
  '10',
] as const
export type ConditionArticle = (typeof conditionArticles)[number]

/** The kinds of special categories of personal data that Art. 9(1) lists. */
export const specialCategories = [
  'racial-or-ethnic-origin',
  'political-opinions',
  'religious-or-philosophical-beliefs',
  'trade-union-membership',
  'genetic-data',
  'biometric-data',
  'health',
  'sex-life-or-sexual-orientation',
] as const
export type SpecialCategory = (typeof specialCategories)[number]

/**
 * The mechanisms of chapter V: an adequacy decision (Art. 45), an appropriate safeguard (Art. 46, 47) or a derogation
 * (Art. 49). '49(1)-second' is the second subparagraph of Art. 49(1), the only one whose safeguards Art. 30 itself wants
 * documented. Binding corporate rules are Art. 46(2)(b) and may also be named by the article that governs them, '47'.
 */
export const transferMechanisms = [
  '45',
  '46(2)(a)',
  '46(2)(b)',
  '46(2)(c)',
  '46(2)(d)',
  '46(2)(e)',
  '46(2)(f)',
  '46(3)(a)',
  '46(3)(b)',
  '47',
  '49(1)(a)',
  '49(1)(b)',
  '49(1)(c)',
  '49(1)(d)',
  '49(1)(e)',
  '49(1)(f)',
  '49(1)(g)',
  '49(1)-second',
] as const
export type TransferMechanism = (typeof transferMechanisms)[number]

/** The grounds on which a decision may be automated, Art. 22(2). */
export const automatedDecisionArticles = ['22(2)(a)', '22(2)(b)', '22(2)(c)'] as const

/** What Art. 32(1) names as measures; a measure may serve several. */
export const securityArticles = ['32(1)(a)', '32(1)(b)', '32(1)(c)', '32(1)(d)'] as const
