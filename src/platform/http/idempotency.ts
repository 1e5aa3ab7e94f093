import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { sql } from 'kysely'
import { Type } from 'typebox'
import type { Transaction } from '../db/database.ts'
import { HttpProblem } from './problems.ts'

/**
 * `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): a caller that did not hear the answer to a `POST` repeats
 * it with the same key, and gets the answer of the first one instead of doing it twice.
 */

/** For how long an answer is kept, as Postgres writes an interval. */
const kept = '24 hours'

export const idempotencyHeader = {
  'idempotency-key': Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 255,
      description:
        'Chosen by the caller, new for each request. The same request with the same key is answered as the first time, for 24 hours.',
    }),
  ),
}

/** An answer that can be given again. */
export type ReadyAnswer = { status: number; headers: Record<string, string>; body: string }

/**
 * Does some work once for an `Idempotency-Key`, in the transaction of the work, so that both are committed or neither is.
 * Without a key it is just done.
 * @throws HttpProblem 409 when the key was used for another request
 */
export const idempotently = async (
  db: Transaction,
  request: Pick<FastifyRequest, 'headers' | 'method' | 'url' | 'body'>,
  principalId: string,
  work: () => Promise<ReadyAnswer>,
): Promise<ReadyAnswer> => {
  const key = request.headers['idempotency-key']
  if (typeof key !== 'string') return work()
  const fingerprint = createHash('sha256')
    .update(JSON.stringify([request.method, request.url, request.body ?? null]))
    .digest('hex')
  await sql`delete from idempotency_keys where created_at < now() - ${kept}::interval`.execute(db)
  // Waits for another request with the same key, until that is committed or has failed.
  const { numAffectedRows } = await sql`
    insert into idempotency_keys (principal_id, key, fingerprint, status, headers, body)
    values (${principalId}, ${key}, ${fingerprint}, 0, '{}', '') on conflict do nothing`.execute(db)
  if (numAffectedRows === 0n) {
    const { rows } = await sql<ReadyAnswer & { fingerprint: string }>`
      select fingerprint, status, headers, body from idempotency_keys
      where principal_id = ${principalId} and key = ${key}`.execute(db)
    const { fingerprint: earlier, ...answer } = rows[0]!
    if (earlier !== fingerprint)
      throw new HttpProblem('conflict', 'The Idempotency-Key was used for another request; choose a new one.')
    return answer
  }
  const answer = await work()
  await sql`
    update idempotency_keys set status = ${answer.status}, headers = ${JSON.stringify(answer.headers)}::json, body = ${answer.body}
    where principal_id = ${principalId} and key = ${key}`.execute(db)
  return answer
}

export const sendReady = (reply: FastifyReply, { status, headers, body }: ReadyAnswer) =>
  reply.code(status).headers(headers).send(body)
