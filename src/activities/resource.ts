import { type RawBuilder, sql } from 'kysely'
import { Type } from 'typebox'
import {
  type Components,
  Country,
  entriesAt,
  type Facet,
  facetBefore,
  facetText,
  hasFacet,
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
 * The set of entries that a condition holds for is found once, from the side of the value, and a list tests whether what it
 * shows is in it. Asked the other way, row by row, a combination of filters took seconds whenever Postgres expected fewer
 * rows than there were. `is true` keeps it a hash that is built once, whatever the planner thinks of the rest.
 */
const isIn = (id: RawBuilder<unknown>, ids: RawBuilder<unknown>) => sql<boolean>`(${id} in (${ids})) is true`

/** By a transfer of its own, or through a recipient, a subprocessor, an organisation or a service that it refers to. */
const involvesCountry = (country: string): Condition => ({
  inPostgres: (moment, now) =>
    sql`(${hasFacet(activityResourceName, { kind: 'country', value: country }, now)}
      or ${refersToAnyWith('country', moment, now, country)})`,
  inMemory: (postings) => ({
    any: [
      ...postings.withFacet(activityResourceName, 'country', country),
      ...activitiesReferringTo('country', postings, country),
    ],
  }),
})

/** What is special is said in the catalogue, once for all activities. */
const processesSpecialCategories = (wanted: boolean): Condition => ({
  inPostgres: (moment, now) => sql<boolean>`${wanted} = ${refersToAnyWith('specialCategory', moment, now)}`,
  inMemory: (postings) => ({ any: activitiesReferringTo('specialCategory', postings), not: !wanted }),
})

/** Whether an activity refers to an entry of the catalogue that has a facet of a kind. */
const refersToAnyWith = (kind: string, moment: Moment, now: boolean, value?: string) => {
  const has = (facet: RawBuilder<unknown>) =>
    value === undefined ? facetBefore(facet, kind) : sql<boolean>`${facet} = ${facetText({ kind, value })}`
  const resources = sql`any(${cataloguedIn[kind]}::text[])`
  if (now)
    return isIn(
      sql`e.id`,
      sql`
        select x.entry_id from entry_facets f join entry_references x on x.target_id = f.entry_id
        where f.resource = ${resources} and ${has(sql`f.facet`)} and x.shown and x.resource = ${activityResourceName}`,
    )
  return sql<boolean>`exists (select from unnest(r.targets) as x(id) where ${isIn(
    sql`x.id`,
    sql`
      select t.id from ${entriesAt(moment)} t join revisions tr on tr.id = t.shown_id cross join unnest(tr.facets) as f(facet)
      where t.resource = ${resources} and ${has(sql`f.facet`)} ${moment === undefined ? sql`and t.status <> 'retired'` : sql``}`,
  )})`
}

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
  inPostgres: (_, now) =>
    now
      ? isIn(
          sql`e.id`,
          sql`
            select f.entry_id from entry_facets f
            where f.resource = ${activityResourceName} and ${facetBefore(sql`f.facet`, 'nextReviewOn', date)}`,
        )
      : sql`exists (select from unnest(r.facets) as f(facet) where ${facetBefore(sql`f.facet`, 'nextReviewOn', date)})`,
  inMemory: (postings) => ({ any: postings.withFacet(activityResourceName, 'nextReviewOn', (due) => due < date) }),
})
