import type { ActivityContent } from '../activities/index.ts'
import { assessTransfer, isEea } from '../law/index.ts'
import type { CheckQuestion, CheckReason } from './schema.ts'

/** An activity in force, as controller, that has the purpose that is asked about. */
export type Candidate = { key: string; revision: number; readonly content: ActivityContent }

/** How one activity stands to one thing that is asked. */
export type Judgement =
  | { state: 'covered' }
  | ({ state: 'missing' | 'unknown' } & Pick<CheckReason, 'code' | 'article' | 'pointer' | 'message' | 'fix'>)

/** What judging an activity needs beside it. */
export type JudgeContext = {
  /** For a category of data: itself and its ancestors, nearest first. */
  lineage(dataCategory: string): string[]
  /** The date whose law counts, `YYYY-MM-DD`. */
  at: string
}

/** How an activity stands to everything that is asked, for one category of data. */
export function* judge(
  question: CheckQuestion,
  category: string | undefined,
  pointer: string,
  { key, content }: Candidate,
  context: JudgeContext,
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
