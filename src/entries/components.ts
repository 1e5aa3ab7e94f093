/** A JSON Schema as TypeBox builds it, seen as plain data. */
export type JsonSchema = {
  $id?: string
  $ref?: string
  properties?: Record<string, JsonSchema>
  items?: JsonSchema
  'x-references'?: string
  'x-personal'?: boolean
  'x-unique-by'?: string
}

/** Follows a `$ref` to the component that it names. */
export type Components = (schema: JsonSchema) => JsonSchema

/** @param schemas every schema with an `$id` that others refer to */
export const createComponents = (schemas: readonly object[]): Components => {
  const byId = new Map((schemas as JsonSchema[]).map((schema) => [`${schema.$id}#`, schema]))
  return (schema) => {
    if (!schema.$ref) return schema
    const component = byId.get(schema.$ref)
    if (!component) throw new Error(`No component for ${schema.$ref}`)
    return component
  }
}
