import type { ListFilter, Postings, ShownEntries } from '../entries/index.ts'
import { anyOf, type Condition, intersect, noneOf } from './conditions.ts'
import { type EntryList, enter, leave, type ModelEntry, partsOf } from './entry-list.ts'

/** An entry as it is loaded. */
export type LoadedEntry = {
  id: string
  resource: string
  key: string
  status: string
  /** Position of its last event. */
  position: number
  etag: string
  /** The body of its `GET`. */
  body: string
  /** Number of the revision that is shown. */
  revision: number
  /** As they are stored: `kind=value`. */
  facets: string[]
  /** Ids of the entries that it refers to. */
  references: string[]
}

/** The register in memory: entries by key, and lists of those that have something in common. */
export type Model = Omit<ShownEntries, 'find'> & {
  find(resource: string, key: string): ModelEntry | undefined
  /** Takes in what changed, and is at a version then. */
  apply(changed: LoadedEntry[], version: number): void
  /** The list of what refers to an entry, if anything ever did. */
  referrers(resource: string, targetId: string): EntryList | undefined
  facet(resource: string, kind: string, value: string): EntryList | undefined
  /** The list of what may state something in a member of its content as unknown: all that do are in it. */
  unknown(resource: string, member: string): EntryList | undefined
  /** The entries of a list by all else that they have in common, by the term of that; each ordered by key. */
  parts(list: EntryList): ReadonlyMap<number, readonly ModelEntry[]>
  /** How many entries there are. */
  readonly size: number
}

export const createModel = (): Model => {
  let version = 0
  const byResource = new Map<string, Map<string, ModelEntry>>()
  const lists: EntryList[] = []
  const all = new Map<string, EntryList>()
  const statuses = new Map<string, EntryList>()
  // By resource of what refers, then by id of what it refers to; by resource, kind and value. Putting names together to look for
  // them took a check longer than all else.
  const references = new Map<string, Map<string, EntryList>>()
  const facets = new Map<string, Map<string, Map<string, EntryList>>>()
  const unknowns = new Map<string, Map<string, EntryList>>()

  const listIn = (lists_: Map<string, EntryList>, name: string): EntryList => {
    let list = lists_.get(name)
    if (!list) {
      list = { term: lists.length, entries: [] }
      lists.push(list)
      lists_.set(name, list)
    }
    return list
  }
  const facetsOf = (resource: string, kind: string): Map<string, EntryList> => within(within(facets, resource), kind)

  /** The lists that an entry belongs to; a retired one is in none but may still be read. */
  const termsOf = ({ resource, status, facets: has, references: refersTo, body }: LoadedEntry): Uint32Array => {
    if (status === 'retired') return new Uint32Array()
    const terms = new Set([listIn(all, resource).term, listIn(statuses, `${resource} ${status}`).term])
    for (const facet of has) {
      const end = facet.indexOf('=')
      terms.add(listIn(facetsOf(resource, facet.slice(0, end)), facet.slice(end + 1)).term)
    }
    for (const id of refersTo) terms.add(listIn(within(references, resource), id).term)
    for (const member of statedUnknown(body)) terms.add(listIn(within(unknowns, resource), member).term)
    return Uint32Array.from(terms).sort()
  }

  const put = (loaded: LoadedEntry): void => {
    const { id, resource, key, status, position, etag, revision } = loaded
    const keys = byResource.get(resource) ?? new Map<string, ModelEntry>()
    byResource.set(resource, keys)
    const terms = termsOf(loaded)
    const body = Buffer.from(loaded.body)
    const before = keys.get(key)
    if (!before) {
      const entry = { id, resource, key, status, position, etag, revision, body, terms }
      keys.set(key, entry)
      enter(lists, entry, none)
      return
    }
    const { terms: former } = before
    leave(lists, before, terms)
    Object.assign(before, { status, position, etag, revision, body, terms })
    enter(lists, before, former)
  }

  const postings: Postings = {
    withFacet: (resource, kind, value) => {
      const values = facetsOf(resource, kind)
      if (typeof value === 'string') return present(values.get(value))
      return [...values].filter(([name]) => value === undefined || value(name)).map(([, list]) => list)
    },
    referringTo: (resource, targets) =>
      targets.flatMap(({ entries }) => entries.flatMap(({ id }) => present(references.get(resource)?.get(id)))),
  }

  /** What a filter asks for, each as a condition on an entry with a list to begin with. */
  const conditionsOf = (filter: ListFilter): Condition[] => {
    const { resource, status } = filter
    return [
      anyOf(present(status === undefined ? all.get(resource) : statuses.get(`${resource} ${status}`))),
      ...filter.facets.map(({ kind, value }) => anyOf(postings.withFacet(resource, kind, value))),
      ...filter.references.map((target) => {
        const id = byResource.get(target.resource)?.get(target.key)?.id
        return anyOf(present(id === undefined ? undefined : references.get(resource)?.get(id)))
      }),
      ...filter.conditions.map(({ inMemory }) => {
        const { any, not = false } = inMemory!(postings)
        return not ? noneOf(any) : anyOf(any)
      }),
    ]
  }

  return {
    get version() {
      return version
    },
    get size() {
      return [...byResource.values()].reduce((sum, keys) => sum + keys.size, 0)
    },
    find: (resource, key) => byResource.get(resource)?.get(key),
    apply: (changed, at) => {
      for (const entry of changed) put(entry)
      version = at
    },
    list: (filter, after, limit) => {
      // Words are for the search of Postgres; retired entries are in no list.
      if (filter.q !== undefined || filter.status === 'retired') return undefined
      if (filter.conditions.some(({ inMemory }) => !inMemory)) return undefined
      return intersect(conditionsOf(filter), after, limit)
    },
    referrers: (resource, targetId) => references.get(resource)?.get(targetId),
    facet: (resource, kind, value) => facets.get(resource)?.get(kind)?.get(value),
    unknown: (resource, member) => unknowns.get(resource)?.get(member),
    parts: partsOf,
  }
}

const none = new Uint32Array()

/**
 * The members of a content that a body may state something in as unknown. Most bodies state nothing so, and parsing those that do
 * would make loading slower: names that look like pointers are taken for what is stated.
 */
const statedUnknown = (body: string): string[] =>
  body.includes('"state":"unknown"') ? Array.from(body.matchAll(/"\/([^"/]+)[^"]*":/g), ([, member]) => member!) : []

/** The map of a name, made when there is none. */
const within = <T>(maps: Map<string, Map<string, T>>, name: string): Map<string, T> => {
  const map = maps.get(name) ?? new Map<string, T>()
  maps.set(name, map)
  return map
}

const present = <T>(value: T | undefined): T[] => (value === undefined ? [] : [value])
