import type { ActivityContent } from '../activities/index.ts'
import { assessTransfer, isEea } from '../law/index.ts'
import type { CheckQuestion, CheckReason, CheckResult } from './schema.ts'

/** An activity in force, as controller, that has the purpose that is asked about. */
export type Candidate = { key: string; revision: number; readonly content: ActivityContent }

/** What a check is evaluated against. */
export type CheckContext = {
  /** Ordered by key. */
  readonly candidates: readonly Candidate[]
  /** Of the candidates those that mention all that is asked for a category, ordered by key: no other can cover it. */
  mentioningAll?(category: string | undefined): Iterable<Candidate>
  /**
   * At least how many of the things that are asked for a category an activity does not document, as far as that is known
   * without reading it.
   */
  missingAtLeast?(candidate: Candidate, category: string | undefined): number
  /** For a category of data: itself and its ancestors, nearest first. */
  lineage(dataCategory: string): string[]
  /** What the question names and the register does not know. */
  unknownKeys: { pointer: string; resource: string; key: string }[]
  /** The date whose law counts, `YYYY-MM-DD`. */
  at: string
  registerVersion: number
}

/** How one activity stands to one thing that is asked. */
type Judgement =
  | { state: 'covered' }
  | ({ state: 'missing' | 'unknown' } & Pick<CheckReason, 'code' | 'article' | 'pointer' | 'message' | 'fix'>)

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
  const judgeOne = (candidate: Candidate): Judged => {
    const judgements = [...judge(question, category, pointer, candidate, context)]
    return {
      candidate,
      missing: judgements.filter((judgement) => judgement.state === 'missing'),
      unknown: judgements.filter((judgement) => judgement.state === 'unknown'),
    }
  }
  const missingAtLeast = (candidate: Candidate) => context.missingAtLeast?.(candidate, category) ?? 0
  const subject =
    category === undefined ? `The purpose \`${question.purpose}\`` : `\`${category}\` for \`${question.purpose}\``
  const nearest =
    findCovering(context.mentioningAll?.(category) ?? [], judgeOne) ??
    findNearest(context.candidates, missingAtLeast, judgeOne)
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
    return { outcome: 'undetermined', reasons: nearest.unknown.map((j) => reason(j, 'warning')) }
  return {
    outcome: 'fail',
    reasons: [...nearest.missing.map((j) => reason(j, 'error')), ...nearest.unknown.map((j) => reason(j, 'warning'))],
  }
}

type Judged = { candidate: Candidate; missing: Judgement[]; unknown: Judgement[] }

const isCovering = ({ missing, unknown }: Judged) => missing.length + unknown.length === 0

const isNearer = (a: Judged, b: Judged) => a.missing.length - b.missing.length || a.unknown.length - b.unknown.length

const findCovering = (
  candidates: Iterable<Candidate>,
  judgeOne: (candidate: Candidate) => Judged,
): Judged | undefined => {
  for (const candidate of candidates) {
    const judged = judgeOne(candidate)
    if (isCovering(judged)) return judged
  }
  return undefined
}

/**
 * The activity that comes nearest to what is asked, the first by key of those that come equally near: it covers all of it, or
 * tells most about what to change. Those that are known to be further away are not judged at all.
 */
const findNearest = (
  candidates: readonly Candidate[],
  missingAtLeast: (candidate: Candidate) => number,
  judgeOne: (candidate: Candidate) => Judged,
): Judged | undefined => {
  const further: { candidate: Candidate; atLeast: number }[] = []
  let nearest: Judged | undefined
  for (const candidate of candidates) {
    const atLeast = missingAtLeast(candidate)
    if (atLeast > 0) {
      further.push({ candidate, atLeast })
      continue
    }
    const judged = judgeOne(candidate)
    if (isCovering(judged)) return judged
    if (!nearest || isNearer(judged, nearest) < 0) nearest = judged
  }
  for (const { candidate, atLeast } of further.sort((a, b) => a.atLeast - b.atLeast)) {
    if (nearest && (atLeast > nearest.missing.length || comesNoNearer(nearest, atLeast, candidate))) continue
    const judged = judgeOne(candidate)
    const comparison = nearest ? isNearer(judged, nearest) : -1
    if (comparison < 0 || (comparison === 0 && candidate.key < nearest!.candidate.key)) nearest = judged
  }
  return nearest
}

/** Whether an activity that misses so much at least cannot come before one that misses no more, and leaves nothing open. */
const comesNoNearer = ({ missing, unknown, candidate: { key } }: Judged, atLeast: number, candidate: Candidate) =>
  atLeast === missing.length && unknown.length === 0 && key < candidate.key

const reason = (judgement: Judgement, severity: CheckReason['severity']): CheckReason => {
  const { state: _, ...rest } = judgement as Exclude<Judgement, { state: 'covered' }>
  return { ...rest, severity }
}

