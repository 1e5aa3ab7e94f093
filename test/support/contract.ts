import { appendFileSync, readFileSync } from 'node:fs'
import Ajv2020 from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'

/** Holds answers against the committed contract, as the bytes that they are. */

type Media = { schema?: object }
type Operation = {
  operationId: string
  responses: Record<string, { content?: Record<string, Media>; headers?: Record<string, { schema: object }> }>
}

type Contract = {
  info: { version: string }
  paths: Record<string, Record<string, Operation>>
  components: { responses: Record<string, Operation['responses'][string]>; schemas: Record<string, object> }
}

/** The committed contract, with each answer in the place of the reference to it. */
export const contract: Contract = JSON.parse(readFileSync(new URL('../../openapi/v1.json', import.meta.url), 'utf8'))
for (const { responses } of Object.values(contract.paths).flatMap((operations) => Object.values(operations)))
  for (const [status, answer] of Object.entries(responses)) {
    const { $ref } = answer as { $ref?: string }
    if ($ref) responses[status] = contract.components.responses[$ref.split('/').at(-1)!]!
  }

const ajv = new Ajv2020.default({ strict: false, allErrors: true, validateFormats: true })
addFormats.default(ajv)
ajv.addSchema({ $id: 'contract', components: contract.components })

const routes = Object.entries(contract.paths).map(([template, operations]) => ({
  pattern: new RegExp(`^${template.replaceAll(/\{[^}]+\}/g, '[^/]+')}$`),
  template,
  operations,
}))

const pointTo = (schema: object): object =>
  JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"contract#/components/'))

const compiled = new Map<object, ReturnType<typeof ajv.compile>>()
const validatorOf = (schema: object) => {
  const known = compiled.get(schema) ?? ajv.compile(pointTo(schema))
  compiled.set(schema, known)
  return known
}

const problemSchema = { $ref: '#/components/schemas/Problem' }

export type Answer = { statusCode: number; headers: Record<string, unknown>; payload: string }

/**
 * Throws unless the contract declares the answer: its status, its media type, its required shape.
 * Answers outside of the contract's paths and methods can only be problems.
 */
export const assertContract = (method: string, url: string, answer: Answer): void => {
  const path = url.split('?')[0]!
  const mediaType = String(answer.headers['content-type'] ?? '').split(';')[0]!
  const where = `${method} ${path} → ${answer.statusCode} ${mediaType}`
  const operation = routes.find(({ pattern }) => pattern.test(path))?.operations[
    method === 'HEAD' ? 'get' : method.toLowerCase()
  ]
  if (answer.statusCode >= 400) assertValid(problemSchema, answer.payload, where, method)
  if (!operation) {
    if (answer.statusCode < 400 && path.startsWith('/v1/'))
      throw new Error(`${where}: the contract has no such operation`)
    return
  }
  const response = operation.responses[answer.statusCode]
  if (!response) throw new Error(`${where}: ${operation.operationId} does not declare this status`)
  noteCoverage(`${operation.operationId} ${answer.statusCode}`)
  const media = response.content?.[mediaType]
  if (answer.payload === '' || method === 'HEAD') return
  if (!media) throw new Error(`${where}: ${operation.operationId} does not declare this media type`)
  if (media.schema && mediaType.endsWith('json')) assertValid(media.schema, answer.payload, where, method)
}

const assertValid = (schema: object, payload: string, where: string, method: string) => {
  if (method === 'HEAD') return
  const validate = validatorOf(schema)
  if (validate(JSON.parse(payload))) return
  const errors = validate.errors!.map(
    (error) => `${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`,
  )
  throw new Error(`${where}: the body is not as the contract says: ${errors.join('; ')}`)
}

const noted = new Set<string>()
const noteCoverage = (line: string) => {
  const file = process.env.ROPA_TEST_CONTRACT_COVERAGE
  if (!file || noted.has(line)) return
  noted.add(line)
  appendFileSync(file, `${line}\n`)
}

/** Every operation and status that the contract declares, as coverage is noted. */
export const declaredAnswers = (): string[] =>
  Object.values(contract.paths).flatMap((operations) =>
    Object.values(operations).flatMap(({ operationId, responses }) =>
      Object.keys(responses).map((status) => `${operationId} ${status}`),
    ),
  )
