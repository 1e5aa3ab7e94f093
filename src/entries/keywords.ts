import type { FieldError } from '../platform/http/problems.ts'
import type { SchemaKeyword } from '../platform/http/validation.ts'
import type { Components, JsonSchema } from './components.ts'

/**
 * What the bodies of entries must keep beyond JSON Schema. Run by the validator together with the schema, so that a
 * caller hears of every mistake at once.
 */
export const entryKeywords = (components: Components): SchemaKeyword[] => [
  {
    // Elements of arrays are told apart by the entry that they refer to; two for one entry could contradict each other.
    keyword: 'x-unique-by',
    check: (property, value) => duplicates(value, property as string),
  },
  {
    keyword: 'x-statements',
    check: (_, value, schema) => statementErrors(value, schema as JsonSchema, components),
  },
]

const duplicates = (value: unknown, property: string): FieldError[] => {
  if (!Array.isArray(value)) return []
  const first = new Map<unknown, number>()
  return value.flatMap((element, index) => {
    const key = element?.[property]
    if (typeof key !== 'string') return []
    const earlier = first.get(key)
    if (earlier === undefined) {
      first.set(key, index)
      return []
    }
    return [{ pointer: `/${index}/${property}`, message: `\`${key}\` stands at /${earlier} already; merge the two` }]
  })
}

/** Statements must be about properties that exist in the schema, in objects that exist in the body, and that are absent. */
const statementErrors = (body: unknown, schema: JsonSchema, components: Components): FieldError[] => {
  const statements = (body as { statements?: unknown })?.statements
  if (!statements || typeof statements !== 'object') return []
  return Object.keys(statements).flatMap((about) => {
    const message = statementError(about, body, schema, components)
    return message ? [{ pointer: `/statements/${about.replaceAll('~', '~0').replaceAll('/', '~1')}`, message }] : []
  })
}

const statementError = (
  about: string,
  body: unknown,
  schema: JsonSchema,
  components: Components,
): string | undefined => {
  const tokens = about
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))
  let value = body
  let current = components(schema)
  for (const [depth, token] of tokens.entries()) {
    const last = depth === tokens.length - 1
    const child = current.items && /^(0|[1-9]\d*)$/.test(token) ? current.items : ownProperty(current.properties, token)
    if (!child || (depth === 0 && ['key', 'meta', 'statements'].includes(token))) {
      return `is about \`${about}\`, which is no property of this kind of entry; correct the pointer`
    }
    const next = ownProperty(value, token)
    if (last) {
      if (current.items)
        return `is about an element of an array; state something about its array or its properties instead`
      return next === undefined
        ? undefined
        : `is about \`${about}\`, which has a value; remove the statement or the value`
    }
    if (next === undefined || typeof next !== 'object')
      return `is about a part of \`${about}\` that the entry does not have; correct the pointer`
    value = next
    current = components(child)
  }
  return undefined
}

const ownProperty = <T>(object: T, name: string): T[keyof T] | undefined =>
  object && typeof object === 'object' && Object.hasOwn(object, name) ? object[name as keyof T] : undefined
