import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { HttpProblem } from '../../platform/http/problems.ts'
import { oneOf } from '../../platform/http/schema.ts'

/** The formats of reports, by the names that `format` takes. */
export const mediaTypes = {
  json: 'application/json',
  csv: 'text/csv',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  pdf: 'application/pdf',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  html: 'text/html',
  md: 'text/markdown',
} as const

export type Format = keyof typeof mediaTypes

/** `format`, for every report that comes in several. */
export const formatParameter = <const F extends readonly Format[]>(formats: F) => ({
  format: Type.Optional(oneOf(formats, 'The format; absent: the best that `Accept` allows, or JSON.')),
})

/**
 * The format that a request asks for: by parameter, else by `Accept` (RFC 9110, 12.5.1).
 * @throws HttpProblem 406 when `Accept` allows none of them
 */
export const chooseFormat = <F extends Format>(
  request: Pick<FastifyRequest, 'accepts'> & { query: { format?: F } },
  formats: readonly F[],
): F => {
  if (request.query.format !== undefined) return request.query.format
  const accepted = request.accepts().type(formats.map((format) => mediaTypes[format]))
  const format = formats.find((name) => mediaTypes[name] === accepted)
  if (format === undefined)
    throw new HttpProblem(
      'not-acceptable',
      `The report comes as ${formats.map((name) => mediaTypes[name]).join(', ')}.`,
    )
  return format
}
