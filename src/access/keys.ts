import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { sql } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import type { Database } from '../platform/db/database.ts'
import { HttpProblem } from '../platform/http/problems.ts'
import type { Principal, Role } from './roles.ts'

/**
 * API keys: `ropa_<selector>_<verifier>`. The selector finds the row; of the verifier only its SHA-256 is stored and
 * compared in constant time, so that neither the database nor the time of an answer gives a key away. The verifier is
 * random, so a fast hash is enough: there is nothing to guess.
 */

const keyPattern = /^ropa_([A-Za-z0-9]{8,64})_([A-Za-z0-9_-]{32,256})$/

/** `last_used_at` is written at most this often for a key, in seconds. */
const lastUsedPrecision = 60

export type ApiKey = {
  id: string
  principal: string
  role: Role
  service: string | null
  description: string | null
  selector: string
  createdAt: Date
  expiresAt: Date | null
  lastUsedAt: Date | null
  revokedAt: Date | null
}

const hash = (verifier: string) => createHash('sha256').update(verifier).digest()

/** A new random key. */
export const generateKey = (): string =>
  `ropa_${randomBytes(8).toString('hex')}_${randomBytes(32).toString('base64url')}`

/** The parts of a key, or undefined when the text has not the form of one. */
export const parseKey = (key: string): { selector: string; verifier: string } | undefined => {
  const match = keyPattern.exec(key)
  return match ? { selector: match[1]!, verifier: match[2]! } : undefined
}

type StoredKey = Principal & {
  keyId: string
  verifierHash: Buffer
  serviceId: string | null
  serviceKey: string | null
  expiresAt: Date | null
  stale: boolean
}

/** Whom a valid key stands for, and until when (milliseconds since 1970). */
export type Authenticated = { principal: Principal; expiresAt: number }

/**
 * The principal behind a key, or undefined when the key is unknown, wrong, expired or revoked.
 * @param key the whole key as the caller sent it
 */
export const authenticate = async (db: Database, key: string): Promise<Authenticated | undefined> => {
  const parts = parseKey(key)
  if (!parts) return undefined
  const { rows } = await sql<StoredKey>`
    select p.id, p.name, k.role, k.id as "keyId", k.verifier_hash as "verifierHash", s.id as "serviceId", s.key as "serviceKey", k.expires_at as "expiresAt",
      coalesce(k.last_used_at < now() - make_interval(secs => ${lastUsedPrecision}), true) as stale
    from api_keys k join principals p on p.id = k.principal_id left join entries s on s.id = k.service_id
    where k.selector = ${parts.selector} and k.revoked_at is null and (k.expires_at is null or k.expires_at > now())`.execute(
    db,
  )
  const stored = rows[0]
  // Compared in any case, so that an unknown selector takes as long as a wrong verifier.
  const equal = timingSafeEqual(hash(parts.verifier), stored?.verifierHash ?? Buffer.alloc(32))
  if (!stored || !equal) return undefined
  if (stored.stale) await sql`update api_keys set last_used_at = now() where id = ${stored.keyId}`.execute(db)
  const { id, name, role, serviceId, serviceKey, expiresAt } = stored
  const service = serviceId && serviceKey ? { id: serviceId, key: serviceKey } : null
  return { principal: { id, name, role, service }, expiresAt: expiresAt?.getTime() ?? Number.POSITIVE_INFINITY }
}

/** The principal of that name; made when there is none. */
export const ensurePrincipal = async (db: Database, name: string): Promise<string> => {
  await sql`insert into principals (id, name) values (${uuidv7()}, ${name}) on conflict (name) do nothing`.execute(db)
  return (await sql<{ id: string }>`select id from principals where name = ${name}`.execute(db)).rows[0]!.id
}

/**
 * Stores a key.
 * @param key the whole key, which is not stored
 * @param service key of the service that a `service` key stands for
 * @throws HttpProblem 422 when there is no such service
 */
export const createApiKey = async (
  db: Database,
  key: string,
  {
    principal,
    role,
    service,
    description,
    expiresAt,
  }: {
    principal: string
    role: Role
    service?: string | undefined
    description?: string | undefined
    expiresAt?: string | undefined
  },
): Promise<ApiKey> => {
  const { selector, verifier } = parseKey(key)!
  const serviceId = service === undefined ? null : await findService(db, service)
  const id = uuidv7()
  await sql`
    insert into api_keys (id, principal_id, selector, verifier_hash, role, service_id, description, expires_at)
    values (${id}, ${await ensurePrincipal(db, principal)}, ${selector}, ${hash(verifier)}, ${role}, ${serviceId},
      ${description ?? null}, ${expiresAt ?? null})`.execute(db)
  return (await findApiKey(db, id))!
}

const findService = async (db: Database, service: string): Promise<string> => {
  const { rows } = await sql<{ id: string }>`
    select id from entries where resource = 'services' and key = ${service} and status = 'in-force'`.execute(db)
  if (!rows[0]) {
    const message = `\`${service}\` is no entry of \`services\`; create it or correct the key`
    throw new HttpProblem('unknown-reference', 'There is no such service.', {
      errors: [{ pointer: '/service', message }],
    })
  }
  return rows[0].id
}

const columns = sql`
  k.id, coalesce(p.name, '(erased)') as principal, k.role, s.key as service, k.description, k.selector, k.created_at as "createdAt",
  k.expires_at as "expiresAt", k.last_used_at as "lastUsedAt", k.revoked_at as "revokedAt"
  from api_keys k join principals p on p.id = k.principal_id left join entries s on s.id = k.service_id`

export const findApiKey = async (db: Database, id: string): Promise<ApiKey | undefined> =>
  (await sql<ApiKey>`select ${columns} where k.id = ${id}`.execute(db)).rows[0]

/** All keys that were ever made, oldest first. */
export const listApiKeys = async (db: Database, after: string | undefined, limit: number): Promise<ApiKey[]> => {
  const condition = after === undefined ? sql`true` : sql`k.id > ${after}`
  return (await sql<ApiKey>`select ${columns} where ${condition} order by k.id limit ${limit}`.execute(db)).rows
}

/** Revokes a key at once; a revoked one stays as it is. */
export const revokeApiKey = async (db: Database, id: string): Promise<ApiKey | undefined> => {
  await sql`update api_keys set revoked_at = now() where id = ${id} and revoked_at is null`.execute(db)
  return findApiKey(db, id)
}

/** Whether any key exists, revoked ones included: `INIT_ADMIN_API_KEY` counts only on a register that never had one. */
export const anyApiKey = async (db: Database): Promise<boolean> =>
  (await sql<{ any: boolean }>`select exists (select from api_keys) as any`.execute(db)).rows[0]!.any
