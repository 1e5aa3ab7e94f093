import { sql } from 'kysely'
import type { Database } from '../platform/db/database.ts'
import { assertPreconditions } from '../platform/http/conditional.ts'
import { HttpProblem } from '../platform/http/problems.ts'
import type { EntryContent } from './resource.ts'
import { sameJson } from './same-json.ts'
import type { ShownEntries, ShownEntry } from './shown.ts'
import { type ContentWrite, unlessRefused } from './write.ts'

type Body = EntryContent & { meta: { id: string; status: string; owner?: string; proposed?: object } }

/**
 * Finds that a write would change nothing, without a lock and a transaction: services register on every deploy. What memory
 * has decides whether it is worth asking; Postgres decides whether the entry is still that one, and equal.
 * @returns the entry; undefined: it takes a write to tell
 */
export const findUnchanged = async (
  db: Database,
  shown: ShownEntries | undefined,
  { resource, key, content, rules, author, preconditions }: ContentWrite,
): Promise<ShownEntry | undefined> => {
  const entry = shown?.find(resource.resource, key)
  if (!entry) return undefined
  const { position, etag, body } = entry
  const { key: _, meta, ...stands } = JSON.parse(body.toString()) as Body
  const owned = author.serviceId === null || author.serviceId === meta.id || author.service === meta.owner
  if (!owned || meta.status !== 'in-force' || meta.proposed) return undefined
  const completed = await unlessRefused(() => {
    if (preconditions) assertPreconditions(preconditions, etag)
    return rules.complete?.({ inForce: { content: stands }, proposed: null }, content) ?? content
  })
  if (completed instanceof HttpProblem || !sameJson(stands, completed)) return undefined
  const { rows } = await sql`
    select e.position from entries e join revisions r on r.id = e.in_force_id
    where e.id = ${meta.id} and e.position = ${position} and e.proposed_id is null
      and readable_content(r.content, r.personal) = ${JSON.stringify(completed)}::jsonb`.execute(db)
  // Memory takes in what comes meanwhile by changing its entries.
  return rows.length === 1 ? { key, position, etag, body } : undefined
}
