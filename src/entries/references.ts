import type { Components, JsonSchema } from './components.ts'

/** A reference as it stands in a body: where, to which resource, to which key. */
export type EntryReference = { pointer: string; resource: string; key: string }

/** Where a schema has references: property names and `*` for every element of an array. */
type ReferencePath = { path: string[]; resource: string }

const findPaths = (schema: JsonSchema, components: Components, path: string[] = []): ReferencePath[] => {
  const resolved = components(schema)
  if (resolved['x-references']) return [{ path, resource: resolved['x-references'] }]
  if (resolved.items) return findPaths(resolved.items, components, [...path, '*'])
  return Object.entries(resolved.properties ?? {}).flatMap(([name, child]) =>
    findPaths(child, components, [...path, name]),
  )
}

/**
 * Finds the references of bodies that are valid under a schema.
 * @returns a function from a body to its references, in the order in which the schema names them
 */
export const referenceFinder = (schema: object, components: Components) => {
  const paths = findPaths(schema as JsonSchema, components)
  return (body: object): EntryReference[] =>
    paths.flatMap(({ path, resource }) =>
      [...follow(body, path, '')].map(([pointer, key]) => ({ pointer, resource, key })),
    )
}

function* follow(
  value: unknown,
  [step, ...rest]: string[],
  pointer: string,
): Generator<[pointer: string, key: string]> {
  if (value === undefined) return
  if (step === undefined) yield [pointer, value as string]
  else if (step === '*') {
    for (const [index, element] of (value as unknown[]).entries()) yield* follow(element, rest, `${pointer}/${index}`)
  } else yield* follow((value as Record<string, unknown>)[step], rest, `${pointer}/${step}`)
}
