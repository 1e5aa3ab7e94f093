import type { Posting } from '../entries/index.ts'
import type { EntryList, ModelEntry } from './entry-list.ts'
import { includesAny, inKeyOrder } from './postings.ts'

/** One thing that is asked of entries. */
export type Condition = {
  /** At most how many entries meet it, and more when finding them costs more than going through a list. */
  size: number
  /** All entries that meet it and come after a key, ordered by key; undefined: it can only be asked of an entry. */
  after: ((key: string | undefined) => Iterable<ModelEntry>) | undefined
  holds(entry: ModelEntry): boolean
}

/** How many lists can be merged at about the cost of asking an entry whether it is in any of them. */
const cheaplyMerged = 16

/** To be in any of some lists. */
export const anyOf = (lists: Posting[]): Condition => {
  const parts = (lists as EntryList[]).map(({ entries }) => entries)
  const size = parts.reduce((sum, { length }) => sum + length, 0)
  return {
    size: size * (1 + (lists.length - 1) / cheaplyMerged),
    after: (key) => inKeyOrder(parts, key),
    holds: holdsAny(lists),
  }
}

/** To be in none of some lists. */
export const noneOf = (lists: Posting[]): Condition => {
  const any = holdsAny(lists)
  return { size: Number.POSITIVE_INFINITY, after: undefined, holds: (entry) => !any(entry) }
}

/** Up to how many terms are looked for one by one. */
const few = 8

const holdsAny = (lists: Posting[]): ((entry: ModelEntry) => boolean) => {
  const wanted = lists.map(({ term }) => term)
  if (wanted.length <= few) return ({ terms }) => includesAny(terms, wanted)
  const known = new Set(wanted)
  return ({ terms }) => {
    for (const term of terms) if (known.has(term)) return true
    return false
  }
}

/** The first entries after a key that meet all conditions: of those that meet the rarest, the ones that meet the others. */
export const intersect = (conditions: Condition[], after: string | undefined, limit: number): ModelEntry[] => {
  const [rarest, ...others] = conditions.toSorted((a, b) => a.size - b.size)
  const found: ModelEntry[] = []
  for (const entry of rarest!.after!(after)) {
    if (found.length === limit) break
    if (others.every((condition) => condition.holds(entry))) found.push(entry)
  }
  return found
}
