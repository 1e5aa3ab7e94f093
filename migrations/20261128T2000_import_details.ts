import { type Kysely, sql } from 'kysely'

/** What an import took its file for, what it left out, and how many values it removes of which columns. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`alter table imports add column details json not null default '{"understood":{},"notices":[],"removals":[]}'`.execute(
    db,
  )
}
