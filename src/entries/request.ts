import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { type Principal, principalOf } from '../access/index.ts'
import { type Preconditions, preconditionsOf } from '../platform/http/conditional.ts'
import { type FieldError, HttpProblem, type ProblemCode } from '../platform/http/problems.ts'
import { closed, key } from '../platform/http/schema.ts'
import { invalidRequest } from '../platform/http/validation.ts'
import type { Author } from './lock.ts'
import type { EntryContent } from './resource.ts'

/** What requests about entries have in common: how one is addressed, who writes, on what condition, and what. */

/** Who writes, in which role, on what condition. */
export type Writer = { author: Author; role: Principal['role']; preconditions: Preconditions }

/** What every write of an entry can be refused for. */
export const writeProblems = [
  'invalid-request',
  'not-found',
  'conflict',
  'precondition-failed',
  'body-too-large',
  'unsupported-media-type',
] as const satisfies readonly ProblemCode[]

export const entryParams = closed({ key: key('What the entry is addressed by.') })

export const preconditionHeaders = Type.Object({
  'if-match': Type.Optional(
    Type.String({ description: 'Writes only if the entry still has this entity tag (RFC 9110, 13.1.1).' }),
  ),
  'if-none-match': Type.Optional(
    Type.String({ description: '`*`: writes only if there is no such entry yet (RFC 9110, 13.1.2).' }),
  ),
})

export const revisionParameter = {
  revision: Type.Optional(
    Type.String({
      pattern: '^(proposed|[1-9][0-9]{0,8})$',
      description:
        '`proposed`: the pending proposal; a number: that revision. Absent: what is in force, else the proposal.',
      examples: ['proposed', '3'],
    }),
  ),
}

/** Who writes, as far as the register records it. */
export const authorOf = (request: FastifyRequest): Author => {
  const { id, service } = principalOf(request)
  return { principalId: id, serviceId: service?.id ?? null, service: service?.key ?? null }
}

export const writerOf = (request: FastifyRequest): Writer => ({
  author: authorOf(request),
  role: principalOf(request).role,
  preconditions: preconditionsOf(request.headers),
})

/**
 * The content of a body: without `meta`, which is ours, and without `key`, which must be that of the path.
 * @param invalid what else is wrong with the request
 * @throws HttpProblem 400
 */
export const contentOf = (body: Record<string, unknown>, pathKey: string, invalid?: Error): EntryContent => {
  if (invalid && !(invalid instanceof HttpProblem)) throw invalid
  const key = body !== null && typeof body === 'object' ? body.key : undefined
  const errors: FieldError[] = [...(invalid?.errors ?? [])]
  if (typeof key === 'string' && key !== pathKey)
    errors.push({ pointer: '/key', message: `must equal the key in the path, \`${pathKey}\`, or be left out` })
  if (errors.length > 0) throw invalidRequest(errors)
  if (invalid) throw invalid
  const { key: _, meta: __, ...content } = body
  return content as EntryContent
}
