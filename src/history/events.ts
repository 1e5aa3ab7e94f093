import { sql } from 'kysely'
import type { PublishedEvent, RecordedEvent } from '../chain/index.ts'
import { rfc3339 } from '../entries/index.ts'
import type { Database } from '../platform/db/database.ts'

type EventRow = {
  position: number
  type: RecordedEvent['type']
  actor: string
  actorName: string | null
  reason: string | null
  details: Record<string, unknown> | null
  recordedAt: string
  previous: string
  hash: string
  entry: RecordedEvent['entry'] | null
  revision: { number: number; hash: string } | null
  state: Record<string, unknown> | null
}

const publish = ({ actorName, reason, details, entry, revision, state, ...row }: EventRow): PublishedEvent =>
  ({
    ...row,
    ...(actorName !== null && { actorName }),
    ...(details !== null && { details }),
    ...(entry !== null && { entry }),
    ...(reason !== null && { reason }),
    ...(revision !== null && { revision: revision.number, revisionHash: revision.hash }),
    ...(state !== null && {
      state: Object.fromEntries(Object.entries(state).filter(([, value]) => value !== null)) as RecordedEvent['state'],
    }),
  }) as PublishedEvent

/** The number of a revision of the event's own entry; another entry's revision is none of it. */
const numberOf = (column: string) =>
  sql`(select n.number from revisions n where n.id = ${sql.ref(column)} and n.entry_id = v.entry_id)`

/**
 * Events after a position, in order.
 * @param entryId of one entry alone; undefined: of all
 */
export const readEvents = async (
  db: Database,
  after: number,
  limit: number,
  entryId?: string,
): Promise<PublishedEvent[]> => {
  const { rows } = await sql<EventRow>`
    select v.position, v.type, v.principal_id as actor, p.name as "actorName", v.reason, v.details,
      ${rfc3339(sql`v.recorded_at`)} as "recordedAt", v.hash,
      coalesce((select b.hash from events b where b.position = v.position - 1), repeat('0', 64)) as previous,
      case when e.id is not null then json_build_object('id', e.id, 'key', e.key, 'resource', e.resource) end as entry,
      case when r.id is not null then json_build_object('number', r.number, 'hash', r.content_hash) end as revision,
      case when v.status is not null then json_build_object('approval', v.approval, 'inForce', ${numberOf('v.in_force_id')},
        'inForceHash', v.in_force_hash, 'owner', (select o.key from entries o where o.id = v.owner_id), 'proposal', v.proposal,
        'proposed', ${numberOf('v.proposed_id')}, 'shown', ${numberOf('v.shown_id')}, 'status', v.status) end as state
    from events v left join principals p on p.id = v.principal_id
    left join entries e on e.id = v.entry_id left join revisions r on r.id = v.revision_id and r.entry_id = v.entry_id
    where v.position > ${after} ${entryId === undefined ? sql`` : sql`and v.entry_id = ${entryId}`}
    order by v.position limit ${limit}`.execute(db)
  return rows.map(publish)
}

export type Head = { position: number; hash: string; recordedAt: string }

/** The head of the chain: kept elsewhere, it proves later that nothing before it was altered. */
export const readHead = async (db: Database): Promise<Head> =>
  (
    await sql<Head>`
    select position, hash, ${rfc3339(sql`recorded_at`)} as "recordedAt" from register_head`.execute(db)
  ).rows[0]!
