import { type Candidate, type JudgeContext, type Judged, judge } from './judge.ts'
import type { CheckQuestion, CheckReason, CheckResult } from './schema.ts'

/** What a check is evaluated against. */
export type CheckContext = JudgeContext & {
  /**
   * Those that may cover a category, the ones that may come nearest first; of equal ones in order of their keys.
   * @param most how many things one may miss, so far, to come nearest; who misses more can be left out
   */
  candidatesFor(category: string | undefined, most: () => number): Iterable<Candidate>
  /** What the question names and the register does not know. */
  unknownKeys: { pointer: string; resource: string; key: string }[]
  registerVersion: number
}

/**
 * Whether a use of personal data is documented. A data category is covered by one activity, as controller, that has the
 * purpose, the category or an ancestor of it, and everything else that was asked; different categories may be covered by
 * different activities.
 */
export const evaluateCheck = (question: CheckQuestion, context: CheckContext): CheckResult => {
  const { registerVersion, unknownKeys } = context
  if (unknownKeys.length > 0) {
    return { outcome: 'fail', reasons: unknownKeys.map(unknownKeyReason), coveredBy: [], registerVersion }
  }
  const { dataCategories } = question
  const verdicts =
    dataCategories.length === 0
      ? [judgeCategory(question, undefined, '/purpose', context)]
      : dataCategories.map((category, i) => judgeCategory(question, category, `/dataCategories/${i}`, context))
  const reasons = verdicts.flatMap(({ reasons }) => reasons)
  const notAsked = notAskedReason(question)
  if (notAsked) reasons.push(notAsked)
  return { outcome: worstOf(verdicts), reasons, coveredBy: coveringIn(verdicts), registerVersion }
}

/** The worst of outcomes. */
export const worstOf = (verdicts: readonly Pick<CheckResult, 'outcome'>[]): CheckResult['outcome'] => {
  let worst: CheckResult['outcome'] = 'pass'
  for (const { outcome } of verdicts) {
    if (outcome === 'fail') return outcome
    if (outcome === 'undetermined') worst = outcome
  }
  return worst
}

const coveringIn = (verdicts: readonly Verdict[]): CheckResult['coveredBy'] => {
  const covering = new Map<string, CheckResult['coveredBy'][number]>()
  for (const { by } of verdicts) if (by) covering.set(by.key, { key: by.key, revision: by.revision })
  return [...covering.values()].sort((a, b) => (a.key < b.key ? -1 : 1))
}

type Verdict = { outcome: CheckResult['outcome']; reasons: CheckReason[]; by?: Candidate }

const judgeCategory = (
  question: CheckQuestion,
  category: string | undefined,
  pointer: string,
  context: CheckContext,
): Verdict => {
  const subject =
    category === undefined ? `The purpose \`${question.purpose}\`` : `\`${category}\` for \`${question.purpose}\``
  const nearest = findNearest(
    (most) => context.candidatesFor(category, most),
    (candidate) => judge(question, category, pointer, candidate, context),
  )
  if (nearest && isCovering(nearest)) {
    const { key, revision } = nearest.candidate
    const message = `${subject} is documented in the activity \`${key}\`, revision ${revision}.`
    return {
      outcome: 'pass',
      reasons: [{ code: 'covered', severity: 'info', article: 'Art. 30(1)', pointer, message, fix: '' }],
      by: nearest.candidate,
    }
  }
  if (!nearest) {
    const message = `No activity in force, as controller, has the purpose \`${question.purpose}\`.`
    const fix = 'Register the processing activity, or have its proposal approved.'
    return {
      outcome: 'fail',
      reasons: [
        { code: 'not-documented', severity: 'error', article: 'Art. 30(1)(b)', pointer: '/purpose', message, fix },
      ],
    }
  }
  const { missing, unknown } = nearest
  return { outcome: missing.length === 0 ? 'undetermined' : 'fail', reasons: [...missing, ...unknown] }
}

const isCovering = ({ missing, unknown }: Judged) => missing.length + unknown.length === 0

const comesBefore = (a: Judged, b: Judged) =>
  (a.missing.length - b.missing.length ||
    a.unknown.length - b.unknown.length ||
    (a.candidate.key < b.candidate.key ? -1 : 1)) < 0

/**
 * The activity that comes nearest to what is asked, the first by key of those that come equally near: it covers all of it, or
 * tells most about what to change. Those that are known to come no nearer are not judged at all.
 */
const findNearest = (
  candidates: (most: () => number) => Iterable<Candidate>,
  judgeOne: (candidate: Candidate) => Judged,
): Judged | undefined => {
  let nearest: Judged | undefined
  const most = () => nearest?.missing.length ?? Number.POSITIVE_INFINITY
  for (const candidate of candidates(most)) {
    if (nearest && comesNoNearer(nearest, candidate)) return nearest
    const judged = judgeOne(candidate)
    if (isCovering(judged)) return judged
    if (!nearest || comesBefore(judged, nearest)) nearest = judged
  }
  return nearest
}

/** Whether an activity, and with it all after it, misses too much to come before another. */
const comesNoNearer = ({ missing, unknown, candidate: { key } }: Judged, { missingAtLeast = 0, key: its }: Candidate) =>
  missingAtLeast > missing.length || (missingAtLeast === missing.length && unknown.length === 0 && key < its)

const unknownKeyReason = ({ pointer, resource, key }: CheckContext['unknownKeys'][number]): CheckReason => ({
  code: 'unknown-key',
  severity: 'error',
  article: 'Art. 30(1)',
  pointer,
  message: `\`${key}\` is no entry of \`${resource}\`, or is retired.`,
  fix: `Correct the key, or create it: PUT /v1/${resource}/${key}.`,
})

const askable = ['dataSubjectCategories', 'recipients', 'subprocessors', 'countries', 'legalBasis', 'service'] as const

const notAskedReason = (question: CheckQuestion): CheckReason | undefined => {
  const absent = askable.filter((name) => question[name] === undefined)
  if (absent.length === 0) return undefined
  return {
    code: 'not-asked',
    severity: 'info',
    article: 'Art. 30(1)',
    pointer: '',
    message: `Not asked, so not checked: ${absent.join(', ')}.`,
    fix: 'Ask for them to have them checked.',
  }
}
