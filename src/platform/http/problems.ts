import { type Static, Type } from 'typebox'
import { closed } from './schema.ts'

/** Every problem that the service answers with (RFC 9457), by its stable code. `/problems` shows this table. */
export const problems = {
  'malformed-request': [400, 'The request cannot be read', 'Send well-formed HTTP, a valid URL and well-formed JSON.'],
  'invalid-request': [
    400,
    'The request is not valid',
    'Correct what `errors` names; it names everything that is wrong.',
  ],
  unauthorised: [
    401,
    'No valid credentials',
    'Send `Authorization: Bearer ropa_…` with a key that is neither expired nor revoked.',
  ],
  forbidden: [403, 'Not allowed', 'Use a key whose role may do this.'],
  'not-found': [404, 'Not found', 'Check the path and the key.'],
  'method-not-allowed': [405, 'Method not allowed', 'Use a method that the `Allow` header lists.'],
  'not-acceptable': [406, 'No such format', 'Ask for a media type that the operation can answer with.'],
  conflict: [409, 'Conflicts with what the register holds', 'See `detail`: it says what stands in the way.'],
  'precondition-failed': [
    412,
    'The entry is not what the precondition says',
    'Read it again, and repeat with its current `ETag`.',
  ],
  'body-too-large': [413, 'The body is too large', 'Send less at once.'],
  'unsupported-media-type': [415, 'Unsupported media type', 'Send `Content-Type: application/json`.'],
  'unknown-reference': [
    422,
    'Refers to entries that do not exist',
    'Create what `errors` names first, or correct the key.',
  ],
  'import-refused': [422, 'The file is refused', 'Correct what `errors` names in the file, and import it again.'],
  'too-large-for-format': [
    422,
    'Too much for this format',
    'Ask for less by filters, or for a format that has no such limit.',
  ],
  'too-many-requests': [429, 'Too many requests', 'Wait for as long as `Retry-After` says.'],
  'header-too-large': [431, 'The header is too large', 'Send fewer or shorter header fields.'],
  internal: [500, 'The service failed', 'Tell the operator the `instance`; the log has it.'],
  unavailable: [503, 'Temporarily unavailable', 'Repeat after as long as `Retry-After` says.'],
} as const satisfies Record<string, readonly [status: number, title: string, advice: string]>

export type ProblemCode = keyof typeof problems

export type FieldError = { pointer: string; message: string }

export const Problem = closed(
  {
    type: Type.String({
      format: 'uri-reference',
      description: 'Identifies the kind of problem, and leads to its description.',
      examples: ['/problems#invalid-request'],
    }),
    title: Type.String({ description: 'What kind of problem it is.' }),
    status: Type.Integer({ description: 'The HTTP status code.' }),
    detail: Type.String({ description: 'What is wrong with this request.' }),
    instance: Type.String({
      description: 'Identifies this occurrence; the log has it as `reqId`.',
      examples: ['urn:uuid:0197…'],
    }),
    code: Type.Unsafe<ProblemCode>({
      type: 'string',
      enum: Object.keys(problems),
      description: 'Stable name of the kind of problem, for programs.',
    }),
    errors: Type.Optional(
      Type.Array(
        closed(
          {
            pointer: Type.String({
              description:
                'JSON Pointer (RFC 6901) into the body. For other parts of the request it begins with `/query`, `/params` or `/headers`.',
            }),
            message: Type.String({ description: 'What is wrong there, and how to mend it.' }),
          },
          { description: 'One mistake.' },
        ),
        { description: 'Every mistake in the request, all at once.' },
      ),
    ),
  },
  { $id: 'Problem', description: 'A problem document (RFC 9457).' },
)

export type Problem = Static<typeof Problem>

/** An answer that is a problem document. Thrown anywhere below a route; the error handler sends it. */
export class HttpProblem extends Error {
  readonly code: ProblemCode
  readonly errors: FieldError[] | undefined
  readonly headers: Record<string, string>

  constructor(
    code: ProblemCode,
    detail: string,
    options: { errors?: FieldError[]; headers?: Record<string, string> } = {},
  ) {
    super(detail)
    this.code = code
    this.errors = options.errors
    this.headers = options.headers ?? {}
  }
}

/** The problem document of an occurrence. `instance` is a URN of the request's id. */
export const problemDocument = (problem: HttpProblem, requestId: string): Problem => ({
  type: `/problems#${problem.code}`,
  title: problems[problem.code][1],
  status: problems[problem.code][0],
  detail: problem.message,
  instance: `urn:uuid:${requestId}`,
  code: problem.code,
  ...(problem.errors && { errors: problem.errors }),
})
