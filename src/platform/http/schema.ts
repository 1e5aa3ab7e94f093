import { type Static, type TProperties, type TSchema, type TSchemaOptions, Type } from 'typebox'

/** An object that refuses unknown properties, as every object of the contract does. */
export const closed = <P extends TProperties>(properties: P, options: TSchemaOptions = {}) =>
  Type.Object(properties, { additionalProperties: false, ...options })

/**
 * A typed `$ref` to a schema with an `$id`, which the contract lists among its components. Type.Ref alone is untyped.
 * Siblings of a `$ref` are dropped by the generator, so the schema itself carries its description.
 */
export const ref = <S extends TSchema & { $id?: string }>(schema: S) =>
  Type.Unsafe<Static<S>>({ $ref: `${schema.$id}#` })

/** One literal of several; JSON Schema's `enum`. */
export const oneOf = <const V extends readonly string[]>(
  values: V,
  description: string,
  options: TSchemaOptions = {},
) => Type.Unsafe<V[number]>({ type: 'string', enum: [...values], description, ...options })

/** Text that says something: at least one character that is no blank. */
export const text = (maxLength: number, description: string, options: TSchemaOptions = {}) =>
  Type.String({ minLength: 1, maxLength, pattern: '\\S', description, ...options })

/** A file, as generated clients know one: bytes, not text. */
export const binary = (description: string) => Type.String({ format: 'binary', description })

export const date = (description: string) =>
  Type.String({
    format: 'date',
    description: `${description} A date, \`YYYY-MM-DD\` (RFC 3339).`,
    examples: ['2026-03-31'],
  })

/** A web address. Only http and https: the pages of a report make links of it, and `javascript:` must not become one. */
export const url = (description: string) =>
  Type.String({
    format: 'uri',
    pattern: '^https?://',
    maxLength: 2000,
    description,
    examples: ['https://example.org/document'],
  })

export const keyOptions = { pattern: '^[a-z0-9]+(-[a-z0-9]+)*$', minLength: 1, maxLength: 100 }

/** What entries are addressed by: a slug of at most 100 characters. */
export const key = (description: string, example = 'newsletter') =>
  Type.String({ ...keyOptions, description, examples: [example] })
