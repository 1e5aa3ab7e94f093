import { type Kysely, sql } from 'kysely'

/**
 * Sealed reports. A snapshot is named by an event, whose details have the SHA-256 of its bytes, so the chain covers it;
 * the bytes lie in pieces beside it, so that neither writing nor reading a large report needs it in memory.
 */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    create table report_snapshots (
      id uuid primary key,
      position bigint not null unique references events (position),
      request text not null,
      media_type text not null,
      language text,
      file_name text,
      register_version bigint not null,
      size bigint not null,
      sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$')
    );
    comment on table report_snapshots is 'Sealed reports; who sealed one, when and why is said by the event at its position.';

    create table report_snapshot_pieces (
      snapshot_id uuid not null,
      number integer not null,
      bytes bytea not null,
      primary key (snapshot_id, number)
    );
    -- Compressed formats do not get smaller, and the others are read as a whole.
    alter table report_snapshot_pieces alter column bytes set storage external;

    create trigger report_snapshots_append_only before update or delete on report_snapshots for each row execute function refuse_change();
    create trigger report_snapshots_no_truncate before truncate on report_snapshots execute function refuse_change();
    create trigger report_snapshot_pieces_append_only before update or delete on report_snapshot_pieces for each row execute function refuse_change();
    create trigger report_snapshot_pieces_no_truncate before truncate on report_snapshot_pieces execute function refuse_change();
  `.execute(db)
}
