import { type EntryList, includes, type Model, type ModelEntry } from '../register/index.ts'

/** Something that is asked: to document it, or to state it as unknown, an activity has to be in one of some lists. */
export type Wanted = readonly EntryList[]

/** An entry, and how many of the things that are wanted it misses: it is in none of their lists. */
export type Ranked = { entry: ModelEntry; missing: number }

/**
 * The entries of a list by how many of the things that are wanted they miss: those that miss least first, and of equal ones in
 * order of their keys. Most may miss nearly all, and are not looked at until they are asked for: an entry that misses a number of
 * things is in the lists of one of as many things and one more, and these are gone through, the rarest first.
 * @param most how many things an entry may miss that is still of use; asked again and again
 */
export function* ranked(
  model: Model,
  list: EntryList,
  wanted: readonly Wanted[],
  most: () => number,
): Generator<Ranked> {
  const parts = model.parts(list)
  const things = wanted.map((lists) => thingOf(lists, parts)).sort((a, b) => a.size - b.size)
  const byMissing = things.map((): ModelEntry[] => [])
  for (let passed = 0; passed < things.length; passed++) {
    if (most() < passed) return
    const { places } = things[passed]!
    for (let n = 0; n < places.length; n++)
      for (const entry of places[n]!.entries)
        if (!isInOne(entry, places, n)) byMissing[countMissing(entry, things, passed)]?.push(entry)
    for (const entry of sorted(byMissing[passed]!)) yield { entry, missing: passed }
  }
  if (most() < things.length) return
  for (const entry of list.entries)
    if (countMissing(entry, things, things.length) === things.length) yield { entry, missing: things.length }
}

const sorted = (entries: ModelEntry[]): ModelEntry[] =>
  entries.length < 2 ? entries : entries.sort((a, b) => (a.key < b.key ? -1 : 1))

/** Something that is wanted, within one list. */
type Thing = { places: Place[]; size: number }
type Place = { term: number; entries: readonly ModelEntry[] }

const thingOf = (lists: Wanted, parts: ReadonlyMap<number, readonly ModelEntry[]>): Thing => {
  const thing: Thing = { places: [], size: 0 }
  for (const { term } of lists) {
    const entries = parts.get(term)
    if (!entries || entries.length === 0) continue
    thing.places.push({ term, entries })
    thing.size += entries.length
  }
  return thing
}

/** How many things an entry misses; infinitely many when it is in one of so many first ones, where it was counted. */
const countMissing = (entry: ModelEntry, things: readonly Thing[], passed: number): number => {
  let missing = 0
  for (let n = 0; n < things.length; n++) {
    const { places } = things[n]!
    if (!isInOne(entry, places, places.length)) missing++
    else if (n < passed) return Number.POSITIVE_INFINITY
  }
  return missing
}

/** Up to how many entries a list is looked through for one, which does not have to be fetched from memory for that. */
const few = 40

/** Whether an entry is in one of so many first places. */
const isInOne = (entry: ModelEntry, places: readonly Place[], count: number): boolean => {
  for (let n = 0; n < count; n++) {
    const { term, entries } = places[n]!
    if (entries.length <= few ? entries.includes(entry) : includes(entry.terms, term)) return true
  }
  return false
}
