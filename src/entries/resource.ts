import type { TObject } from 'typebox'
import type { Separated } from './personal.ts'
import type { EntryReference } from './references.ts'

/** A value that lists filter on, drawn out of an entry's content. */
export type Facet = { kind: string; value: string }

/** A facet as it is stored. No kind has a `=`. */
export const facetText = ({ kind, value }: Facet): string => `${kind}=${value}`

/** The content of an entry: its body without `key` and `meta`. */
export type EntryContent = { name: string; description?: string } & Record<string, unknown>

/** What the common mechanism has to know of a resource to store, read and list its entries. */
export type Resource = {
  /** Name in paths and in the database. */
  resource: string
  /** Name of its schema in the contract. */
  component: string
  /** What one entry is called in a sentence. */
  singular: string
  Input: TObject
  View: TObject
  references(content: EntryContent): EntryReference[]
  /** Takes personal values out of a content; `known` has the digests of values that the entry has already. */
  separatePersonal(content: EntryContent, known: ReadonlyMap<string, string>): Separated
  facets(content: EntryContent): Facet[]
}
