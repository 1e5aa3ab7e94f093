import {
  type AdequacyDecision,
  type CertificationScheme,
  type Destination,
  decisionInForce,
  namedDecision,
} from './adequacy.ts'
import type { TransferMechanism } from './articles.ts'
import { type Citation, eurLex, inForce } from './dated.ts'
import { eeaStanding } from './eea.ts'
import { canBeSigned, clauseSet, mechanisms } from './safeguards.ts'

/** What a record says of a transfer that its validity depends on. */
export type TransferFacts = {
  destination: Destination
  mechanism?: { article: TransferMechanism; decision?: string; sccModule?: number }
  certification?: { scheme: CertificationScheme }
  /** The day on which the contract with the safeguard was signed, `YYYY-MM-DD`. */
  signedOn?: string
}

export type TransferAssessment = {
  /**
   * `not-needed`: no transfer in the sense of Art. 44. `valid`: the mechanism allows it on that day. `invalid`: it does
   * not. `missing`: no mechanism is named.
   */
  state: 'not-needed' | 'valid' | 'invalid' | 'missing'
  /** Why, as a sentence. */
  reason: string
  citation: Citation
  /** With `missing` and `invalid`: a decision in force that covers every recipient there and could be relied on instead. */
  available?: AdequacyDecision
}

const gdpr = (article: string) => eurLex('32016R0679', `Art. ${article} GDPR`)

const nameOf = ({ country, internationalOrganisation }: Destination) => country ?? internationalOrganisation ?? ''

/**
 * Whether a record names what allows a transfer on a day. It judges the mechanism by its dates and scope, not whether the
 * recipient keeps to it.
 * @param date `YYYY-MM-DD`
 */
export const assessTransfer = (facts: TransferFacts, date: string): TransferAssessment => {
  const { destination, mechanism } = facts
  const standing = destination.country === undefined ? undefined : eeaStanding(destination.country, date)
  if (standing !== undefined) {
    return {
      state: 'not-needed',
      reason: `${standing.country} was no third country on ${date}.`,
      citation: standing.citation,
    }
  }
  const inForceNow = decisionInForce(destination, date)
  const alternative = inForceNow?.certification === undefined ? { available: inForceNow } : {}
  if (mechanism === undefined) {
    return {
      state: 'missing',
      reason: `No mechanism of chapter V is named for ${nameOf(destination)}.`,
      citation: gdpr('44'),
      ...alternative,
    }
  }
  const assessment = assessMechanism(facts, mechanism, date)
  return assessment.state === 'invalid' ? { ...assessment, ...alternative } : assessment
}

type NamedMechanism = NonNullable<TransferFacts['mechanism']>

const assessMechanism = (facts: TransferFacts, mechanism: NamedMechanism, date: string): TransferAssessment => {
  if (mechanism.article === '45') return assessAdequacy(facts, mechanism.decision, date)
  if (mechanism.article === '46(2)(c)') return assessClauses(facts, mechanism, date)
  return {
    state: 'valid',
    reason: `Art. ${mechanism.article}: ${mechanisms[mechanism.article].title}.`,
    citation: gdpr(mechanism.article.replace('-second', ', second subparagraph')),
  }
}

const assessAdequacy = (facts: TransferFacts, named: string | undefined, date: string): TransferAssessment => {
  const { destination, certification } = facts
  const decision =
    (named === undefined ? undefined : namedDecision(destination, named, date)) ?? decisionInForce(destination, date)
  if (decision === undefined) {
    return {
      state: 'invalid',
      reason: `No adequacy decision for ${nameOf(destination)} was in force on ${date}.`,
      citation: gdpr('45'),
    }
  }
  const { citation } = decision
  if (date < decision.effectiveFrom) {
    return {
      state: 'invalid',
      reason: `Decision ${decision.decision} was not in force before ${decision.effectiveFrom}.`,
      citation,
    }
  }
  if (!inForce(decision, date)) {
    const cause = decision.endedBy === undefined ? '' : ` (${decision.endedBy.title})`
    return {
      state: 'invalid',
      reason: `Decision ${decision.decision} ended on ${decision.effectiveUntil}${cause}.`,
      citation: decision.endedBy ?? citation,
    }
  }
  if (decision.certification !== undefined && certification?.scheme !== decision.certification) {
    return {
      state: 'invalid',
      reason: `Decision ${decision.decision} covers only: ${decision.scope}. The record has no certification of the recipient (${decision.certification}).`,
      citation,
    }
  }
  return { state: 'valid', reason: `Decision ${decision.decision} was in force on ${date}.`, citation }
}

const assessClauses = (
  { signedOn }: TransferFacts,
  { decision, sccModule }: NamedMechanism,
  date: string,
): TransferAssessment => {
  // Only the set of 2021 has modules.
  const set = clauseSet(decision ?? (sccModule === undefined ? undefined : '(EU) 2021/914'), signedOn)
  if (set === undefined) {
    return {
      state: 'valid',
      reason: 'Standard contractual clauses; the record does not say which set.',
      citation: gdpr('46(2)(c)'),
    }
  }
  const { citation } = set
  if (!inForce(set, date)) {
    const when =
      date < set.effectiveFrom ? `did not count before ${set.effectiveFrom}` : `ended on ${set.effectiveUntil}`
    return { state: 'invalid', reason: `The clauses of Decision ${set.decision} ${when}.`, citation }
  }
  if (signedOn !== undefined && !canBeSigned(set, signedOn)) {
    return {
      state: 'invalid',
      reason: `No contract could be concluded on the clauses of Decision ${set.decision} on ${signedOn}.`,
      citation,
    }
  }
  return { state: 'valid', reason: `The clauses of Decision ${set.decision} counted on ${date}.`, citation }
}
