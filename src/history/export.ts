import { sql } from 'kysely'
import type { ChainLink } from '../chain/index.ts'
import type { Database } from '../platform/db/database.ts'
import { readEvents } from './events.ts'

const batch = 1000

/**
 * All of history, an event at a time, each with the content that it brought. Contents are as they are hashed: personal
 * values appear as their digests, so an exported file holds none and need never be erased.
 */
export async function* exportHistory(db: Database): AsyncGenerator<ChainLink> {
  for (let after = 0; ; ) {
    const events = await readEvents(db, after, batch)
    const { rows } = await sql<{ position: number; content: string }>`
      select min(v.position) as position, r.content::text as content from events v
      join revisions r on r.id = v.revision_id and r.entry_id = v.entry_id
      where v.revision_id in (select w.revision_id from events w where w.position > ${after} and w.position <= ${after + batch})
      group by r.id having min(v.position) > ${after}`.execute(db)
    const contents = new Map(rows.map(({ position, content }) => [position, content]))
    for (const { actorName: _, ...event } of events) {
      const content = contents.get(event.position)
      yield { ...event, ...(content !== undefined && { content: JSON.parse(content) }) }
    }
    if (events.length < batch) return
    after = events.at(-1)!.position
  }
}
