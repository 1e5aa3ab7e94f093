import Ajv2020, { type ErrorObject, type FuncKeywordDefinition, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { type FieldError, HttpProblem } from './problems.ts'

/** A check of a whole value that JSON Schema cannot express, run by Ajv beside the schema so that all errors come at once. */
export type SchemaKeyword = {
  keyword: string
  check(argument: unknown, value: unknown, schema: Record<string, unknown>): FieldError[]
}

type Part = 'body' | 'querystring' | 'params' | 'headers'

const prefixes: Record<Part, string> = { body: '', querystring: '/query', params: '/params', headers: '/headers' }

/**
 * Validators for every part of a request. Bodies are never coerced and lose nothing; query parameters and path
 * parameters are text by nature, so they are coerced. All errors are found, not only the first.
 * @param keywords checks beyond JSON Schema, by the name of the keyword that asks for them
 */
export const createValidatorFactory = (keywords: readonly SchemaKeyword[]) => {
  const create = (schemas: ReadonlyMap<string, object>, coerceTypes: boolean | 'array') => {
    const ajv = new Ajv2020.default({
      allErrors: true,
      coerceTypes,
      removeAdditional: false,
      useDefaults: coerceTypes !== false,
      strict: true,
      // The schemas are our own, and the contract's lint has judged them: Ajv would take seconds at every start.
      validateSchema: false,
      meta: false,
      strictTypes: false,
      strictRequired: false,
      validateFormats: true,
      verbose: true,
    })
    addFormats.default(ajv)
    for (const name of ['x-references', 'x-personal', 'example']) ajv.addKeyword(name)
    for (const { keyword, check } of keywords) ajv.addKeyword(customKeyword(keyword, check))
    const added = new Set<string>()
    const addReferredTo = (schema: object) => {
      for (const [, id] of JSON.stringify(schema).matchAll(/"\$ref":"([^"#]+)/g)) {
        const target = schemas.get(id!)
        if (!target || added.has(id!)) continue
        added.add(id!)
        ajv.addSchema(target)
        addReferredTo(target)
      }
    }
    return (schema: object): ValidateFunction => {
      // Ajv walks through each schema that it is given. All of them at once would take a second at every start.
      addReferredTo(schema)
      return ajv.compile(schema)
    }
  }

  return (externalSchemas: Record<string, object> | readonly object[]) => {
    const schemas = new Map(Object.values(externalSchemas).map((schema) => [(schema as { $id: string }).$id, schema]))
    const compileForBodies = create(schemas, false)
    const compileForText = create(schemas, 'array')
    return (route: { schema: unknown; httpPart?: string | undefined }) => {
      const part = (route.httpPart ?? 'body') as Part
      let validate: ValidateFunction | undefined
      return (value: unknown) => {
        // A file is for its route to read: JSON Schema has nothing to say of bytes.
        if (Buffer.isBuffer(value)) return { value }
        // Compiled when it is first needed: all at once would take seconds at every start.
        validate ??= (part === 'body' ? compileForBodies : compileForText)(route.schema as object)
        const errors = [...unstorable(value, prefixes[part]), ...fieldErrors(validate, value, part)]
        if (errors.length === 0) return { value }
        return { error: invalidRequest(errors) }
      }
    }
  }
}

/** 400 that names every mistake at once. */
export const invalidRequest = (errors: FieldError[]) => new HttpProblem('invalid-request', summary(errors), { errors })

const summary = (errors: FieldError[]) =>
  errors.length === 1
    ? 'One thing is wrong; `errors` names it.'
    : `${errors.length} things are wrong; \`errors\` names each.`

const customKeyword = (keyword: string, check: SchemaKeyword['check']): FuncKeywordDefinition => {
  const validate: NonNullable<FuncKeywordDefinition['validate']> = (
    argument: unknown,
    value: unknown,
    schema,
    context,
  ) => {
    const errors = check(argument, value, schema as Record<string, unknown>)
    validate.errors = errors.map(({ pointer, message }) => ({
      keyword,
      instancePath: (context?.instancePath ?? '') + pointer,
      message,
      params: {},
    }))
    return errors.length === 0
  }
  return { keyword, errors: 'full', validate } as FuncKeywordDefinition
}

const fieldErrors = (validate: ValidateFunction, value: unknown, part: Part): FieldError[] => {
  if (validate(value)) return []
  const errors = (validate.errors ?? []).map((error) => ({
    pointer: prefixes[part] + pointerOf(error),
    message: messageOf(error),
  }))
  return errors.filter((e, i) => errors.findIndex((o) => o.pointer === e.pointer && o.message === e.message) === i)
}

const escapeToken = (token: string) => token.replaceAll('~', '~0').replaceAll('/', '~1')

const pointerOf = ({ instancePath, keyword, params }: ErrorObject) => {
  if (keyword === 'required') return `${instancePath}/${escapeToken(params.missingProperty)}`
  if (keyword === 'additionalProperties') return `${instancePath}/${escapeToken(params.additionalProperty)}`
  return instancePath
}

const messageOf = ({ keyword, params, parentSchema, message }: ErrorObject): string => {
  const schema = (parentSchema ?? {}) as Record<string, unknown>
  switch (keyword) {
    case 'required':
      return 'is required; add it'
    case 'additionalProperties':
      return `is not known; remove it${knownProperties(schema)}`
    case 'type':
      return `must be of type ${[params.type].flat().join(' or ')}`
    case 'enum': {
      const allowed = params.allowedValues as string[]
      return allowed.length > 30
        ? `is not one of the allowed values; ${schema.description ?? ''}`.trim()
        : `must be one of ${allowed.map((v) => `\`${v}\``).join(', ')}`
    }
    case 'pattern':
      return schema.pattern === '\\S'
        ? 'must say something; it is blank'
        : `must match \`${params.pattern}\`; ${schema.description ?? ''}`.trim()
    case 'format':
      return `is not a valid ${params.format}${examplesOf(schema)}`
    case 'minLength':
      return 'must not be empty'
    case 'minProperties':
      return `must have at least ${params.limit} of its properties${knownProperties(schema)}`
    case 'maxProperties':
      return `must have at most ${params.limit} of its properties`
    default:
      return message ?? 'is not valid'
  }
}

const knownProperties = (schema: Record<string, unknown>) =>
  schema.properties ? ` (known here: ${Object.keys(schema.properties).join(', ')})` : ''

const examplesOf = (schema: Record<string, unknown>) =>
  Array.isArray(schema.examples) ? `, for example \`${schema.examples[0]}\`` : ''

/**
 * Strings that Postgres cannot store: U+0000, and halves of surrogate pairs, which are no Unicode text at all.
 * Walks with a list instead of recursion: a body may be nested deeper than the stack is.
 */
const unstorable = (value: unknown, prefix: string): FieldError[] => {
  if (isStorable(value)) return []
  const errors: FieldError[] = []
  const open: [unknown, string][] = [[value, prefix]]
  for (let next = open.pop(); next; next = open.pop()) {
    const [item, pointer] = next
    if (typeof item === 'string') {
      if (!storable(item)) errors.push({ pointer, message: 'contains U+0000 or half of a surrogate pair; remove it' })
    } else if (item && typeof item === 'object') {
      for (const [name, child] of Object.entries(item)) {
        if (storable(name)) open.push([child, `${pointer}/${escapeToken(name)}`])
        else
          errors.push({
            pointer,
            message: 'has a property whose name contains U+0000 or half of a surrogate pair; remove it',
          })
      }
    }
  }
  return errors
}

/** Whether there is nothing to be named: pointers are put together only when there is. */
const isStorable = (value: unknown): boolean => {
  const open: unknown[] = [value]
  while (open.length > 0) {
    const item = open.pop()
    if (typeof item === 'string') {
      if (!storable(item)) return false
    } else if (Array.isArray(item)) for (const element of item) open.push(element)
    else if (item && typeof item === 'object')
      for (const name in item) {
        if (!storable(name)) return false
        open.push((item as Record<string, unknown>)[name])
      }
  }
  return true
}

const storable = (text: string) => text.isWellFormed() && !text.includes('\0')
