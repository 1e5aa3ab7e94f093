import { type Candidate, type JudgeContext, type Judged, judge, type Lack } from './judge.ts'
import type { CheckQuestion, CheckReason, CheckResult } from './schema.ts'

/** What a check is evaluated against. */
export type CheckContext = JudgeContext & {
  /** Those that may cover a category, the ones that may come nearest first; of equal ones in order of their keys. */
  candidatesFor(category: string | undefined): Iterable<Candidate>
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
  const verdicts =
    question.dataCategories.length === 0
      ? [judgeCategory(question, undefined, '/purpose', context)]
      : question.dataCategories.map((category, i) => judgeCategory(question, category, `/dataCategories/${i}`, context))
  const outcome = verdicts.some((verdict) => verdict.outcome === 'fail')
    ? 'fail'
    : verdicts.some((verdict) => verdict.outcome === 'undetermined')
      ? 'undetermined'
      : 'pass'
  const coveredBy = new Map(
    verdicts.flatMap(({ by }) => (by ? [[by.key, { key: by.key, revision: by.revision }]] : [])),
  )
  return {
    outcome,
    reasons: [...verdicts.flatMap(({ reasons }) => reasons), ...notAskedReasons(question)],
    coveredBy: [...coveredBy.values()].sort((a, b) => (a.key < b.key ? -1 : 1)),
    registerVersion,
  }
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
  const nearest = findNearest(context.candidatesFor(category), (candidate) =>
    judge(question, category, pointer, candidate, context),
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
  if (nearest.missing.length === 0)
    return { outcome: 'undetermined', reasons: nearest.unknown.map((lack) => reason(lack, 'warning')) }
  return {
    outcome: 'fail',
    reasons: [
      ...nearest.missing.map((lack) => reason(lack, 'error')),
      ...nearest.unknown.map((lack) => reason(lack, 'warning')),
    ],
  }
}

const isCovering = ({ missing, unknown }: Judged) => missing.length + unknown.length === 0

const comesBefore = (a: Judged, b: Judged) =>
  (a.missing.length - b.missing.length ||
    a.unknown.length - b.unknown.length ||
    (a.candidate.key < b.candidate.key ? -1 : 1)) < 0

/**
 * The activity that comes nearest to what is asked, the first by key of those that come equally near: it covers all of it, or
 * tells most about what to change. Those that are known to be further away are not judged at all.
 */
const findNearest = (
  candidates: Iterable<Candidate>,
  judgeOne: (candidate: Candidate) => Judged,
): Judged | undefined => {
  let nearest: Judged | undefined
  for (const candidate of candidates) {
    if (nearest && (candidate.missingAtLeast ?? 0) > nearest.missing.length) return nearest
    if (nearest && comesNoNearer(nearest, candidate)) continue
    const judged = judgeOne(candidate)
    if (isCovering(judged)) return judged
    if (!nearest || comesBefore(judged, nearest)) nearest = judged
  }
  return nearest
}

/** Whether an activity that misses so much at least cannot come before one that misses no more, and leaves nothing open. */
const comesNoNearer = ({ missing, unknown, candidate: { key } }: Judged, candidate: Candidate) =>
  candidate.missingAtLeast === missing.length && unknown.length === 0 && key < candidate.key

const reason = (lack: Lack, severity: CheckReason['severity']): CheckReason => ({ ...lack, severity })

const unknownKeyReason = ({ pointer, resource, key }: CheckContext['unknownKeys'][number]): CheckReason => ({
  code: 'unknown-key',
  severity: 'error',
  article: 'Art. 30(1)',
  pointer,
  message: `\`${key}\` is no entry of \`${resource}\`, or is retired.`,
  fix: `Correct the key, or create it: PUT /v1/${resource}/${key}.`,
})

const askable = ['dataSubjectCategories', 'recipients', 'subprocessors', 'countries', 'legalBasis', 'service'] as const

const notAskedReasons = (question: CheckQuestion): CheckReason[] => {
  const absent = askable.filter((name) => question[name] === undefined)
  if (absent.length === 0) return []
  const message = `Not asked, so not checked: ${absent.join(', ')}.`
  return [
    {
      code: 'not-asked',
      severity: 'info',
      article: 'Art. 30(1)',
      pointer: '',
      message,
      fix: 'Ask for them to have them checked.',
    },
  ]
}
