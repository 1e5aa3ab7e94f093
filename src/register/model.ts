import type { ListFilter, Posting, Postings, ShownEntries, ShownEntry } from '../entries/index.ts'
import { includes, insert, placeAfter, remove } from './postings.ts'

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
  facets: [kind: string, value: string][]
  /** Ids of the entries that it refers to. */
  references: string[]
}

/** An entry in memory: as bytes, with the numbers of what it has in common with others. */
export type ModelEntry = ShownEntry &
  Pick<LoadedEntry, 'id' | 'resource' | 'status' | 'revision'> & {
    terms: Uint32Array
    /** Whether it states that something is unknown. */
    statesUnknown: boolean
  }

/** The entries that have one thing in common, ordered by key. */
export type EntryList = { term: number; entries: ModelEntry[] }

/** The register in memory: entries by key, and lists of those that have something in common. */
export type Model = Omit<ShownEntries, 'find'> & {
  find(resource: string, key: string): ModelEntry | undefined
  /** Takes in what changed, and is at a version then. */
  apply(changed: LoadedEntry[], version: number): void
  /** The list of what refers to an entry, if anything ever did. */
  referrers(resource: string, targetId: string): EntryList | undefined
  facet(resource: string, kind: string, value: string): EntryList | undefined
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
  const termsOf = ({ resource, status, facets: has, references: refersTo }: LoadedEntry): Uint32Array => {
    if (status === 'retired') return new Uint32Array()
    const terms = new Set([listIn(all, resource).term, listIn(statuses, `${resource} ${status}`).term])
    for (const [kind, value] of has) terms.add(listIn(facetsOf(resource, kind), value).term)
    for (const id of refersTo) terms.add(listIn(within(references, resource), id).term)
    return Uint32Array.from(terms).sort()
  }

  const put = (loaded: LoadedEntry): void => {
    const { id, resource, key, status, position, etag, revision } = loaded
    const keys = byResource.get(resource) ?? new Map<string, ModelEntry>()
    byResource.set(resource, keys)
    const terms = termsOf(loaded)
    const body = Buffer.from(loaded.body)
    const statesUnknown = loaded.body.includes('"state":"unknown"')
    const before = keys.get(key)
    if (!before) {
      const entry = { id, resource, key, status, position, etag, revision, body, terms, statesUnknown }
      keys.set(key, entry)
      for (const term of terms) insert(lists[term]!.entries, entry)
      return
    }
    for (const term of before.terms) if (!includes(terms, term)) remove(lists[term]!.entries, before)
    for (const term of terms) if (!includes(before.terms, term)) insert(lists[term]!.entries, before)
    Object.assign(before, { status, position, etag, revision, body, terms, statesUnknown })
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
        return not ? noneOf(any as EntryList[]) : anyOf(any as EntryList[])
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
  }
}

/** The map of a name, made when there is none. */
const within = <T>(maps: Map<string, Map<string, T>>, name: string): Map<string, T> => {
  const map = maps.get(name) ?? new Map<string, T>()
  maps.set(name, map)
  return map
}

const present = <T>(value: T | undefined): T[] => (value === undefined ? [] : [value])

/** One thing that is asked of entries. */
type Condition = {
  /** At most how many entries meet it. */
  size: number
  /** All entries that meet it, ordered by key; undefined: it can only be asked of an entry. */
  all: (() => ModelEntry[]) | undefined
  holds(entry: ModelEntry): boolean
}

/** How many times as many entries a list may have as its parts, for these to be put together rather than looked for in it. */
const sparse = 20

const anyOf = (lists: Posting[]): Condition => {
  const [first, ...others] = lists as EntryList[]
  if (!first) return { size: 0, all: () => [], holds: () => false }
  if (others.length === 0)
    return { size: first.entries.length, all: () => first.entries, holds: ({ terms }) => includes(terms, first.term) }
  const size = lists.reduce((sum, { entries }) => sum + entries.length, 0)
  return {
    // Putting lists together costs more for each entry than looking at one.
    size: size * sparse,
    all: () => {
      const together = new Set((lists as EntryList[]).flatMap(({ entries }) => entries))
      return [...together].sort((a, b) => (a.key < b.key ? -1 : 1))
    },
    holds: holdsAny(lists),
  }
}

const noneOf = (lists: EntryList[]): Condition => {
  const any = holdsAny(lists)
  return { size: Number.POSITIVE_INFINITY, all: undefined, holds: (entry) => !any(entry) }
}

const holdsAny = (lists: Posting[]) => {
  const wanted = new Set(lists.map(({ term }) => term))
  return ({ terms }: ModelEntry) => terms.some((term) => wanted.has(term))
}

/** The entries that meet all conditions: those of the shortest list that meet the others. */
const intersect = (conditions: Condition[], after: string | undefined, limit: number): ModelEntry[] => {
  const [shortest, ...others] = conditions.toSorted((a, b) => a.size - b.size)
  const entries = shortest!.all!()
  const found: ModelEntry[] = []
  for (let place = placeAfter(entries, after); place < entries.length && found.length < limit; place++) {
    const entry = entries[place]!
    if (others.every((condition) => condition.holds(entry))) found.push(entry)
  }
  return found
}
