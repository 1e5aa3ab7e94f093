export {
  adequacyDecisions,
  certificationDue,
  decisionInForce,
} from './adequacy.ts'
export {
  automatedDecisionArticles,
  conditionArticles,
  legalBasisArticles,
  securityArticles,
  specialCategories,
  type TransferMechanism,
  transferMechanisms,
} from './articles.ts'
export { automatedDecisionGrounds, conditions, securityTitles, specialCategoryTitles } from './conditions.ts'
export { countryCodes } from './countries.ts'

export { eeaStanding, eeaTerritories, isEea } from './eea.ts'
export { legalBases } from './legal-bases.ts'
export { actNamed, actNames } from './named-acts.ts'
export { legalBasisDuty } from './national.ts'

export { clauseModules, clauseSet, mechanisms } from './safeguards.ts'
export {
  assessTransfer,
  describeTransferGround,
  type TransferAssessment,
  type TransferFacts,
  type TransferGround,
} from './transfer-validity.ts'
