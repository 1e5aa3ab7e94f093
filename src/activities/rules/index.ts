import type { Finding } from '../finding.ts'
import { assessmentRules } from './assessments.ts'
import { automatedDecisionRules } from './automated-decisions.ts'
import { consentRules } from './consent.ts'
import { dataRules } from './data.ts'
import { partyRules } from './parties.ts'
import { purposeRules } from './purposes.ts'
import { recipientRules } from './recipients.ts'
import { retentionRules } from './retention.ts'
import { reviewRules } from './review.ts'
import type { Rule, RuleContext } from './rule.ts'
import { safeguardRules } from './safeguards.ts'
import { securityRules } from './security.ts'
import { transferRules } from './transfers.ts'

export type { Rule, RuleContext } from './rule.ts'

/** All rules, in the order of Art. 30(1): findings come in it, and the documentation lists them in it. */
export const rules: readonly Rule[] = [
  ...partyRules,
  ...purposeRules,
  ...consentRules,
  ...dataRules,
  ...recipientRules,
  ...transferRules,
  ...safeguardRules,
  ...retentionRules,
  ...securityRules,
  ...automatedDecisionRules,
  ...assessmentRules,
  ...reviewRules,
]

/**
 * What the rules say of one activity, in the order of the rules and, within a rule, of the activity.
 * @param context the activity, the catalogue entries that it refers to, and the day whose law counts
 */
export const evaluateRules = (context: RuleContext): Finding[] => {
  const findings: Finding[] = []
  for (const { code, severity, basis, article, check } of rules)
    for (const seen of check(context))
      findings.push({
        code,
        severity: seen.severity ?? severity,
        basis: seen.basis ?? basis,
        article: seen.article ?? article,
        pointer: seen.pointer,
        message: seen.message,
        fix: seen.fix,
      })
  return findings
}
