import { type Kysely, sql } from 'kysely'

/** Imports: what a file would change, or changed, row by row. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    create table imports (
      id uuid primary key,
      principal_id uuid not null references principals (id),
      created_at timestamptz not null default now(),
      dry_run boolean not null,
      status text not null check (status in ('applied', 'would-apply', 'refused')),
      media_type text not null,
      sha256 text not null,
      created integer not null,
      changed integer not null,
      unchanged integer not null,
      refused integer not null,
      rows json not null
    );
    comment on table imports is 'Reports of imports. What an import wrote is in the events; a file that was refused, or only tried, wrote nothing else.';`.execute(
    db,
  )
}
