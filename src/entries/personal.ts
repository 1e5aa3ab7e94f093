import { createHash, randomBytes } from 'node:crypto'
import type { Components } from './components.ts'
import { pathFinder, placesOf } from './paths.ts'
import type { EntryContent } from './resource.ts'

/**
 * Personal values in entries (contacts): a revision keeps only their salted digest, so that a value can be erased
 * (Art. 17) while the revision and its hash stay as they are.
 */

/** A value apart from the revision. */
export type PersonalValue = { digest: string; salt: Buffer; value: string }

const mark = 'erasable:'

export const digestOf = (salt: Buffer, value: string): string =>
  createHash('sha256').update(salt).update(value).digest('hex')

export type Separated = {
  /** The content with digests in place of personal values. */
  content: EntryContent
  /** The digests in it. */
  digests: string[]
  /** Values that were not known yet. */
  added: PersonalValue[]
}

/** Takes the personal values, which the schema marks with `x-personal`, out of contents. */
export const personalSeparator = (schema: object, components: Components) => {
  const paths = pathFinder(schema, components, (property) => (property['x-personal'] ? {} : undefined))
  /** @param known digests of values that the entry has already, by value: an unchanged value keeps its digest */
  return (content: EntryContent, known: ReadonlyMap<string, string>): Separated => {
    const places = paths.flatMap(({ path }) => placesOf(content, path))
    if (places.length === 0) return { content, digests: [], added: [] }
    const separated = structuredClone(content)
    const digests = new Map(known)
    const added: PersonalValue[] = []
    const used = places.map(({ tokens, value }) => {
      let digest = digests.get(value as string)
      if (digest === undefined) {
        const salt = randomBytes(16)
        digest = digestOf(salt, value as string)
        added.push({ digest, salt, value: value as string })
        digests.set(value as string, digest)
      }
      let holder = separated as Record<string, unknown>
      for (const token of tokens.slice(0, -1)) holder = holder[token] as Record<string, unknown>
      holder[tokens.at(-1)!] = `${mark}${digest}`
      return digest
    })
    return { content: separated, digests: [...new Set(used)], added }
  }
}

/** The digests that a content's JSON text has, with the place of each. */
const digestPattern = /"erasable:([0-9a-f]{64})"/g

/**
 * Puts personal values back into the JSON text of a content.
 * @param values values by digest; null: erased
 * @returns the text, and the pointers of what was erased, which is left out
 */
export const withPersonalValues = (
  text: string,
  values: Record<string, string | null> | null,
): { text: string; erased: string[] } => {
  if (values === null) return { text, erased: [] }
  if (Object.values(values).every((value) => value !== null)) {
    return {
      text: text.replaceAll(digestPattern, (whole, digest: string) =>
        digest in values ? JSON.stringify(values[digest]) : whole,
      ),
      erased: [],
    }
  }
  const erased: string[] = []
  const restore = (value: unknown, pointer: string): unknown => {
    if (Array.isArray(value)) return value.map((element, index) => restore(element, `${pointer}/${index}`))
    if (value !== null && typeof value === 'object') {
      return Object.fromEntries(
        Object.entries(value)
          .map(([name, child]) => [name, restore(child, `${pointer}/${name}`)] as const)
          .filter(([, child]) => child !== undefined),
      )
    }
    if (typeof value !== 'string' || !value.startsWith(mark)) return value
    const known = values[value.slice(mark.length)]
    if (known === null) erased.push(pointer)
    return known === null ? undefined : (known ?? value)
  }
  const restored = JSON.stringify(restore(JSON.parse(text), ''))
  return { text: restored, erased }
}
