import type { Components, JsonSchema } from '../entries/index.ts'

/**
 * The columns of a resource in a table: a path of property names for each value. The elements of an array of objects
 * stand one below another, in rows of the same entry; everything deeper, and lists of plain values, fit into one cell.
 */
export type ImportColumn = {
  /** As the heading has it: `purposes.legalBasis.article`. */
  name: string
  path: string[]
  /** The array whose elements stand in rows, when the value is in one: the first token of the path. */
  array: boolean
  kind: 'text' | 'date' | 'number' | 'boolean' | 'list' | 'json'
}

export const columnsOf = (input: object, components: Components): ImportColumn[] => {
  const { properties = {} } = components(input as JsonSchema)
  return Object.entries(properties)
    .filter(([name]) => name !== 'key' && name !== 'meta')
    .flatMap(([name, schema]) => [...columnsAt(components(schema), [name], false, components)])
}

type TypedSchema = JsonSchema & { type?: string; format?: string; patternProperties?: object }

function* columnsAt(
  schema: TypedSchema,
  path: string[],
  array: boolean,
  components: Components,
): Generator<ImportColumn> {
  const one = (kind: ImportColumn['kind']): ImportColumn => ({ name: path.join('.'), path, array, kind })
  const items: TypedSchema | undefined = schema.items && components(schema.items)
  if (items?.properties && !array) {
    for (const [name, property] of Object.entries(items.properties))
      yield* columnsAt(components(property), [...path, name], true, components)
  } else if (items) yield one(items.properties ? 'json' : 'list')
  else if (schema.properties) {
    for (const [name, property] of Object.entries(schema.properties))
      yield* columnsAt(components(property), [...path, name], array, components)
  } else if (schema.patternProperties) yield one('json')
  else if (schema.type === 'integer' || schema.type === 'number') yield one('number')
  else if (schema.format === 'date') yield one('date')
  else yield one(schema.type === 'boolean' ? 'boolean' : 'text')
}
