import type { Catalogue, CatalogueEntry } from '../../catalogue/index.ts'
import type { Finding } from '../finding.ts'
import type { ActivityContent } from '../schema.ts'

/** What a rule looks at. It sees nothing else: the same context always gives the same findings. */
export type RuleContext = {
  activity: ActivityContent
  /** Every entry that the activity refers to, and what those refer to; what is absent here is not judged. */
  catalogue: Catalogue
  /** The day whose law and whose deadlines count, `YYYY-MM-DD`. */
  at: string
  /** Entries that the activity refers to and that changed after it was approved. */
  changedSinceApproval?: readonly { resource: string; key: string }[]
}

/** What a rule saw. Severity, basis and article are the rule's own unless they depend on the facts. */
export type Observation = Pick<Finding, 'pointer' | 'message' | 'fix'> &
  Partial<Pick<Finding, 'severity' | 'basis' | 'article'>>

/** A completeness or consistency rule. Only `basis: 'law'` may be an `error`. */
export type Rule = Pick<Finding, 'code' | 'severity' | 'basis' | 'article'> & {
  /** What it asks for, as a sentence for the documentation. */
  title: string
  check: (context: RuleContext) => Iterable<Observation>
}

/** Whether Art. 30(1) applies: the organisation determines purposes and means, alone or jointly. Else Art. 30(2) does. */
export const actsAsController = (activity: ActivityContent) => activity.role !== 'processor'

/** The article of Art. 30 that applies to the activity's role. */
export const recordArticle = (activity: ActivityContent, controller: string, processor: string) =>
  `Art. 30${actsAsController(activity) ? controller : processor}`

/** The organisation whose record the activity belongs to. */
export const ownOrganisation = ({ activity, catalogue }: RuleContext): CatalogueEntry<'organisations'> | undefined =>
  catalogue.organisations.get(activity.organisation)

/** Whether the activity has ended by the day in question. */
export const hasEnded = ({ activity, at }: RuleContext) =>
  activity.performedUntil !== undefined && activity.performedUntil < at

/** The day whose law decides on transfers: of an ended activity the last day on which it was carried out. */
export const lawDate = (context: RuleContext) =>
  hasEnded(context) ? (context.activity.performedUntil ?? context.at) : context.at

/** An activity or an entry of the catalogue, as far as it says why properties are absent. */
export type Stating = Pick<ActivityContent, 'statements'>

/** What an entry says of a property that is absent, or of the absent object that would hold it. */
export const statementOn = (entry: Stating | undefined, pointer: string) => {
  for (let place = pointer; place !== ''; place = place.slice(0, place.lastIndexOf('/'))) {
    const statement = entry?.statements?.[place]
    if (statement !== undefined) return statement
  }
  return undefined
}

/**
 * A finding on something that a reason does not replace: the record does not contain it. The message repeats the reason.
 * @param entry what may state a reason: the activity, or the entry of the catalogue that lacks something
 * @param place the pointer into the entry, where it is not that of the finding
 */
export const despiteReason = (entry: Stating, observation: Observation, place = observation.pointer): Observation => {
  const statement = statementOn(entry, place)
  if (statement === undefined) return observation
  const state = statement.state === 'unknown' ? 'unknown' : 'not applicable'
  return { ...observation, message: `${observation.message} It is stated as ${state}: ${statement.reason}` }
}

/**
 * A finding on something that is asked for where possible or where applicable: `notApplicable` with its reason silences
 * it, `unknown` leaves it as information. The parameters are those of `despiteReason`.
 */
export function* unlessStated(
  entry: Stating,
  observation: Observation,
  place = observation.pointer,
): Iterable<Observation> {
  const statement = statementOn(entry, place)
  if (statement === undefined) yield observation
  else if (statement.state === 'unknown') yield { ...despiteReason(entry, observation, place), severity: 'info' }
}

export const isEmpty = (list: readonly unknown[] | undefined) => list === undefined || list.length === 0

/** A category of personal data with the wider ones that it is part of, nearest first. */
export const lineage = (catalogue: Catalogue, key: string): CatalogueEntry<'data-categories'>[] => {
  const found = new Map<string, CatalogueEntry<'data-categories'>>()
  for (let entry = catalogue['data-categories'].get(key); entry !== undefined && !found.has(entry.key); ) {
    found.set(entry.key, entry)
    entry = entry.parent === undefined ? undefined : catalogue['data-categories'].get(entry.parent)
  }
  return [...found.values()]
}

type ActivityData = NonNullable<ActivityContent['data']>[number]

/** A row of the activity's data that is personal data, with what the catalogue says of its category. */
export type DataRow = {
  row: ActivityData
  pointer: string
  /** A category is what its wider categories are, too: part of health data is health data. */
  special: boolean
  criminal: boolean
}

/** Many rules ask the same of a context, which does not change while it is judged: it is found out once. */
export const oncePerContext = <T>(find: (context: RuleContext) => T): ((context: RuleContext) => T) => {
  const found = new WeakMap<RuleContext, T>()
  return (context) => {
    let answer = found.get(context)
    if (answer === undefined) {
      answer = find(context)
      found.set(context, answer)
    }
    return answer
  }
}

/** The rows of personal data. Anonymous data is none (recital 26), and nothing is asked of it. */
export const personalData = oncePerContext(({ activity, catalogue }): readonly DataRow[] =>
  (activity.data ?? []).flatMap((row, index) => {
    if (catalogue['data-categories'].get(row.dataCategory)?.identifiability === 'anonymous') return []
    const categories = lineage(catalogue, row.dataCategory)
    return {
      row,
      pointer: `/data/${index}`,
      special: categories.some(({ specialCategory }) => specialCategory !== undefined),
      criminal: categories.some(({ criminal }) => criminal === true),
    }
  }),
)

type Assessment = NonNullable<NonNullable<ActivityContent['assessments']>['dpia']>

/** Whether an assessment needs no more work: it is completed, or not required for a reason that is given. */
export const isSettled = (assessment: Assessment | undefined) =>
  assessment?.status === 'completed' || (assessment?.status === 'not-required' && assessment.reason !== undefined)
