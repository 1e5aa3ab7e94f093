/** Sorted lists of what has something in common, by which lists and checks find their entries. */

/** Anything that has a place in the order of a list. */
export type Keyed = { key: string }

/** Where a key stands in a sorted list, or would stand. */
export const placeOf = (sorted: readonly Keyed[], key: string): number => {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (sorted[middle]!.key < key) low = middle + 1
    else high = middle
  }
  return low
}

/** Where a list goes on after a key. */
export const placeAfter = (sorted: readonly Keyed[], key: string | undefined): number => {
  if (key === undefined) return 0
  const place = placeOf(sorted, key)
  return sorted[place]?.key === key ? place + 1 : place
}

export const insert = <T extends Keyed>(sorted: T[], item: T): void => {
  // Entries are loaded in their order, so most go to the end.
  if (sorted.length === 0 || sorted.at(-1)!.key < item.key) sorted.push(item)
  else sorted.splice(placeOf(sorted, item.key), 0, item)
}

export const remove = (sorted: Keyed[], item: Keyed): void => {
  const place = placeOf(sorted, item.key)
  if (sorted[place] === item) sorted.splice(place, 1)
}

/** Whether a number is in an ascending list of them. */
export const includes = (sorted: Uint32Array, wanted: number): boolean => {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const value = sorted[middle]!
    if (value === wanted) return true
    if (value < wanted) low = middle + 1
    else high = middle
  }
  return false
}

/** Whether any of some numbers is in an ascending list of them. */
export const includesAny = (sorted: Uint32Array, wanted: readonly number[]): boolean => {
  for (const each of wanted) if (includes(sorted, each)) return true
  return false
}

/**
 * What is in any of some sorted lists and comes after a key, once each, in order. The lists are gone through side by side: putting
 * them together would take as long as they are, for a page that is short.
 */
export function* inKeyOrder<T extends Keyed>(lists: readonly (readonly T[])[], after?: string): Generator<T> {
  const places = lists.map((list) => placeAfter(list, after))
  for (;;) {
    let first: T | undefined
    for (let n = 0; n < lists.length; n++) {
      const item = lists[n]![places[n]!]
      if (item && item !== first && (first === undefined || item.key < first.key)) first = item
    }
    if (first === undefined) return
    for (let n = 0; n < lists.length; n++) if (lists[n]![places[n]!] === first) places[n]!++
    yield first
  }
}
