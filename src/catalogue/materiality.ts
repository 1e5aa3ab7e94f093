import { type ContentChange, type MaterialityRow, materialChanges } from '../entries/index.ts'
import type { CatalogueResource } from './resources.ts'

/** What decides about a retention period. */
type Period = { duration?: string; criterion?: string; startsWith?: string }

/**
 * Changes of entries of the catalogue: a material one of an entry that is used in force takes an approver. A property
 * without a row is editorial.
 */
export const catalogueMateriality: {
  readonly [R in CatalogueResource]: readonly MaterialityRow<{ before: object; after: object }>[]
} = {
  organisations: [
    { pattern: '/country', material: 'always', because: 'where it is decides on transfers and representatives' },
    { pattern: '/kind', material: 'always', because: 'decides whether it keeps a record of its own' },
  ],
  purposes: [],
  'data-categories': [
    {
      pattern: '/specialCategory',
      material: ({ after }) => after !== undefined,
      because: 'material when the category becomes special or special in another way, Art. 9(1)',
    },
    {
      pattern: '/criminal',
      material: ({ after }) => after === true,
      because: 'material when the category becomes criminal data, Art. 10',
    },
    { pattern: '/identifiability', material: 'always', because: 'what is anonymous is asked nothing, recital 26' },
    { pattern: '/parent', material: 'always', because: 'what covers it, and what it inherits' },
  ],
  'data-subject-categories': [
    { pattern: '/children', material: 'always', because: 'children merit specific protection, recital 38' },
    { pattern: '/vulnerable', material: 'always', because: 'counts for Art. 35(1)' },
  ],
  recipients: [
    { pattern: '/countries', material: 'always', because: 'where data goes, chapter V' },
    { pattern: '/processingRole', material: 'always', because: 'processor or controller, Art. 4(7), (8)' },
    { pattern: '/organisation', material: 'always', because: 'who it is' },
  ],
  subprocessors: [
    { pattern: '/country', material: 'always', because: 'where data goes, chapter V' },
    { pattern: '/processingCountries', material: 'always', because: 'where data goes, chapter V' },
    { pattern: '/transfers', material: 'always', because: 'the safeguard, Art. 46' },
    { pattern: '/processingRole', material: 'always', because: 'processor or controller, Art. 4(7), (8)' },
    { pattern: '/contract', material: 'when-removed', because: 'without a contract Art. 28(3) is not met' },
  ],
  'retention-periods': [
    {
      pattern: '/duration',
      material: (_, { before, after }) => isLonger(before, after),
      because: 'material unless the same clock runs for a shorter or equal time',
    },
    { pattern: '/criterion', material: 'always', because: 'decides how long, where no duration does' },
    { pattern: '/startsWith', material: 'always', because: 'when the clock starts' },
  ],
  'security-measures': [],
  services: [{ pattern: '/countries', material: 'always', because: 'where data is, chapter V' }],
}

/** Days of an ISO 8601 duration; a month is the twelfth of a year of 365.25 days. Undefined: it has none. */
const daysOf = (duration: string | undefined): number | undefined => {
  const parts = /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(
    duration ?? '',
  )
  if (!parts) return undefined
  const [years, months, weeks, days, hours, minutes, seconds] = parts.slice(1).map((part) => Number(part ?? 0))
  return (
    (years! * 12 + months!) * (365.25 / 12) + weeks! * 7 + days! + hours! / 24 + minutes! / 1440 + seconds! / 86_400
  )
}

/** Whether data is kept longer by the later of two retention periods, as far as that can be told: if not, then yes. */
export const isLonger = (before: Period, after: Period): boolean => {
  const [from, to] = [daysOf(before.duration), daysOf(after.duration)]
  if (from === undefined || to === undefined) return true
  return to > from || before.startsWith !== after.startsWith || before.criterion !== after.criterion
}

/** The changes of an entry that take an approver while the entry is used in force. */
export const materialChangesOfEntry = (
  resource: CatalogueResource,
  changes: readonly ContentChange[],
  context: { before: object; after: object },
): ContentChange[] => materialChanges(catalogueMateriality[resource], false, changes, context)
