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
 * Sends a page of a list, with a `Link` to the next one (RFC 8288).
 * @param items each as JSON text, or the bytes of it
 * @param nextCursor null: the list ends here
 */
export const sendPage = (
  request: FastifyRequest,
  reply: FastifyReply,
  items: (string | Buffer)[],
  nextCursor: string | null,
) => {
  if (nextCursor !== null) {
    const next = new URL(request.url, 'http://register')
    next.searchParams.set('cursor', nextCursor)
    reply.header('link', `<${next.pathname}${next.search}>; rel="next"`)
  }
  const parts: (string | Buffer)[] = ['{"items":[']
  for (const [index, item] of items.entries()) parts.push(index === 0 ? '' : ',', item)
  parts.push(`],"nextCursor":${JSON.stringify(nextCursor)}}`)
  return reply
    .type(jsonType)
    .send(Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part))))
}
