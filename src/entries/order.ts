import type { EntryContent, Resource } from './resource.ts'

/** An entry that is about to be written. */
export type EntryToWrite = { resource: Resource; key: string; content: EntryContent }

/**
 * Entries in an order in which they can be written: what is referred to comes before what refers to it.
 * @param resources in the order in which they can be loaded
 * @param isReadable whether references can be found in the content of an entry
 */
export const inReferenceOrder = <E extends EntryToWrite>(
  entries: E[],
  resources: ReadonlyMap<string, Resource>,
  isReadable: (entry: E) => boolean = () => true,
): E[] => {
  const order = [...resources.keys()]
  const byName = new Map(entries.map((entry) => [`${entry.resource.resource}/${entry.key}`, entry]))
  const placed = new Set<E>()
  const sorted: E[] = []
  const place = (entry: E) => {
    if (placed.has(entry)) return
    placed.add(entry)
    if (isReadable(entry))
      for (const { resource, key } of entry.resource.references(entry.content)) {
        const target = byName.get(`${resource}/${key}`)
        if (target) place(target)
      }
    sorted.push(entry)
  }
  for (const entry of entries.toSorted(
    (a, b) => order.indexOf(a.resource.resource) - order.indexOf(b.resource.resource),
  ))
    place(entry)
  return sorted
}
