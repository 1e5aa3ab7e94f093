import type { Components, JsonSchema } from './components.ts'
import { sameJson } from './same-json.ts'

/** One difference between two contents of an entry. */
export type ContentChange = {
  kind: 'added' | 'removed' | 'changed'
  /** JSON Pointer (RFC 6901) into the later content; of what was removed, into the earlier one. */
  pointer: string
  /** The property in the schema: `*` for an element of an array. Of a statement, the property that it is about. */
  pattern: string
  /** Where it is, in words that survive reordering: elements by the key of what they refer to. */
  place: string
  before?: unknown
  after?: unknown
}

type Place = { before: string; after: string; pattern: string; words: string[] }

const escaped = (token: string) => token.replaceAll('~', '~0').replaceAll('/', '~1')
const unescaped = (token: string) => token.replaceAll('~1', '/').replaceAll('~0', '~')

/**
 * Compares contents that are valid under a schema. Elements of arrays are matched by what they refer to, or by their
 * value, so that reordering is no change; elements that have neither are matched by their place.
 */
export const contentComparer = (schema: object, components: Components) => {
  function* compare(
    before: unknown,
    after: unknown,
    node: JsonSchema | undefined,
    at: Place,
  ): Generator<ContentChange> {
    if (sameJson(before, after)) return
    if (at.pattern === '/statements' && (before === undefined || after === undefined)) {
      // Each statement counts as the property that it is about, also the first and the last one.
      yield* compare(before ?? {}, after ?? {}, node, at)
      return
    }
    if (Array.isArray(before ?? after) && Array.isArray(after ?? before)) {
      yield* compareArrays(
        (before ?? []) as unknown[],
        (after ?? []) as unknown[],
        node,
        at,
        before === undefined ? 'before' : after === undefined ? 'after' : undefined,
      )
    } else if (isObject(before) && isObject(after)) {
      for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
        yield* compare(before[name], after[name], resolve(node?.properties?.[name]), descend(at, name))
      }
    } else yield change(before, after, at)
  }

  function* compareArrays(
    before: unknown[],
    after: unknown[],
    node: JsonSchema | undefined,
    at: Place,
    missing: 'before' | 'after' | undefined,
  ): Generator<ContentChange> {
    const items = resolve(node?.items)
    const identity = (element: unknown, index: number): string => {
      const by = node?.['x-unique-by']
      if (by && isObject(element)) return String(element[by])
      if (!isObject(element)) return JSON.stringify(element)
      const same = before.some((b) => sameJson(b, element)) && after.some((a) => sameJson(a, element))
      return same ? JSON.stringify(element) : `#${index}`
    }
    const earlier = new Map(before.map((element, index) => [identity(element, index), { element, index }]))
    const later = new Map(after.map((element, index) => [identity(element, index), { element, index }]))
    for (const name of new Set([...earlier.keys(), ...later.keys()])) {
      const [from, to] = [earlier.get(name), later.get(name)]
      yield* compare(from?.element, to?.element, items, {
        before: `${at.before}/${from?.index}`,
        after: `${at.after}/${to?.index}`,
        pattern: `${at.pattern}/*`,
        words: [...at.words, name.startsWith('#') ? `${Number(name.slice(1)) + 1}.` : name.replace(/^"|"$/g, '')],
      })
    }
    // An empty list says that there is none; its absence says nothing.
    if (missing && before.length === 0 && after.length === 0) {
      yield change(missing === 'before' ? undefined : before, missing === 'after' ? undefined : after, at)
    }
  }

  const resolve = (node: JsonSchema | undefined) => node && components(node)

  return (before: object, after: object): ContentChange[] => [
    ...compare(before, after, components(schema as JsonSchema), { before: '', after: '', pattern: '', words: [] }),
  ]
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value)

const descend = (at: Place, name: string): Place => ({
  before: `${at.before}/${escaped(name)}`,
  after: `${at.after}/${escaped(name)}`,
  // What is stated about a property counts as that property.
  pattern:
    at.pattern === '/statements'
      ? name
          .split('/')
          .map((token) => (/^\d+$/.test(token) ? '*' : unescaped(token)))
          .join('/')
      : `${at.pattern}/${name}`,
  words: [...at.words, name],
})

const change = (before: unknown, after: unknown, at: Place): ContentChange => ({
  kind: before === undefined ? 'added' : after === undefined ? 'removed' : 'changed',
  pointer: after === undefined ? at.before : at.after,
  pattern: at.pattern,
  place: at.words.join(' › '),
  ...(before !== undefined && { before }),
  ...(after !== undefined && { after }),
})
