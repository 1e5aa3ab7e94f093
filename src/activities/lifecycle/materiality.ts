import { type CatalogueEntry, isLonger } from '../../catalogue/index.ts'
import { type ContentChange, type MaterialityRow, materialChanges } from '../../entries/index.ts'
import type { ActivityContent } from '../schema.ts'

/** What the table looks at beside a change itself. */
export type MaterialityContext = {
  before: ActivityContent
  retentionPeriod(key: string): CatalogueEntry<'retention-periods'> | undefined
}

/**
 * Changes of an activity: material ones need an approval, editorial ones carry it over. A property without a row is
 * material, so that a new one is never changed unseen.
 */
export const activityMateriality: readonly MaterialityRow<MaterialityContext>[] = [
  { pattern: '/name', material: 'never', because: 'what people call it changes nothing that is done' },
  { pattern: '/description', material: 'never', because: 'words for a reader' },
  { pattern: '/references', material: 'never', because: 'file numbers and sources' },
  { pattern: '/tags', material: 'never', because: 'words to sort by' },
  { pattern: '/owner', material: 'never', because: 'who answers for it, and their contact' },
  { pattern: '/review', material: 'never', because: 'when it was and will be reviewed' },
  { pattern: '/services', material: 'never', because: 'in which system the same is done' },
  { pattern: '/role', material: 'always', because: 'decides which record it belongs to, Art. 30(1) or (2)' },
  { pattern: '/organisation', material: 'always', because: 'whose record it belongs to, Art. 30(1)(a), (2)(a)' },
  { pattern: '/jointControllers', material: 'always', because: 'Art. 26, 30(1)(a)' },
  {
    pattern: '/jointControllers/*/arrangement',
    material: 'when-removed',
    because: 'where the arrangement can be read; without any, Art. 26 is not met',
  },
  {
    pattern: '/controllers',
    material: 'never',
    because: 'for whom the same processing is carried out; there may be thousands, and they come and go',
  },
  {
    pattern: '/controllers/*',
    material: (change, { before }) => bringsCategoryOfProcessing(change, before),
    because: 'material when it brings a category of processing that the activity did not have, Art. 30(2)(b)',
  },
  { pattern: '/purposes', material: 'always', because: 'purpose and legal basis, Art. 6(1), 30(1)(b)' },
  { pattern: '/data', material: 'always', because: 'categories of data and of data subjects, Art. 30(1)(c)' },
  { pattern: '/data/*/source/description', material: 'never', because: 'the source in words' },
  { pattern: '/data/*/provision', material: 'never', because: 'what data subjects are told of it, Art. 13(2)(e)' },
  {
    pattern: '/data/*/retentionPeriod',
    material: (change, context) => isLongerPeriod(change, context),
    because: 'material unless the same clock runs for a shorter or equal time, Art. 30(1)(f)',
  },
  { pattern: '/recipients', material: 'always', because: 'Art. 30(1)(d)' },
  { pattern: '/recipients/*/description', material: 'never', because: 'words about a recipient that is named' },
  { pattern: '/subprocessors', material: 'always', because: 'processors and their chain, Art. 28, 30(1)(d)' },
  {
    pattern: '/subprocessors/*/contract',
    material: 'when-removed',
    because: 'a contract that is renewed or filed elsewhere; without any, Art. 28(3) is not met',
  },
  { pattern: '/transfers', material: 'always', because: 'countries and safeguards, Art. 30(1)(e), (2)(c), chapter V' },
  {
    pattern: '/transfers/*/documents',
    material: 'when-removed',
    because: 'a further or renewed document; one less may be a safeguard less',
  },
  { pattern: '/transfers/*/documents/*', material: 'when-removed', because: 'the same' },
  { pattern: '/transfers/*/certification/verifiedOn', material: 'never', because: 'verified again' },
  {
    pattern: '/securityMeasures',
    material: 'when-removed',
    because: 'one measure less protects less, one more does not, Art. 30(1)(g), (2)(d)',
  },
  { pattern: '/automatedDecisions', material: 'always', because: 'Art. 22' },
  { pattern: '/assessments', material: 'always', because: 'Art. 35; whether one is required and completed' },
  { pattern: '/assessments/dpia/reference', material: 'never', because: 'how it is filed' },
  { pattern: '/assessments/dpia/url', material: 'never', because: 'where it can be read' },
  { pattern: '/assessments/lia/reference', material: 'never', because: 'how it is filed' },
  { pattern: '/assessments/lia/url', material: 'never', because: 'where it can be read' },
  { pattern: '/assessments/tia/reference', material: 'never', because: 'how it is filed' },
  { pattern: '/assessments/tia/url', material: 'never', because: 'where it can be read' },
  { pattern: '/performedFrom', material: 'always', because: 'since when it has been done' },
  { pattern: '/performedUntil', material: 'always', because: 'ends the activity, as retiring it does' },
]

const bringsCategoryOfProcessing = ({ kind, pattern, after }: ContentChange, { controllers = [] }: ActivityContent) => {
  if (kind === 'removed') return false
  const had = new Set(controllers.flatMap(({ categoriesOfProcessing = [] }) => categoriesOfProcessing))
  const within = pattern.split('/').slice(3)
  if (within[0] !== undefined && within[0] !== 'categoriesOfProcessing') return false
  const brought =
    within.length === 0
      ? ((after as { categoriesOfProcessing?: string[] }).categoriesOfProcessing ?? [])
      : within.length === 1
        ? ((after ?? []) as string[])
        : [after as string]
  return brought.some((category) => !had.has(category))
}

const isLongerPeriod = ({ before, after }: ContentChange, { retentionPeriod }: MaterialityContext) => {
  if (typeof before !== 'string' || typeof after !== 'string') return true
  const [from, to] = [retentionPeriod(before), retentionPeriod(after)]
  return !from || !to || isLonger(from, to)
}

/** The changes that need an approval. */
export const materialChangesOfActivity = (
  changes: readonly ContentChange[],
  context: MaterialityContext,
): ContentChange[] => materialChanges(activityMateriality, true, changes, context)
