import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { ListFilter } from './list.ts'

/** An entry with the revision that is shown, ready to be sent. */
export type ShownEntry = {
  key: string
  etag: string
  body: Buffer
  /** Position of its last event. */
  position: number
}

/** The register as it is now, in memory. What it answers is what Postgres would at its version. */
export type ShownEntries = {
  /** Position of the last event that it has. */
  readonly version: number
  /** An entry by its key, retired or not. */
  find(resource: string, key: string): ShownEntry | undefined
  /**
   * A page of a list, ordered by key.
   * @returns undefined: what is asked is for Postgres to answer
   */
  list(filter: ListFilter, after: string | undefined, limit: number): ShownEntry[] | undefined
}

/** The header fields of requests that memory may answer. */
export const shownHeaders = Type.Object({
  'register-version-min': Type.Optional(
    Type.String({
      pattern: '^[0-9]{1,15}$',
      description:
        'Answers from this version of the register or a later one (a `Register-Version` that was answered before, also by another instance).',
      examples: ['128'],
    }),
  ),
})

/** What asks for a version of the register, or a later one. */
export const atLeast = (version: number) => ({ headers: { 'register-version-min': String(version) } })

/**
 * What a request about the register as it is now is answered from.
 * @returns undefined: Postgres, as memory may not have everything that the caller can expect to see
 */
export type FindShown<T extends ShownEntries = ShownEntries> = (
  request: Pick<FastifyRequest, 'headers'>,
) => T | undefined | Promise<T | undefined>

/** Where reads of the register as it is now are answered from. */
export type ShownSource = {
  shown: FindShown
  /** The register in memory while it has all that it should; whoever finds nothing asks `shown`, which may wait. */
  current(): ShownEntries | undefined
}

/** The shown entries that have one thing in common, ordered by key. */
export type Posting = { term: number; entries: { id: string; key: string }[] }

/** What shown entries have in common. */
export type Postings = {
  /** Entries of a resource that have a facet: of this value, of those that pass, or of any. */
  withFacet(resource: string, kind: string, value?: string | ((value: string) => boolean)): Posting[]
  /** Entries of a resource that refer to any of some others. */
  referringTo(resource: string, targets: Posting[]): Posting[]
}
