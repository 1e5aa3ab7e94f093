import { createHash } from 'node:crypto'
import { HttpProblem } from './problems.ts'

/** Opaque cursors of lists: the last key given out, bound to the filter that it was given out for. */

const fingerprint = (filter: unknown) =>
  createHash('sha256').update(JSON.stringify(filter)).digest('base64url').slice(0, 12)

/** @param filter everything that decides what the list contains */
export const encodeCursor = (lastKey: string, filter: unknown): string =>
  Buffer.from(`${fingerprint(filter)} ${lastKey}`).toString('base64url')

/** The key after which a list goes on. Throws 400 for a cursor that is none, or belongs to another filter. */
export const decodeCursor = (cursor: string, filter: unknown): string => {
  const [bound, lastKey] = Buffer.from(cursor, 'base64url').toString('utf8').split(' ')
  if (!lastKey || !/^[a-z0-9/-]+$/.test(lastKey)) throw invalid('is no cursor of this list; start again without it')
  if (bound !== fingerprint(filter)) throw invalid('belongs to a list with other filters; start again without it')
  return lastKey
}

const invalid = (message: string) =>
  new HttpProblem('invalid-request', 'The cursor cannot be used.', { errors: [{ pointer: '/query/cursor', message }] })
