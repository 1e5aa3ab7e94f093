import { type RawBuilder, sql } from 'kysely'
import { Type } from 'typebox'
import {
  type Components,
  Country,
  entriesAt,
  type Facet,
  key,
  type ListCondition,
  type ListParameters,
  type Postings,
  personalSeparator,
  type Resource,
  referenceFinder,
} from '../entries/index.ts'
import { legalBasisArticles } from '../law/index.ts'
import { oneOf, ref } from '../platform/http/schema.ts'
import { Activity, type ActivityContent, roles } from './schema.ts'

export const activityResourceName = 'processing-activities'

/** What the common mechanism needs to know of processing activities. */
export const activityResource = (components: Components): Resource => ({
  resource: activityResourceName,
  component: 'ProcessingActivity',
  singular: 'processing activity',
  Input: Activity.Input,
  View: Activity.View,
  references: referenceFinder(Activity.Input, components),
  separatePersonal: personalSeparator(Activity.Input, components),
  facets: (content) => [...activityFacets(content as unknown as ActivityContent)],
})

function* activityFacets({ role, organisation, purposes, transfers, review }: ActivityContent): Generator<Facet> {
  yield { kind: 'role', value: role }
  yield { kind: 'organisation', value: organisation }
  for (const { legalBasis } of purposes ?? []) if (legalBasis) yield { kind: 'legalBasis', value: legalBasis.article }
  for (const { destination } of transfers ?? [])
    if (destination.country) yield { kind: 'country', value: destination.country }
  if (review?.nextReviewOn) yield { kind: 'nextReviewOn', value: review.nextReviewOn }
}

/** Parameters that name an entry which the activity must refer to, and the resource of that entry. */
const referenceParameters = {
  organisation: 'organisations',
  service: 'services',
  purpose: 'purposes',
  dataCategory: 'data-categories',
  dataSubjectCategory: 'data-subject-categories',
  recipient: 'recipients',
  subprocessor: 'subprocessors',
  retentionPeriod: 'retention-periods',
} as const

const facetParameters = ['role', 'legalBasis'] as const

/** The filters of the list of activities; all combine. */
export const activityParameters: ListParameters = {
  properties: {
    role: Type.Optional(oneOf(roles, 'Activities in this role.')),
    ...Object.fromEntries(
      Object.entries(referenceParameters).map(([name, resource]) => [
        name,
        Type.Optional(
          key(`Activities that refer to this entry of \`${resource}\`, wherever in their body.`, 'example'),
        ),
      ]),
    ),
    legalBasis: Type.Optional(oneOf(legalBasisArticles, 'Activities that have a purpose on this legal basis.')),
    country: Type.Optional(ref(Country)),
    specialCategories: Type.Optional(
      Type.Boolean({
        description: 'Activities that process (`true`) or do not process (`false`) special categories (Art. 9(1)).',
      }),
    ),
    reviewDueBefore: Type.Optional(
      Type.String({
        format: 'date',
        description: 'Activities whose next review is due before this date.',
        examples: ['2027-01-01'],
      }),
    ),
  },
  filter: (query) => ({
    facets: facetParameters.flatMap((kind) =>
      query[kind] === undefined ? [] : [{ kind, value: String(query[kind]) }],
    ),
    references: Object.entries(referenceParameters).flatMap(([name, resource]) =>
      query[name] === undefined ? [] : [{ resource, key: String(query[name]) }],
    ),
    conditions: [...conditions(query)],
  }),
}

type Condition = ListCondition
type Moment = Parameters<Condition['inPostgres']>[0]

function* conditions(query: Record<string, unknown>): Generator<Condition> {
  if (query.country !== undefined) yield involvesCountry(String(query.country))
  if (query.specialCategories !== undefined) yield processesSpecialCategories(query.specialCategories === true)
  if (query.reviewDueBefore !== undefined) yield reviewDueBefore(String(query.reviewDueBefore))
}

/**
 * The set of revisions that a condition holds for is found once, from the side of the value, and a list tests whether what
 * it shows is in it. Asked the other way, row by row, a combination of filters took seconds whenever Postgres expected
 * fewer rows than there were. `is true` keeps it a hash that is built once, whatever the planner thinks of the rest.
 */
const shownIn = (revisions: RawBuilder<unknown>) => sql<boolean>`(e.shown_id in (${revisions})) is true`

/** By a transfer of its own, or through a recipient, a subprocessor, an organisation or a service that it refers to. */
const involvesCountry = (country: string): Condition => ({
  inPostgres: (moment, current) =>
    shownIn(sql`
      select f.revision_id from revision_facets f
      where f.resource = ${activityResourceName} and f.kind = 'country' and f.value = ${country} ${current('f')}
      union ${revisionsReferringTo('country', sql`f.value = ${country}`, moment, current)}`),
  inMemory: (postings) => ({
    any: [
      ...postings.withFacet(activityResourceName, 'country', country),
      ...activitiesReferringTo('country', postings, country),
    ],
  }),
})

/** What is special is said in the catalogue, once for all activities. */
const processesSpecialCategories = (wanted: boolean): Condition => ({
  inPostgres: (moment, current) =>
    sql<boolean>`${wanted} = (${shownIn(revisionsReferringTo('specialCategory', sql`true`, moment, current))})`,
  inMemory: (postings) => ({ any: activitiesReferringTo('specialCategory', postings), not: !wanted }),
})

/** The revisions of activities that refer to an entry of the catalogue which has a facet. */
const revisionsReferringTo = (
  kind: string,
  value: RawBuilder<unknown>,
  moment: Moment,
  current: (row: string) => RawBuilder<unknown>,
) => sql`
  select x.revision_id from revision_facets f join ${entriesAt(moment)} t on t.shown_id = f.revision_id
    join revision_references x on x.target_id = t.id
  where f.resource = any(${cataloguedIn[kind]}::text[]) and f.kind = ${kind} and ${value} ${current('x')}
    ${moment === undefined ? sql`and f.current` : sql``} and x.resource = ${activityResourceName}`

const activitiesReferringTo = (kind: string, postings: Postings, value?: string) =>
  postings.referringTo(
    activityResourceName,
    cataloguedIn[kind]!.flatMap((resource) => postings.withFacet(resource, kind, value)),
  )

/** The resources of the catalogue whose entries have a facet. */
const cataloguedIn: Record<string, string[]> = {
  country: ['organisations', 'recipients', 'subprocessors', 'services'],
  specialCategory: ['data-categories'],
}

/** ISO 8601 dates sort as text. */
const reviewDueBefore = (date: string): Condition => ({
  inPostgres: (_, current) =>
    shownIn(sql`
      select f.revision_id from revision_facets f
      where f.resource = ${activityResourceName} and f.kind = 'nextReviewOn' and f.value < ${date} ${current('f')}`),
  inMemory: (postings) => ({ any: postings.withFacet(activityResourceName, 'nextReviewOn', (due) => due < date) }),
})
