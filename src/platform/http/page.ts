import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { jsonType } from './operation.ts'

/** The parameters of every list. */
export const pageParameters = {
  limit: Type.Integer({ minimum: 1, maximum: 200, default: 50, description: 'How many items a page has.' }),
  cursor: Type.Optional(
    Type.String({ maxLength: 500, description: 'The `nextCursor` of the page before; the filters must be the same.' }),
  ),
}

/**
 * Where the next page of a list is (RFC 8288).
 * @param url of this page
 */
export const linkTo = (url: string, nextCursor: string): string => {
  const next = new URL(url, 'http://register')
  next.searchParams.set('cursor', nextCursor)
  return `<${next.pathname}${next.search}>; rel="next"`
}

/** What stands before, between and behind the items of a page. */
export const pageParts = (nextCursor: string | null) => ({
  before: '{"items":[',
  between: ',',
  behind: `],"nextCursor":${JSON.stringify(nextCursor)}}`,
})

/**
 * Sends a page of a list.
 * @param items each as JSON text
 * @param nextCursor null: the list ends here
 */
export const sendPage = (request: FastifyRequest, reply: FastifyReply, items: string[], nextCursor: string | null) => {
  if (nextCursor !== null) reply.header('link', linkTo(request.url, nextCursor))
  const { before, between, behind } = pageParts(nextCursor)
  return reply.type(jsonType).send(`${before}${items.join(between)}${behind}`)
}
