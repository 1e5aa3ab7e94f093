import type { ShownEntry } from '../entries/index.ts'
import { includes, insert, remove } from './postings.ts'

/** An entry in memory: as bytes, with the numbers of what it has in common with others. */
export type ModelEntry = ShownEntry & {
  id: string
  resource: string
  status: string
  /** Number of the revision that is shown. */
  revision: number
  /** Ascending. */
  terms: Uint32Array
}

/** The entries that have one thing in common, ordered by key. */
export type EntryList = {
  term: number
  entries: ModelEntry[]
  /** The same by all else that they have in common, by its term; made when it is first asked for, and kept up to date then. */
  parts?: Map<number, ModelEntry[]>
}

/**
 * Which lists an entry is in. A list that was asked for its parts keeps them up to date: making them anew after each change would
 * take as long as the list is.
 */

/** The entries of a list by all else that they have in common. */
export const partsOf = (list: EntryList): Map<number, ModelEntry[]> => {
  if (list.parts) return list.parts
  const parts = new Map<number, ModelEntry[]>()
  for (const entry of list.entries) for (const term of entry.terms) partOf(parts, term).push(entry)
  list.parts = parts
  return parts
}

const partOf = (parts: Map<number, ModelEntry[]>, term: number): ModelEntry[] => {
  let part = parts.get(term)
  if (!part) {
    part = []
    parts.set(term, part)
  }
  return part
}

/** Takes an entry, as it was, out of the lists that it will not be in. */
export const leave = (lists: EntryList[], entry: ModelEntry, next: Uint32Array): void => {
  for (const term of entry.terms) {
    const { entries, parts } = lists[term]!
    const stays = includes(next, term)
    if (!stays) remove(entries, entry)
    if (parts)
      for (const other of entry.terms) if (!stays || !includes(next, other)) remove(partOf(parts, other), entry)
  }
}

/** Puts an entry, as it is, into the lists that it was not in. */
export const enter = (lists: EntryList[], entry: ModelEntry, former: Uint32Array): void => {
  for (const term of entry.terms) {
    const { entries, parts } = lists[term]!
    const stayed = includes(former, term)
    if (!stayed) insert(entries, entry)
    if (parts)
      for (const other of entry.terms) if (!stayed || !includes(former, other)) insert(partOf(parts, other), entry)
  }
}
