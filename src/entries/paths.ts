import type { Components, JsonSchema } from './components.ts'

/** Where a schema has what is looked for: property names, and `*` for every element of an array. */
export type SchemaPath<T> = { path: string[]; found: T }

/**
 * The places in a schema at which something is found.
 * @param match what is found in a property's schema; undefined: nothing, look further inside
 */
export const pathFinder = <T>(
  schema: object,
  components: Components,
  match: (property: JsonSchema) => T | undefined,
  path: string[] = [],
): SchemaPath<T>[] => {
  const resolved = components(schema as JsonSchema)
  const found = match(resolved)
  if (found !== undefined) return [{ path, found }]
  if (resolved.items) return pathFinder(resolved.items, components, match, [...path, '*'])
  return Object.entries(resolved.properties ?? {}).flatMap(([name, child]) =>
    pathFinder(child, components, match, [...path, name]),
  )
}

/** The values of a body at a path of its schema, each with the tokens of its JSON Pointer. */
export const placesOf = (body: unknown, path: readonly string[]): { tokens: string[]; value: unknown }[] => {
  const places: { tokens: string[]; value: unknown }[] = []
  const tokens: string[] = []
  const visit = (value: unknown, depth: number): void => {
    if (value === undefined) return
    const step = path[depth]
    if (step === undefined) places.push({ tokens: [...tokens], value })
    else if (step === '*') {
      for (const [index, element] of (value as unknown[]).entries()) {
        tokens[depth] = String(index)
        visit(element, depth + 1)
      }
    } else {
      tokens[depth] = step
      visit((value as Record<string, unknown>)[step], depth + 1)
    }
  }
  visit(body, 0)
  return places
}
