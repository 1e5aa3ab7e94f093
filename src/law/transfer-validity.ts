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
  /** What proves the safeguard. When standard clauses were signed, `YYYY-MM-DD`, tells which set they are. */
  documents?: readonly { kind: string; signedOn?: string }[]
}

export type TransferAssessment = {
  /**
   * `not-needed`: no transfer in the sense of Art. 44. `valid`: the mechanism allows it on that day. `invalid`: it does
   * not. `missing`: no mechanism is named.
   */
  state: 'not-needed' | 'valid' | 'invalid' | 'missing'
  /** Why, for whoever says it in another language. */
  ground: TransferGround
  /** Why, as an English sentence. */
  reason: string
  citation: Citation
  /** With `missing` and `invalid`: a decision in force that covers every recipient there and could be relied on instead. */
  available?: AdequacyDecision
}

/** Why a transfer may or may not take place. Days are `YYYY-MM-DD`; a place is a country's code or an organisation's name. */
export type TransferGround =
  | { code: 'no-third-country'; place: string; day: string }
  | { code: 'no-mechanism'; place: string }
  | { code: 'mechanism'; article: TransferMechanism }
  | { code: 'no-decision'; place: string; day: string }
  | { code: 'decision-in-force'; act: string; day: string }
  | { code: 'decision-not-yet'; act: string; day: string }
  | { code: 'decision-ended'; act: string; day: string; judgment?: string }
  | { code: 'certification-missing'; act: string; scope: string; scheme: CertificationScheme }
  | { code: 'clauses-unnamed' }
  | { code: 'clauses-in-force'; act: string; day: string }
  | { code: 'clauses-not-yet'; act: string; day: string }
  | { code: 'clauses-ended'; act: string; day: string }
  | { code: 'clauses-not-signable'; act: string; day: string }

/** The ground as an English sentence. */
export const describeTransferGround = (ground: TransferGround): string => {
  switch (ground.code) {
    case 'no-third-country':
      return `${ground.place} was no third country on ${ground.day}.`
    case 'no-mechanism':
      return `No mechanism of chapter V is named for ${ground.place}.`
    case 'mechanism':
      return `Art. ${ground.article}: ${mechanisms[ground.article].title}.`
    case 'no-decision':
      return `No adequacy decision for ${ground.place} was in force on ${ground.day}.`
    case 'decision-in-force':
      return `Decision ${ground.act} was in force on ${ground.day}.`
    case 'decision-not-yet':
      return `Decision ${ground.act} was not in force before ${ground.day}.`
    case 'decision-ended':
      return `Decision ${ground.act} ended on ${ground.day}${ground.judgment ? ` (${ground.judgment})` : ''}.`
    case 'certification-missing':
      return `Decision ${ground.act} covers only: ${ground.scope}. The record has no certification of the recipient (${ground.scheme}).`
    case 'clauses-unnamed':
      return 'Standard contractual clauses; the record does not say which set.'
    case 'clauses-in-force':
      return `The clauses of Decision ${ground.act} counted on ${ground.day}.`
    case 'clauses-not-yet':
      return `The clauses of Decision ${ground.act} did not count before ${ground.day}.`
    case 'clauses-ended':
      return `The clauses of Decision ${ground.act} ended on ${ground.day}.`
    case 'clauses-not-signable':
      return `No contract could be concluded on the clauses of Decision ${ground.act} on ${ground.day}.`
  }
}

/** An assessment without its sentence. */
type Judgement = Omit<TransferAssessment, 'reason'>

const gdpr = (article: string) => eurLex('32016R0679', `Art. ${article} GDPR`)

const nameOf = ({ country, internationalOrganisation }: Destination) => country ?? internationalOrganisation ?? ''

/**
 * Whether a record names what allows a transfer on a day. It judges the mechanism by its dates and scope, not whether the
 * recipient keeps to it.
 * @param date `YYYY-MM-DD`
 */
export const assessTransfer = (facts: TransferFacts, date: string): TransferAssessment => {
  const judgement = judgeTransfer(facts, date)
  return { ...judgement, reason: describeTransferGround(judgement.ground) }
}

