import { sql } from 'kysely'
import { Type } from 'typebox'
import {
  type Components,
  Country,
  entriesAt,
  type Facet,
  key,
  type ListFilter,
  type ListParameters,
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

function* conditions(query: Record<string, unknown>): Generator<ListFilter['conditions'][number]> {
  if (query.country !== undefined) yield involvesCountry(String(query.country))
  if (query.specialCategories !== undefined) yield processesSpecialCategories(query.specialCategories === true)
  if (query.reviewDueBefore !== undefined) yield reviewDueBefore(String(query.reviewDueBefore))
}

/** By a transfer of its own, or through a recipient, a subprocessor, an organisation or a service that it refers to. */
const involvesCountry =
  (country: string): ListFilter['conditions'][number] =>
  (moment) =>
    sql<boolean>`(
  exists (
    select from revision_facets f where f.revision_id = e.shown_id and f.kind = 'country' and f.value = ${country})
  or exists (
    select from revision_references x join ${entriesAt(moment)} t on t.id = x.target_id
      join revision_facets f on f.revision_id = t.shown_id
    where x.revision_id = e.shown_id and f.kind = 'country' and f.value = ${country}))`

/** What is special is said in the catalogue, once for all activities. */
const processesSpecialCategories =
  (wanted: boolean): ListFilter['conditions'][number] =>
  (moment) =>
    sql<boolean>`${wanted} = exists (
  select from revision_references x join ${entriesAt(moment)} t on t.id = x.target_id
    join revision_facets f on f.revision_id = t.shown_id
  where x.revision_id = e.shown_id and f.resource = 'data-categories' and f.kind = 'specialCategory')`

/** ISO 8601 dates sort as text. */
const reviewDueBefore =
  (date: string): ListFilter['conditions'][number] =>
  () =>
    sql<boolean>`exists (
  select from revision_facets f where f.revision_id = e.shown_id and f.kind = 'nextReviewOn' and f.value < ${date})`
