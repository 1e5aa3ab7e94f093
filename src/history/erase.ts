import { sql } from 'kysely'
import { canonicalParts } from '../chain/index.ts'
import { nextHead } from '../entries/index.ts'
import type { Transaction } from '../platform/db/database.ts'
import { type FieldError, HttpProblem } from '../platform/http/problems.ts'
import { invalidRequest } from '../platform/http/validation.ts'

export type Erasure = {
  /** Values of contacts, each exactly as it was written. */
  values: string[]
  /** The name of a principal: of somebody who wrote in the register. */
  principal?: string | undefined
  /** Why: what was asked for, by whom, under which file number. */
  reason: string
}

export type Erased = { position: number; values: number; principal: boolean }

/**
 * Erases personal data from history (Art. 17): values of contacts in earlier revisions, and the name of a principal. The
 * revisions and events stay, with digests and an id that nothing leads back from; history still verifies.
 * @param principalId who erases
 * @throws HttpProblem 404 when nothing is found, 409 for a value that still stands or a principal who still has a key
 */
export const erasePersonalData = async (
  db: Transaction,
  principalId: string,
  { values, principal, reason }: Erasure,
): Promise<Erased> => {
  if (values.length === 0 && principal === undefined)
    throw invalidRequest([{ pointer: '/values', message: 'must name a value, or `principal` somebody, to erase' }])
  const errors: FieldError[] = []
  const digests: string[] = []
  for (const [index, value] of values.entries()) {
    const found = await findValue(db, value)
    if (found.standing.length > 0) {
      const names = found.standing.map(({ resource, key }) => `${resource}/${key}`).join(', ')
      errors.push({ pointer: `/values/${index}`, message: `still stands in ${names}; change these first` })
    }
    digests.push(...found.digests)
  }
  const erasedPrincipal = principal === undefined ? undefined : await findPrincipal(db, principal, errors)
  if (errors.length > 0)
    throw new HttpProblem('conflict', 'What is still in use cannot be erased; `errors` says where.', { errors })
  if (digests.length === 0 && erasedPrincipal === undefined)
    throw new HttpProblem(
      'not-found',
      'None of it is in the register. Values must be given exactly as they were written.',
    )

  digests.sort()
  await sql`
    update personal_values set value = null, salt = null, erased_at = now() where digest = any(${digests}::text[])`.execute(
    db,
  )
  if (erasedPrincipal !== undefined)
    await sql`update principals set name = null, erased_at = now() where id = ${erasedPrincipal}`.execute(db)
  // Answers that are kept to be given again may have the values in them; this one has none.
  await sql`delete from idempotency_keys where status <> 0`.execute(db)
  const details = { ...(erasedPrincipal !== undefined && { principal: erasedPrincipal }), digests }
  const [first, second, third] = canonicalParts({ actor: principalId, details, reason, type: 'erased' })
  const { rows } = await sql<{ position: number }>`
    with ${nextHead(first, second, third)}
    insert into events (position, type, principal_id, reason, details, recorded_at, hash)
    select position, 'erased', ${principalId}::uuid, ${reason}, ${JSON.stringify(details)}::json, recorded_at, hash from head
    returning position`.execute(db)
  return { position: rows[0]!.position, values: digests.length, principal: erasedPrincipal !== undefined }
}

/** The digests of a value, and the entries in which it still stands, in force or proposed. */
const findValue = async (db: Transaction, value: string) => {
  const { rows: found } = await sql<{ digest: string }>`
    select digest from personal_values where value = ${value} order by digest for update`.execute(db)
  const digests = found.map(({ digest }) => digest)
  // Asked by itself: who was about to write the value has committed when the lock is got.
  const { rows: standing } = await sql<{ resource: string; key: string }>`
    select e.resource, e.key from entries e join revisions r on r.id in (e.in_force_id, e.proposed_id)
    where r.personal && ${digests}::text[]`.execute(db)
  return { digests, standing }
}

const findPrincipal = async (db: Transaction, name: string, errors: FieldError[]): Promise<string | undefined> => {
  const { rows } = await sql<{ id: string; keys: number }>`
    select p.id, (select count(*) from api_keys k where k.principal_id = p.id and k.revoked_at is null
      and (k.expires_at is null or k.expires_at > now()))::int as keys
    from principals p where p.name = ${name} for update`.execute(db)
  const found = rows[0]
  if (found && found.keys > 0)
    errors.push({ pointer: '/principal', message: 'still has a valid API key; revoke it first' })
  return found?.id
}