const judgeTransfer = (facts: TransferFacts, date: string): Judgement => {
  const { destination, mechanism } = facts
  const standing = destination.country === undefined ? undefined : eeaStanding(destination.country, date)
  if (standing !== undefined) {
    return {
      state: 'not-needed',
      ground: { code: 'no-third-country', place: standing.country, day: date },
      citation: standing.citation,
    }
  }
  const inForceNow = decisionInForce(destination, date)
  const alternative = inForceNow?.certification === undefined ? { available: inForceNow } : {}
  if (mechanism === undefined) {
    return {
      state: 'missing',
      ground: { code: 'no-mechanism', place: nameOf(destination) },
      citation: gdpr('44'),
      ...alternative,
    }
  }
  const assessment = assessMechanism(facts, mechanism, date)
  return assessment.state === 'invalid' ? { ...assessment, ...alternative } : assessment
}

type NamedMechanism = NonNullable<TransferFacts['mechanism']>

const assessMechanism = (facts: TransferFacts, mechanism: NamedMechanism, date: string): Judgement => {
  if (mechanism.article === '45') return assessAdequacy(facts, mechanism.decision, date)
  if (mechanism.article === '46(2)(c)') return assessClauses(facts, mechanism, date)
  return {
    state: 'valid',
    ground: { code: 'mechanism', article: mechanism.article },
    citation: gdpr(mechanism.article.replace('-second', ', second subparagraph')),
  }
}

const assessAdequacy = (facts: TransferFacts, named: string | undefined, date: string): Judgement => {
  const { destination, certification } = facts
  const decision =
    (named === undefined ? undefined : namedDecision(destination, named, date)) ?? decisionInForce(destination, date)
  if (decision === undefined) {
    return {
      state: 'invalid',
      ground: { code: 'no-decision', place: nameOf(destination), day: date },
      citation: gdpr('45'),
    }
  }
  const { citation } = decision
  if (date < decision.effectiveFrom) {
    return {
      state: 'invalid',
      ground: { code: 'decision-not-yet', act: decision.decision, day: decision.effectiveFrom },
      citation,
    }
  }
  if (!inForce(decision, date)) {
    const { endedBy, effectiveUntil } = decision
    return {
      state: 'invalid',
      ground: {
        code: 'decision-ended',
        act: decision.decision,
        day: effectiveUntil!,
        ...(endedBy && { judgment: endedBy.title }),
      },
      citation: decision.endedBy ?? citation,
    }
  }
  if (decision.certification !== undefined && certification?.scheme !== decision.certification) {
    return {
      state: 'invalid',
      ground: {
        code: 'certification-missing',
        act: decision.decision,
        scope: decision.scope!,
        scheme: decision.certification,
      },
      citation,
    }
  }
  return { state: 'valid', ground: { code: 'decision-in-force', act: decision.decision, day: date }, citation }
}

/** The day on which the standard clauses were signed; the latest, where there are several documents. */
const signing = ({ documents = [] }: TransferFacts): string | undefined =>
  documents
    .flatMap(({ kind, signedOn }) => (kind === 'standard-contractual-clauses' ? (signedOn ?? []) : []))
    .sort()
    .at(-1)

const assessClauses = (facts: TransferFacts, { decision, sccModule }: NamedMechanism, date: string): Judgement => {
  const signedOn = signing(facts)
  // Only the set of 2021 has modules.
  const set = clauseSet(decision ?? (sccModule === undefined ? undefined : '(EU) 2021/914'), signedOn)
  if (set === undefined) {
    return {
      state: 'valid',
      ground: { code: 'clauses-unnamed' },
      citation: gdpr('46(2)(c)'),
    }
  }
  const { citation } = set
  if (!inForce(set, date)) {
    const ground: TransferGround =
      date < set.effectiveFrom
        ? { code: 'clauses-not-yet', act: set.decision, day: set.effectiveFrom }
        : { code: 'clauses-ended', act: set.decision, day: set.effectiveUntil! }
    return { state: 'invalid', ground, citation }
  }
  if (signedOn !== undefined && !canBeSigned(set, signedOn)) {
    return {
      state: 'invalid',
      ground: { code: 'clauses-not-signable', act: set.decision, day: signedOn },
      citation,
    }
  }
  return { state: 'valid', ground: { code: 'clauses-in-force', act: set.decision, day: date }, citation }
}
