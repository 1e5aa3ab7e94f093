import { type RawBuilder, sql } from 'kysely'
import type { Database } from '../platform/db/database.ts'
import { hasFacet, holdsNow, refersTo } from './filters.ts'
import { type At, entriesAt } from './moment.ts'
import { columns, type Head, joins, type StoredRow, type Versioned, versioned } from './read.ts'
import type { EntryRow, Status } from './render.ts'
import type { Posting, Postings } from './shown.ts'

/** Lists of entries out of Postgres: by conditions, by words, page by page. */

/** What a list is restricted to. */
export type ListFilter = {
  resource: string
  /** Entries of this status; undefined: all that are not retired. */
  status: Status | undefined
  /** Words that must begin words of the key, the name or the description. */
  q: string | undefined
  /** Facets that the entry must have. */
  facets: { kind: string; value: string }[]
  /** Entries that it must refer to. */
  references: { resource: string; key: string }[]
  /** Conditions of the feature that owns the resource. */
  conditions: ListCondition[]
}

export type ListCondition = {
  /**
   * Sees the entry as `e`, at the moment that is asked about.
   * @param now whether `entry_facets` and `entry_references` have what is asked about; if not, the revision that is shown is `r`
   */
  inPostgres(moment: At | undefined, now: boolean): RawBuilder<boolean>
  /** The same of the register in memory: in any of these lists, or in none. Absent: only Postgres can tell. */
  inMemory?(postings: Postings): { any: Posting[]; not?: boolean }
}

/**
 * A page of a list, ordered by key. Keyset: the page begins after a key, so the last page costs what the first does.
 * @param after the last key of the page before; undefined: the first page
 * @param limit how many entries; one more is read to know whether the list goes on
 */
export const listEntries = async (
  db: Database,
  filter: ListFilter,
  after: string | undefined,
  limit: number,
  moment?: At,
): Promise<Versioned<EntryRow[]>> => {
  const page = (restricted: ListFilter, condition = sql`true`) => sql`
    select ${columns(moment)} from ${joins(moment)} where ${listConditions(restricted, after, moment)} and ${condition}
    order by e.key limit ${limit}`
  const { rows } = await sql<StoredRow & Head>`
    select h.position as "registerVersion", found.* from register_head h
    left join lateral (${moment === undefined ? searched(filter, page) : page(filter)}) found on true`.execute(db)
  return versioned(rows)
}

/** Up to how many entries are sorted to find the first of them. */
const fewHits = 1000

/**
 * A page of what is found by words. How many entries have them, Postgres cannot tell beforehand: a few are found by the index
 * of words and then sorted by key; when there are more, the list is gone through by key, in which they soon come. Postgres
 * takes a `case` to hold for half of all rows; a bare `@@`, for so few that it would read and sort the whole list.
 */
const searched = (
  filter: ListFilter,
  page: (restricted: ListFilter, condition?: RawBuilder<unknown>) => RawBuilder<unknown>,
): RawBuilder<unknown> => {
  const query = searchQuery(filter.q)
  if (!query) return page(filter)
  const rest = { ...filter, q: undefined }
  const hits = sql`(select count(*) from hit)`
  return sql`
    with hit as materialized (select e.id from entries e where e.search @@ ${query} limit ${fewHits + 1})
    (${page(rest, sql`${hits} <= ${fewHits} and e.id = any(array(select id from hit))`)})
    union all (${page(rest, sql`${hits} > ${fewHits} and case when e.search @@ ${query} then true else false end`)})`
}

const listConditions = (filter: ListFilter, after: string | undefined, moment: At | undefined) => {
  const now = holdsNow(filter, moment)
  return sql.join(
    [
      sql`e.resource = ${filter.resource}`,
      // A partial index has what is not retired; Postgres uses it only for this very condition.
      filter.status === 'retired' ? sql`e.status = 'retired'` : sql`e.status <> 'retired'`,
      ...(filter.status === undefined || filter.status === 'retired' ? [] : [sql`e.status = ${filter.status}`]),
      ...(after === undefined ? [] : [sql`e.key > ${after}`]),
      ...searchCondition(filter.q, moment),
      ...filter.facets.map((facet) => hasFacet(filter.resource, facet, now)),
      ...filter.references.map((target) => refersTo(filter.resource, target, now)),
      ...filter.conditions.map(({ inPostgres }) => inPostgres(moment, now)),
    ],
    sql` and `,
  )
}

/** Keys, names and states of all entries of a list, ordered by key: for tables of contents. */
export const listNames = async (
  db: Database,
  filter: ListFilter,
  moment?: At,
): Promise<{ key: string; name: string; status: Status }[]> => {
  // What holds now has its name beside it: contents are long, and of a whole list many.
  const [name, revision] = holdsNow(filter, moment)
    ? [sql`e.name`, sql``]
    : [sql`r.content ->> 'name'`, sql`join revisions r on r.id = e.shown_id`]
  const { rows } = await sql<{ key: string; name: string; status: Status }>`
    select e.key, ${name} as name, e.status from ${entriesAt(moment)} e ${revision}
    where ${listConditions(filter, undefined, moment)} order by e.key`.execute(db)
  return rows
}

/** ASCII punctuation separates words, as in the `search` column; none of the operators of a tsquery is left then. */
const searchQuery = (q: string | undefined) => {
  const words = q?.split(/[\s!-/:-@[-`{-~]+/).filter((word) => word !== '') ?? []
  return words.length === 0 ? undefined : sql`to_tsquery('simple', ${words.map((word) => `'${word}':*`).join(' & ')})`
}

const searchCondition = (q: string | undefined, moment: At | undefined) => {
  const query = searchQuery(q)
  if (!query) return []
  const text =
    moment === undefined
      ? sql`e.search`
      : sql`register_search(e.key, r.content ->> 'name', r.content ->> 'description')`
  return [sql`${text} @@ ${query}`]
}
