import { type RawBuilder, sql } from 'kysely'
import type { ListFilter } from './list.ts'
import type { EntryName } from './lock.ts'
import type { At } from './moment.ts'
import { type Facet, facetText } from './resource.ts'

/**
 * What lists filter on, in Postgres. What holds now is in `entry_facets` and `entry_references`, which have indexes for it; past
 * moments and retired entries go by the revision that is shown. A query has the entry as `e`, and that revision, then, as `r`.
 */

/** Whether what a list shows is what holds now. */
export const holdsNow = ({ status }: Pick<ListFilter, 'status'>, moment: At | undefined): boolean =>
  moment === undefined && status !== 'retired'

/** Whether the revision that is shown of an entry of a resource has a facet. */
export const hasFacet = (resource: string, facet: Facet, now: boolean): RawBuilder<boolean> =>
  now
    ? sql`exists (
        select from entry_facets f where f.entry_id = e.id and f.resource = ${resource} and f.facet = ${facetText(facet)})`
    : sql`${facetText(facet)} = any(r.facets)`

/** Whether the revision that is shown of an entry of a resource refers to another entry. */
export const refersTo = (resource: string, target: EntryName, now: boolean): RawBuilder<boolean> => {
  const id = sql`(select t.id from entries t where t.resource = ${target.resource} and t.key = ${target.key})`
  return now
    ? sql`exists (
        select from entry_references x where x.entry_id = e.id and x.shown and x.resource = ${resource}
          and x.target_id = ${id})`
    : sql`${id} = any(r.targets)`
}

/** A text that comes after all facets of a kind and before those of every other. */
const afterKind = (kind: string) => `${kind}>`

/** Whether a column has a facet of a kind; with a value before another, if there is one: values sort as text. */
export const facetBefore = (column: RawBuilder<unknown>, kind: string, value?: string): RawBuilder<boolean> =>
  sql`${column} >= ${facetText({ kind, value: '' })}
    and ${column} < ${value === undefined ? afterKind(kind) : facetText({ kind, value })}`

/** The value of a facet in a column, as text. */
export const facetValue = (column: RawBuilder<unknown>): RawBuilder<string> =>
  sql`substr(${column}, strpos(${column}, '=') + 1)`
