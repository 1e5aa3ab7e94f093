import type { Components } from './components.ts'
import { pathFinder, placesOf } from './paths.ts'

/** A reference as it stands in a body: where, to which resource, to which key. */
export type EntryReference = { pointer: string; resource: string; key: string }

/**
 * Finds the references of bodies that are valid under a schema.
 * @returns a function from a body to its references, in the order in which the schema names them
 */
export const referenceFinder = (schema: object, components: Components) => {
  const paths = pathFinder(schema, components, (property) => property['x-references'])
  return (body: object): EntryReference[] =>
    paths.flatMap(({ path, found: resource }) =>
      placesOf(body, path).map(({ tokens, value }) => ({
        pointer: `/${tokens.join('/')}`,
        resource,
        key: value as string,
      })),
    )
}
