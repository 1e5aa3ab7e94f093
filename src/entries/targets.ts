import { sql } from 'kysely'
import type { Database, Transaction } from '../platform/db/database.ts'
import { type FieldError, HttpProblem } from '../platform/http/problems.ts'
import { type EntryName, lockClause, namedBy, nameOf } from './lock.ts'
import type { EntryReference } from './references.ts'
import type { EntryContent, Resource } from './resource.ts'

/**
 * An entry that a content refers to, with the position of its last event and the hash of its content as it stands; empty: it
 * has none yet.
 */
export type Target = EntryName & { id: string; position: number; revisionHash: string }

/** An entry that is referred to, as it was found. */
export type FoundTarget = Target & { status: string }

/** The entries that are referred to, as they stand. */
export const targetRows = (references: readonly EntryReference[], mode: 'key share' | 'share' | 'none') => {
  const distinct = new Map(references.map(({ resource, key }) => [nameOf({ resource, key }), { resource, key }]))
  const wanted = JSON.stringify([...distinct.values()])
  return sql<FoundTarget>`
    select e.id, e.resource, e.key, e.status, e.position,
      coalesce((select r.content_hash from revisions r where r.id = e.shown_id), '') as "revisionHash"
    from entries e where e.id = any(${namedBy(sql`json_to_recordset(${wanted}::json) as w(resource text, key text)`)})
    order by e.id ${lockClause(mode)}`
}

export const targetsByName = (rows: readonly FoundTarget[]): Map<string, FoundTarget> =>
  new Map(rows.map((target) => [nameOf(target), target]))

/**
 * Finds what contents refer to, and locks it against being retired until the write is committed: in the order of ids, so that
 * two writers with the same references cannot wait for each other.
 * @param mode `share` keeps what is referred to from being changed at all
 * @returns those that there are, by `nameOf`
 */
export const findTargets = async (
  db: Database,
  references: readonly EntryReference[],
  mode: 'key share' | 'share' = 'key share',
): Promise<Map<string, FoundTarget>> =>
  references.length === 0 ? new Map() : targetsByName((await targetRows(references, mode).execute(db)).rows)

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
  return targetsOf(references, await findTargets(db, references, mode))
}
