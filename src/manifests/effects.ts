import type { ActivityContent } from '../activities/index.ts'
import type { Catalogue } from '../catalogue/index.ts'
import { assessTransfer, isEea } from '../law/index.ts'

/** What a change means in law, for the engineer who makes it. */

type Rows<T> = readonly T[] | undefined

/** What is there after and was not before, by what makes each the same. */
const brought = <T>(before: Rows<T>, after: Rows<T>, identity: (row: T) => string): T[] => {
  const had = new Set((before ?? []).map(identity))
  return (after ?? []).filter((row) => !had.has(identity(row)))
}

/**
 * The effects of replacing one content of an activity by another, as English sentences.
 * @param before undefined: there was none
 * @param at the day whose law counts, `YYYY-MM-DD`
 */
export function* effectsOf(
  before: ActivityContent | undefined,
  after: ActivityContent,
  catalogue: Catalogue,
  at: string,
): Generator<string> {
  const purpose = (row: NonNullable<ActivityContent['purposes']>[number]) => row.purpose
  for (const { purpose: key, legalBasis } of brought(before?.purposes, after.purposes, purpose))
    yield `Adds the purpose \`${key}\`: ${legalBasis ? `on Art. ${legalBasis.article}` : 'no legal basis is named (Art. 6(1))'}.`
  for (const { purpose: key } of brought(after.purposes, before?.purposes, purpose))
    yield `Ends the purpose \`${key}\`.`

  const category = (row: NonNullable<ActivityContent['data']>[number]) => row.dataCategory
  for (const { dataCategory, condition } of brought(before?.data, after.data, category)) {
    const special = catalogue['data-categories'].get(dataCategory)?.specialCategory
    const allowed = condition ? `on Art. ${condition.article}` : 'no condition of Art. 9(2) is named'
    yield `Adds the data category \`${dataCategory}\`${special ? `, a special category of data (${special}): ${allowed}` : ''}.`
  }
  for (const { dataCategory } of brought(after.data, before?.data, category))
    yield `Ends the processing of \`${dataCategory}\`.`
  for (const row of after.data ?? []) {
    const earlier = before?.data?.find(({ dataCategory }) => dataCategory === row.dataCategory)
    if (!earlier) continue
    for (const persons of brought(earlier.dataSubjectCategories, row.dataSubjectCategories, String))
      yield `\`${row.dataCategory}\` is processed of \`${persons}\` too.`
    if (earlier.retentionPeriod !== row.retentionPeriod)
      yield `\`${row.dataCategory}\` is kept for ${periodOf(row.retentionPeriod, catalogue)} instead of ${periodOf(earlier.retentionPeriod, catalogue)} (Art. 5(1)(e)).`
  }

  for (const { recipient } of brought(before?.recipients, after.recipients, (row) => row.recipient))
    yield `Discloses data to \`${recipient}\` (Art. 30(1)(d)).`
  for (const { subprocessor } of brought(before?.subprocessors, after.subprocessors, (row) => row.subprocessor)) {
    const country = catalogue.subprocessors.get(subprocessor)?.country
    const third = country !== undefined && !isEea(country, at) ? ', outside of the EEA' : ''
    yield `Engages the subprocessor \`${subprocessor}\`${country ? ` in ${country}${third}` : ''} (Art. 28).`
  }
  const transfer = ({ destination, mechanism }: NonNullable<ActivityContent['transfers']>[number]) =>
    JSON.stringify([destination, mechanism])
  for (const added of brought(before?.transfers, after.transfers, transfer)) {
    const { country, internationalOrganisation } = added.destination
    yield `Adds a transfer to ${country ?? internationalOrganisation}: ${lowered(assessTransfer(added, at).reason)}`
  }
  if (after.automatedDecisions?.exists && !before?.automatedDecisions?.exists)
    yield 'Decides about people by automated means alone (Art. 22).'
}

const lowered = (sentence: string) => sentence.charAt(0).toLowerCase() + sentence.slice(1)

const periodOf = (key: string | undefined, catalogue: Catalogue): string => {
  if (key === undefined) return 'no stated time'
  const duration = catalogue['retention-periods'].get(key)?.duration
  return `\`${key}\`${duration ? ` (${duration})` : ''}`
}
