export {
  type AdequacyDecision,
  adequacyDecisions,
  type CertificationScheme,
  certificationDue,
  type Destination,
  decisionInForce,
} from './adequacy.ts'
export {
  automatedDecisionArticles,
  type ConditionArticle,
  conditionArticles,
  type LegalBasisArticle,
  legalBasisArticles,
  type SpecialCategory,
  securityArticles,
  specialCategories,
  type TransferMechanism,
  transferMechanisms,
} from './articles.ts'
export { automatedDecisionGrounds, conditions, securityTitles, specialCategoryTitles } from './conditions.ts'
export { countryCodes } from './countries.ts'
export { type Citation, type DatedFact, inForce } from './dated.ts'
export { eeaStanding, eeaTerritories, isEea } from './eea.ts'
export { legalBases } from './legal-bases.ts'
export { actNamed, actNames } from './named-acts.ts'
export { legalBasisDuty } from './national.ts'
export type { Provision } from './provision.ts'
export { type ClauseSet, clauseModules, clauseSet, clauseSets, mechanisms } from './safeguards.ts'
export {
  assessTransfer,
  describeTransferGround,
  type TransferAssessment,
  type TransferFacts,
  type TransferGround,
} from './transfer-validity.ts'