/** How an activity stands to everything that is asked, for one category of data. */
function* judge(
  question: CheckQuestion,
  category: string | undefined,
  pointer: string,
  { key, content }: Candidate,
  context: CheckContext,
): Generator<Judgement> {
  const activity = `the activity \`${key}\``
  const statedUnknown = (at: string) => content.statements?.[at]?.state === 'unknown'
  /** Judges one thing: present, stated as unknown, or missing. */
  const one = (
    present: boolean,
    unknown: string[],
    article: string,
    at: string,
    what: string,
    where: string,
  ): Judgement => {
    if (present) return { state: 'covered' }
    const where_ = unknown.find(statedUnknown)
    if (where_ !== undefined) {
      const because = content.statements![where_]!.reason
      const message = `${what}: ${activity} states that this is unknown (${because})`
      return {
        state: 'unknown',
        code: 'stated-unknown',
        article,
        pointer: at,
        message,
        fix: `Find out, and complete ${where} of ${activity}.`,
      }
    }
    const message = `${what} is not documented in ${activity}.`
    const fix = `Add it to ${where} of ${activity}, or register another activity.`
    return { state: 'missing', code: 'not-documented', article, pointer: at, message, fix }
  }

  const ended = content.performedUntil !== undefined && content.performedUntil < context.at
  if (ended) {
    const message = `${activity} ended on ${content.performedUntil}.`
    yield {
      state: 'missing',
      code: 'ended',
      article: 'Art. 30(1)',
      pointer: '/purpose',
      message,
      fix: 'Correct `performedUntil`, or register the processing anew.',
    }
  }
  const lineage = category === undefined ? [] : context.lineage(category)
  const rows = (content.data ?? [])
    .map((row, index) => ({ row, index }))
    .filter(({ row }) => lineage.includes(row.dataCategory))
  if (category !== undefined)
    yield one(rows.length > 0, ['/data'], 'Art. 30(1)(c)', pointer, `The category \`${category}\``, '`data`')

  for (const [i, subject] of (question.dataSubjectCategories ?? []).entries()) {
    const scope = category === undefined ? (content.data ?? []).map((row, index) => ({ row, index })) : rows
    yield one(
      scope.some(({ row }) => row.dataSubjectCategories?.includes(subject)),
      ['/data', ...scope.map(({ index }) => `/data/${index}/dataSubjectCategories`)],
      'Art. 30(1)(c)',
      `/dataSubjectCategories/${i}`,
      `The category of data subjects \`${subject}\`${category === undefined ? '' : ` for \`${category}\``}`,
      '`data[].dataSubjectCategories`',
    )
  }
  for (const [i, recipient] of (question.recipients ?? []).entries()) {
    const present = (content.recipients ?? []).some((row) => row.recipient === recipient)
    yield one(
      present,
      ['/recipients'],
      'Art. 30(1)(d)',
      `/recipients/${i}`,
      `The recipient \`${recipient}\``,
      '`recipients`',
    )
  }
  for (const [i, subprocessor] of (question.subprocessors ?? []).entries()) {
    const engaged = (content.subprocessors ?? []).filter((row) => row.subprocessor === subprocessor)
    // A processor that is limited to some categories takes part in the processing of these alone.
    const present = engaged.some(
      ({ dataCategories }) =>
        category === undefined || !dataCategories || dataCategories.some((handled) => lineage.includes(handled)),
    )
    const what = `The subprocessor \`${subprocessor}\`${category === undefined ? '' : ` for \`${category}\``}`
    yield one(present, ['/subprocessors'], 'Art. 30(1)(d)', `/subprocessors/${i}`, what, '`subprocessors`')
  }
  for (const [i, country] of (question.countries ?? []).entries()) {
    yield judgeCountry(country, `/countries/${i}`, content, activity, context.at, one)
  }
  if (question.legalBasis !== undefined) {
    const index = (content.purposes ?? []).findIndex((row) => row.purpose === question.purpose)
    const stated = content.purposes?.[index]?.legalBasis?.article
    const unknown = [`/purposes/${index}/legalBasis`]
    yield one(
      stated === question.legalBasis,
      unknown,
      'Art. 6(1)',
      '/legalBasis',
      `The legal basis Art. ${question.legalBasis}`,
      '`purposes[].legalBasis`',
    )
  }
  if (question.service !== undefined) {
    const present = (content.services ?? []).includes(question.service)
    yield one(present, ['/services'], 'Art. 30(1)', '/service', `The system \`${question.service}\``, '`services`')
  }
}

/** A country in the EEA needs nothing; another needs a transfer to it whose mechanism is valid on the day. */
const judgeCountry = (
  country: string,
  pointer: string,
  { transfers, statements }: ActivityContent,
  activity: string,
  at: string,
  one: (present: boolean, unknown: string[], article: string, at: string, what: string, where: string) => Judgement,
): Judgement => {
  if (isEea(country, at)) return { state: 'covered' }
  const there = (transfers ?? [])
    .map((transfer, index) => ({ transfer, index }))
    .filter(({ transfer }) => transfer.destination.country === country)
  const what = `A transfer to ${country}`
  if (there.length === 0) {
    // A country that needs no mechanism on the day, as the United Kingdom in early 2021, needs no transfer either.
    if (assessTransfer({ destination: { country } }, at).state === 'not-needed') return { state: 'covered' }
    return one(false, ['/transfers'], 'Art. 30(1)(e)', pointer, what, '`transfers`')
  }
  const assessed = there.map(({ transfer, index }) => ({ index, ...assessTransfer(transfer, at) }))
  if (assessed.some(({ state }) => state === 'valid' || state === 'not-needed')) return { state: 'covered' }
  const unknown = assessed
    .map(({ index }) => `/transfers/${index}/mechanism`)
    .filter((at) => statements?.[at]?.state === 'unknown')
  if (unknown.length > 0)
    return one(false, unknown, 'Art. 44', pointer, `What allows the transfer to ${country}`, '`transfers[].mechanism`')
  return {
    state: 'missing',
    code: 'transfer-not-covered',
    article: 'Art. 44',
    pointer,
    message: `${what} is in ${activity}, but nothing that is valid on ${at} allows it: ${assessed[0]!.reason}`,
    fix: `Name a valid mechanism in \`transfers\` of ${activity}, or keep the data out of ${country}.`,
  }
}

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
