import { type Kysely, sql } from 'kysely'

/**
 * The register: entries with immutable revisions, what each revision refers to, and one event for every write.
 *
 * Processing activities and the catalogue share these tables. A revision's content is stored as the JSON text that
 * was written (`json` keeps the order of properties; `jsonb` would not); what must be searched or must exist is
 * drawn out of it into rows: references are foreign keys, facets are the values that lists filter on.
 */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    create table register_head (
      only_row boolean primary key default true check (only_row),
      position bigint not null
    );
    insert into register_head (position) values (0);

    create table principals (
      id uuid primary key,
      name text not null unique,
      created_at timestamptz not null default now()
    );

    create table entries (
      id uuid primary key,
      resource text not null check (resource in (
        'organisations', 'purposes', 'data-categories', 'data-subject-categories', 'recipients', 'subprocessors',
        'retention-periods', 'security-measures', 'services', 'processing-activities')),
      key text not null check (key ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(key) <= 100) collate "C",
      status text not null check (status in ('in-force', 'retired')),
      owner_id uuid references entries (id),
      revision_id uuid,
      position bigint not null,
      name text not null,
      description text,
      search tsvector not null generated always as (to_tsvector('simple'::regconfig,
        regexp_replace(key || ' ' || name || ' ' || coalesce(description, ''), '[!-/:-@\\[-\`{-~]+', ' ', 'g'))) stored,
      created_at timestamptz not null,
      unique (resource, key)
    );
    comment on table entries is 'Processing activities and catalogue entries: what stands now.';
    comment on column entries.position is 'Position of the event that last changed the entry; its ETag.';
    create index entries_shown on entries (resource, key) where status <> 'retired';
    create index entries_search on entries using gin (search);

    create table revisions (
      id uuid primary key,
      entry_id uuid not null references entries (id),
      number integer not null check (number > 0),
      content json not null,
      content_hash text not null,
      principal_id uuid not null references principals (id),
      recorded_at timestamptz not null,
      unique (entry_id, number)
    );
    comment on table revisions is 'Immutable: every content that an entry ever had, as it was written.';
    alter table entries add foreign key (revision_id) references revisions (id);

    create table revision_references (
      revision_id uuid not null references revisions (id),
      target_id uuid not null references entries (id),
      entry_id uuid not null references entries (id),
      resource text not null,
      key text not null collate "C",
      current boolean not null,
      primary key (revision_id, target_id)
    );
    comment on table revision_references is 'The entries that a revision refers to; current while the revision is in force.';
    create index revision_references_target on revision_references (target_id, resource, key) where current;
    create index revision_references_entry on revision_references (entry_id) where current;

    create table revision_facets (
      revision_id uuid not null references revisions (id),
      kind text not null,
      value text not null,
      entry_id uuid not null references entries (id),
      resource text not null,
      key text not null collate "C",
      current boolean not null,
      primary key (revision_id, kind, value)
    );
    comment on table revision_facets is 'The values of a revision that lists filter on; current while the revision is in force.';
    create index revision_facets_value on revision_facets (resource, kind, value, key) where current;
    create index revision_facets_entry on revision_facets (entry_id) where current;

    create table events (
      position bigint primary key,
      type text not null,
      entry_id uuid not null references entries (id),
      revision_id uuid not null references revisions (id),
      principal_id uuid not null references principals (id),
      reason text,
      recorded_at timestamptz not null
    );
    comment on table events is 'One row for each write of the register, at positions without a gap.';
    create index events_entry on events (entry_id, position);

    create table api_keys (
      id uuid primary key,
      principal_id uuid not null references principals (id),
      selector text not null unique,
      verifier_hash bytea not null check (length(verifier_hash) = 32),
      role text not null check (role in ('reader', 'service', 'editor', 'approver', 'admin')),
      service_id uuid references entries (id),
      description text,
      created_at timestamptz not null default now(),
      expires_at timestamptz,
      last_used_at timestamptz,
      revoked_at timestamptz,
      check ((role = 'service') = (service_id is not null))
    );
  `.execute(db)
}
