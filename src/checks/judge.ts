import { assessTransfer, isEea } from '../law/index.ts'
import type { CheckedContent } from './contents.ts'
import type { CheckQuestion, CheckReason } from './schema.ts'

/** An activity in force, as controller, that has the purpose that is asked about. */
export type Candidate = {
  key: string
  revision: number
  content: CheckedContent
  /** At least how many of the things that are asked it does not document, as far as that is known without reading it. */
  missingAtLeast?: number
}

/** How one activity stands to what is asked: it covers all of it when nothing is missing and nothing unknown. */
export type Judged = { candidate: Candidate; missing: CheckReason[]; unknown: CheckReason[] }

/** What judging an activity needs beside it. */
export type JudgeContext = {
  /** For a category of data: itself and its ancestors, nearest first. */
  lineage(dataCategory: string): string[]
  /** The date whose law counts, `YYYY-MM-DD`. */
  at: string
}

/** How an activity stands to everything that is asked, for one category of data. */
export const judge = (
  question: CheckQuestion,
  category: string | undefined,
  pointer: string,
  candidate: Candidate,
  context: JudgeContext,
): Judged => {
  const { key, content } = candidate
  const judged: Judged = { candidate, missing: [], unknown: [] }
  const activity = `the activity \`${key}\``
  /** Notes one thing that is not there: stated as unknown at one of some places, or missing. */
  const lack: NoteLack = (unknown, article, at, what, where) => {
    const stated = unknown.find((at) => content.statements?.[at]?.state === 'unknown')
    if (stated !== undefined) {
      const because = content.statements![stated]!.reason
      const message = `${what}: ${activity} states that this is unknown (${because})`
      const fix = `Find out, and complete ${where} of ${activity}.`
      judged.unknown.push({ code: 'stated-unknown', severity: 'warning', article, pointer: at, message, fix })
      return
    }
    const message = `${what} is not documented in ${activity}.`
    const fix = `Add it to ${where} of ${activity}, or register another activity.`
    judged.missing.push({ code: 'not-documented', severity: 'error', article, pointer: at, message, fix })
  }

  if (content.performedUntil !== undefined && content.performedUntil < context.at)
    judged.missing.push({
      code: 'ended',
      severity: 'error',
      article: 'Art. 30(1)',
      pointer: '/purpose',
      message: `${activity} ended on ${content.performedUntil}.`,
      fix: 'Correct `performedUntil`, or register the processing anew.',
    })
  const data = content.data ?? []
  const lineage = category === undefined ? [] : context.lineage(category)
  const inScope = ({ dataCategory }: { dataCategory: string }) =>
    category === undefined || lineage.includes(dataCategory)
  const forCategory = category === undefined ? '' : ` for \`${category}\``
  if (category !== undefined && !data.some(inScope))
    lack(['/data'], 'Art. 30(1)(c)', pointer, `The category \`${category}\``, '`data`')

  question.dataSubjectCategories?.forEach((subject, i) => {
    if (data.some((row) => inScope(row) && row.dataSubjectCategories?.includes(subject))) return
    const places = data.flatMap((row, index) => (inScope(row) ? [`/data/${index}/dataSubjectCategories`] : []))
    const what = `The category of data subjects \`${subject}\`${forCategory}`
    lack(['/data', ...places], 'Art. 30(1)(c)', `/dataSubjectCategories/${i}`, what, '`data[].dataSubjectCategories`')
  })
  question.recipients?.forEach((recipient, i) => {
    if (content.recipients?.some((row) => row.recipient === recipient)) return
    lack(['/recipients'], 'Art. 30(1)(d)', `/recipients/${i}`, `The recipient \`${recipient}\``, '`recipients`')
  })
  question.subprocessors?.forEach((subprocessor, i) => {
    // A processor that is limited to some categories takes part in the processing of these alone.
    const takesPart = content.subprocessors?.some(
      (row) =>
        row.subprocessor === subprocessor &&
        (category === undefined ||
          !row.dataCategories ||
          row.dataCategories.some((handled) => lineage.includes(handled))),
    )
    if (takesPart) return
    const what = `The subprocessor \`${subprocessor}\`${forCategory}`
    lack(['/subprocessors'], 'Art. 30(1)(d)', `/subprocessors/${i}`, what, '`subprocessors`')
  })
  question.countries?.forEach((country, i) => {
    judgeCountry(country, `/countries/${i}`, judged, context.at, lack)
  })
  if (question.legalBasis !== undefined) {
    const index = (content.purposes ?? []).findIndex((row) => row.purpose === question.purpose)
    if (content.purposes?.[index]?.legalBasis?.article !== question.legalBasis) {
      const what = `The legal basis Art. ${question.legalBasis}`
      lack([`/purposes/${index}/legalBasis`], 'Art. 6(1)', '/legalBasis', what, '`purposes[].legalBasis`')
    }
  }
  if (question.service !== undefined && !content.services?.includes(question.service))
    lack(['/services'], 'Art. 30(1)', '/service', `The system \`${question.service}\``, '`services`')
  return judged
}

type NoteLack = (unknown: string[], article: string, at: string, what: string, where: string) => void

/** A country in the EEA needs nothing; another needs a transfer to it whose mechanism is valid on the day. */
const judgeCountry = (
  country: string,
  pointer: string,
  { candidate, missing }: Judged,
  at: string,
  lack: NoteLack,
): void => {
  if (isEea(country, at)) return
  const { transfers, statements } = candidate.content
  const there = (transfers ?? [])
    .map((transfer, index) => ({ transfer, index }))
    .filter(({ transfer }) => transfer.destination.country === country)
  const what = `A transfer to ${country}`
  if (there.length === 0) {
    // A country that needs no mechanism on the day, as the United Kingdom in early 2021, needs no transfer either.
    if (assessTransfer({ destination: { country } }, at).state !== 'not-needed')
      lack(['/transfers'], 'Art. 30(1)(e)', pointer, what, '`transfers`')
    return
  }
  const assessed = there.map(({ transfer, index }) => ({ index, ...assessTransfer(transfer, at) }))
  if (assessed.some(({ state }) => state === 'valid' || state === 'not-needed')) return
  const unknown = assessed
    .map(({ index }) => `/transfers/${index}/mechanism`)
    .filter((at) => statements?.[at]?.state === 'unknown')
  if (unknown.length > 0) {
    lack(unknown, 'Art. 44', pointer, `What allows the transfer to ${country}`, '`transfers[].mechanism`')
    return
  }
  const activity = `the activity \`${candidate.key}\``
  missing.push({
    code: 'transfer-not-covered',
    severity: 'error',
    article: 'Art. 44',
    pointer,
    message: `${what} is in ${activity}, but nothing that is valid on ${at} allows it: ${assessed[0]!.reason}`,
    fix: `Name a valid mechanism in \`transfers\` of ${activity}, or keep the data out of ${country}.`,
  })
}
