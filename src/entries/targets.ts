import { sql } from 'kysely'
import type { Database, Transaction } from '../platform/db/database.ts'
import { type FieldError, HttpProblem } from '../platform/http/problems.ts'
import { type EntryName, namedBy, nameOf } from './lock.ts'
import type { EntryReference } from './references.ts'
import type { EntryContent, Resource } from './resource.ts'

/** An entry that a content refers to, with the hash of its content as it stands; empty: it has none yet. */
export type Target = EntryName & { id: string; revisionHash: string }

/** An entry that is referred to, as it was found. */
export type FoundTarget = Target & { status: string }

/** What a set of contents is asked about. */
export type ContentToCompare = {
  references: readonly EntryReference[]
  /** As it would be stored. */
  text: string
  /** Ids of the revisions that it may be equal to. */
  revisions: string[]
}

/**
 * Compares contents with what is stored, and finds what those refer to that are equal to nothing. Postgres decides what is
 * equal: the order of properties does not count, that of elements does. What an equal one refers to stands already.
 *
 * What is referred to is locked against being retired until the write is committed, in the order of ids, so that two writers
 * with the same references cannot wait for each other.
 * @param mode `share` keeps what is referred to from being changed at all
 * @returns for each content the revision that it equals, and what is referred to, by `nameOf`
 */
export const compareContents = async (
  db: Database,
  contents: readonly ContentToCompare[],
  mode: 'key share' | 'share' = 'key share',
): Promise<{ equal: (string | undefined)[]; found: Map<string, FoundTarget> }> => {
  const given = contents.flatMap(({ text, revisions }, n) => revisions.map((id) => ({ n, id, text })))
  const references = contents.flatMap(({ references }, n) =>
    references.map(({ resource, key }) => ({ n, resource, key })),
  )
  if (given.length === 0 && references.length === 0) return { equal: contents.map(() => undefined), found: new Map() }
  const { rows } = await sql<{ equal: { n: number; id: string }[]; found: FoundTarget[] }>`
    with equal as materialized (
      select g.n, g.id from json_to_recordset(${JSON.stringify(given)}::json) as g(n integer, id uuid, text text)
      join revisions r on r.id = g.id where r.content::jsonb = g.text::jsonb),
    wanted as materialized (
      select w.resource, w.key
      from json_to_recordset(${JSON.stringify(references)}::json) as w(n integer, resource text, key text)
      where w.n not in (select n from equal)),
    found as materialized (
      select e.id, e.resource, e.key, e.status,
        coalesce((select r.content_hash from revisions r where r.id = e.shown_id), '') as "revisionHash"
      from entries e where e.id = any(${namedBy(sql`wanted`)})
      order by e.id for ${sql.raw(mode)} of e)
    select coalesce((select json_agg(q) from equal q), '[]') as equal, coalesce((select json_agg(f) from found f), '[]') as found`.execute(
    db,
  )
  const { equal, found } = rows[0]!
  return {
    equal: contents.map(({ revisions }, n) => {
      const ids = new Set(equal.filter((each) => each.n === n).map(({ id }) => id))
      return revisions.find((id) => ids.has(id))
    }),
    found: new Map(found.map((target) => [nameOf(target), target])),
  }
}

/**
 * The entries that a content refers to, out of those that were found.
 * @param own the entry whose content it is, which may refer to itself before it has a revision
 * @throws HttpProblem 422 that names each reference to an entry that does not exist or is retired
 */
export const targetsOf = (
  references: readonly EntryReference[],
  found: ReadonlyMap<string, FoundTarget>,
  own?: { id: string },
): Target[] => {
  const targets = new Map<string, Target>()
  const errors = references.flatMap(({ pointer, resource, key }): FieldError[] => {
    const target = found.get(nameOf({ resource, key }))
    if (!target || (target.revisionHash === '' && target.id !== own?.id))
      return [{ pointer, message: `\`${key}\` is no entry of \`${resource}\`; create it or correct the key` }]
    if (target.status === 'retired') {
      return [
        { pointer, message: `\`${key}\` of \`${resource}\` is retired; revive it with a PUT or refer to another` },
      ]
    }
    targets.set(target.id, target)
    return []
  })
  if (errors.length > 0) {
    throw new HttpProblem('unknown-reference', 'The body refers to entries that do not exist; `errors` names each.', {
      errors,
    })
  }
  return [...targets.values()]
}

/**
 * Locks what one content refers to.
 * @throws HttpProblem 422 that names each reference to an entry that does not exist or is retired
 */
export const lockTargets = async (
  db: Transaction,
  resource: Resource,
  content: EntryContent,
  mode?: 'key share' | 'share',
): Promise<Target[]> => {
  const references = resource.references(content)
  const { found } = await compareContents(db, [{ references, text: '', revisions: [] }], mode)
  return targetsOf(references, found)
}
