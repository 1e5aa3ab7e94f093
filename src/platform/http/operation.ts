import { type TSchema, Type } from 'typebox'
import { HttpProblem, Problem, type ProblemCode, problemDocument, problems } from './problems.ts'
import { ref } from './schema.ts'

/** What an operation of the contract says of itself. Everything is required: a contract without words helps nobody. */
export type OperationDescription = {
  operationId: string
  tag: string
  summary: string
  description: string
  /** Answers other than problems, by status. */
  answers: Record<number, Answer>
  /** Problems that the operation itself can answer with; those of every operation are added. */
  problems?: readonly ProblemCode[]
  /** Whether no credentials are needed. */
  open?: boolean
}

export type Answer = {
  description: string
  /** Schema and an example by media type; none: no body. */
  content?: Record<string, { schema: TSchema; example: unknown }>
  headers?: Record<string, TSchema>
}

/** Bodies are sent as ready text, so their type is said with them. */
export const jsonType = 'application/json; charset=utf-8'

/** A JSON answer. */
export const json = (
  description: string,
  schema: TSchema,
  example: unknown,
  headers: Record<string, TSchema> = {},
): Answer => ({
  description,
  content: { 'application/json': { schema, example } },
  headers,
})

/** Any operation may be asked badly, or while the database is away. */
const always: ProblemCode[] = ['malformed-request', 'header-too-large', 'internal', 'unavailable']
const unlessOpen: ProblemCode[] = ['unauthorised', 'forbidden']

const commonHeaders = {
  'Register-Version': Type.Integer({
    description:
      'The version of the register that the answer was made from: the position of its last event. It only grows.',
  }),
}

/**
 * The parts of a Fastify route schema that describe an operation and its answers in the contract.
 * Parameters and body are given beside it, where Fastify takes their types from.
 */
export const operation = ({
  operationId,
  tag,
  summary,
  description,
  answers,
  problems: own = [],
  open = false,
}: OperationDescription) => ({
  operationId,
  tags: [tag],
  summary,
  description,
  ...(open && { security: [] }),
  response: {
    ...Object.fromEntries(Object.entries(answers).map(([status, answer]) => [status, answerSchema(answer)])),
    ...problemAnswers([...new Set([...always, ...(open ? [] : unlessOpen), ...own])]),
  } as Record<number, TSchema>,
})

const answerSchema = ({ description, content, headers = {} }: Answer) => ({
  description,
  headers: { ...commonHeaders, ...headers },
  ...(content ? { content } : { type: 'null' }),
})

/** The media type of problem documents (RFC 9457). */
export const problemType = 'application/problem+json'

/** Marks an answer that many operations have: the contract says it once, among its components, under this name. */
export const componentName = 'x-component'

const nameOf = (code: ProblemCode) => code.replaceAll(/(?:^|-)(.)/g, (_, letter: string) => letter.toUpperCase())

const problemAnswers = (codes: ProblemCode[]) => {
  const byStatus = Map.groupBy(codes, (code) => problems[code][0])
  return Object.fromEntries(
    [...byStatus].map(([status, [code]]) => [
      status,
      {
        description: [...new Set(byStatus.get(status)!.map((c) => problems[c][1]))].join('; '),
        headers: { ...commonHeaders, ...problemHeaders(code!) },
        content: {
          [problemType]: {
            [componentName]: byStatus.get(status)!.map(nameOf).join('Or'),
            schema: ref(Problem),
            example: problemDocument(
              new HttpProblem(code!, problems[code!][2]),
              '01970000-0000-7000-8000-000000000000',
            ),
          },
        },
      },
    ]),
  )
}

const problemHeaders = (code: ProblemCode): Record<string, TSchema> => {
  const retryAfter = { 'Retry-After': Type.Integer({ description: 'Seconds to wait before the request is repeated.' }) }
  const headers: Partial<Record<ProblemCode, Record<string, TSchema>>> = {
    'method-not-allowed': { Allow: Type.String({ description: 'The methods that the path knows.' }) },
    unauthorised: { 'WWW-Authenticate': Type.String({ description: 'The scheme to authenticate with (RFC 6750).' }) },
    'too-many-requests': retryAfter,
    unavailable: retryAfter,
  }
  return headers[code] ?? {}
}
