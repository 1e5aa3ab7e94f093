import { createHash, randomBytes } from 'node:crypto'
import canonicalize from 'canonicalize'
import { type Kysely, sql } from 'kysely'

/**
 * History that cannot be altered unseen, and the lifecycle of activities.
 *
 * Events become a hash chain and carry the state of their entry after them, so that the register as of any position is
 * the last event of each entry at or before it. Events and revisions can only be added to. What is personal moves out of
 * the revisions into `personal_values`, which can be erased; the revisions keep its salted digest.
 */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    alter table register_head add column hash text, add column recorded_at timestamptz;

    alter table principals alter column name drop not null, add column erased_at timestamptz;

    create table personal_values (
      digest text primary key check (digest ~ '^[0-9a-f]{64}$'),
      salt bytea,
      value text,
      erased_at timestamptz,
      check ((erased_at is null) = (value is not null and salt is not null))
    );
    comment on table personal_values is 'Personal values that revisions refer to by digest, SHA-256(salt || value); erasing one leaves the digest.';

    alter table revisions
      add column personal text[] not null default '{}',
      add column retirement boolean not null default false;
    comment on column revisions.retirement is 'A proposal to retire the entry; its content is that of the revision in force.';

    alter table entries rename column revision_id to in_force_id;
    alter table entries drop constraint entries_status_check;
    alter table entries
      add check (status in ('in-force', 'draft', 'in-review', 'retired')),
      add column proposed_id uuid references revisions (id),
      add column proposal text check (proposal in ('draft', 'in-review')),
      add column shown_id uuid references revisions (id),
      add column approval text not null default 'none' check (approval in ('none', 'approved', 'carried-over')),
      add column approved_position bigint,
      add column in_force_hash text,
      add check ((proposed_id is null) = (proposal is null));
    comment on column entries.position is 'Position of the last event of the entry.';
    comment on column entries.shown_id is 'The revision in force, else the proposed one, else the last.';
    comment on column entries.in_force_hash is 'Hash of what is in force, as it was when it came into force.';
    create function register_search(key text, name text, description text) returns tsvector
      language sql immutable parallel safe
      return to_tsvector('simple'::regconfig,
        regexp_replace(key || ' ' || name || ' ' || coalesce(description, ''), '[!-/:-@\\[-\`{-~]+', ' ', 'g'));
    create index entries_proposed on entries (key) where proposed_id is not null;

    alter table events
      alter column entry_id drop not null,
      alter column revision_id drop not null,
      alter column principal_id drop not null,
      add column details json,
      add column status text,
      add column in_force_id uuid references revisions (id),
      add column proposed_id uuid references revisions (id),
      add column proposal text,
      add column shown_id uuid references revisions (id),
      add column owner_id uuid references entries (id),
      add column approval text,
      add column approved_position bigint,
      add column in_force_hash text,
      add column hash text;
    comment on table events is 'History, audit log and feed: one row a write, at positions without a gap, each with the state of its entry after it; a hash chain.';
    create index events_recorded_at on events (recorded_at);

    create table idempotency_keys (
      principal_id uuid not null references principals (id),
      key text not null,
      fingerprint text not null,
      status integer not null,
      headers json not null,
      body text not null,
      created_at timestamptz not null default now(),
      primary key (principal_id, key)
    );
    create index idempotency_keys_created_at on idempotency_keys (created_at);`.execute(db)

  await separatePersonalValues(db)
  await sql`
    update entries set shown_id = in_force_id,
      in_force_id = case when status = 'retired' then null else in_force_id end;
    update entries e set in_force_hash = r.content_hash from revisions r where r.id = e.in_force_id;
    update events v set status = case when type = 'retired' then 'retired' else 'in-force' end,
      in_force_id = case when type = 'retired' then null else revision_id end, shown_id = revision_id, approval = 'none',
      in_force_hash = (select r.content_hash from revisions r where r.id = v.revision_id and v.type <> 'retired'),
      owner_id = (select e.owner_id from entries e where e.id = v.entry_id),
      recorded_at = date_trunc('milliseconds', recorded_at);`.execute(db)
  await chainEvents(db)

  await sql`
    alter table events alter column hash set not null;
    alter table register_head alter column hash set not null, alter column recorded_at set not null;

    create function refuse_change() returns trigger language plpgsql as $$
    begin
      raise exception 'the history of the register can only be added to: % of % refused', tg_op, tg_table_name
        using errcode = 'insufficient_privilege';
    end $$;
    create trigger events_append_only before update or delete on events for each row execute function refuse_change();
    create trigger events_no_truncate before truncate on events execute function refuse_change();
    create trigger revisions_append_only before update or delete on revisions for each row execute function refuse_change();
    create trigger revisions_no_truncate before truncate on revisions execute function refuse_change();

    create function only_erase() returns trigger language plpgsql as $$
    begin
      if tg_op = 'UPDATE' and old.erased_at is null and new.erased_at is not null and new.digest = old.digest then
        return new;
      end if;
      raise exception 'a personal value can only be erased' using errcode = 'insufficient_privilege';
    end $$;
    create trigger personal_values_only_erase before update or delete on personal_values for each row execute function only_erase();
    create trigger personal_values_no_truncate before truncate on personal_values execute function refuse_change();
  `.execute(db)
}

type Json = null | boolean | number | string | Json[] | { [name: string]: Json }

const personalFields = ['name', 'email', 'phone', 'address']

/** Replaces the personal values of contacts by their digests; the same value of an entry keeps its digest. */
const separatePersonalValues = async (db: Kysely<never>): Promise<void> => {
  const { rows } = await sql<{ id: string; entryId: string; content: string }>`
    select id, entry_id as "entryId", content::text from revisions order by entry_id, number`.execute(db)
  const known = new Map<string, string>()
  for (const { id, entryId, content } of rows) {
    const found: { digest: string; salt: Buffer; value: string }[] = []
    const personal: string[] = []
    const replace = (value: string): string => {
      const place = `${entryId} ${value}`
      let digest = known.get(place)
      if (digest === undefined) {
        const salt = randomBytes(16)
        digest = createHash('sha256').update(salt).update(value).digest('hex')
        found.push({ digest, salt, value })
        known.set(place, digest)
      }
      personal.push(digest)
      return `erasable:${digest}`
    }
    const walk = (value: Json, inContact: boolean): Json => {
      if (Array.isArray(value)) return value.map((element) => walk(element, false))
      if (value === null || typeof value !== 'object') return value
      return Object.fromEntries(
        Object.entries(value).map(([name, child]) => [
          name,
          inContact && personalFields.includes(name) && typeof child === 'string'
            ? replace(child)
            : walk(child, name === 'contact'),
        ]),
      )
    }
    const separated = walk(JSON.parse(content), false)
    if (personal.length === 0) continue
    for (const { digest, salt, value } of found)
      await sql`insert into personal_values (digest, salt, value) values (${digest}, ${salt}, ${value})`.execute(db)
    const hash = `sha256:${createHash('sha256').update(canonicalize(separated)!).digest('hex')}`
    await sql`
      update revisions set content = ${JSON.stringify(separated)}::json, content_hash = ${hash},
        personal = ${[...new Set(personal)]} where id = ${id}`.execute(db)
  }
}

/** Gives the events that were recorded before there was a chain their place in it. */
const chainEvents = async (db: Kysely<never>): Promise<void> => {
  const { rows } = await sql<Record<string, never>>`
    select v.position::int, v.type, v.principal_id as actor, v.reason, v.recorded_at as "recordedAt", v.status,
      v.in_force_hash as "inForceHash", r.number as revision, r.content_hash as "revisionHash",
      e.id as "entryId", e.resource, e.key, o.key as owner
    from events v join entries e on e.id = v.entry_id join revisions r on r.id = v.revision_id
    left join entries o on o.id = v.owner_id order by v.position`.execute(db)
  let previous = '0'.repeat(64)
  for (const row of rows as unknown as {
    position: number
    type: string
    actor: string
    reason: string | null
    recordedAt: Date
    status: string
    inForceHash: string | null
    revision: number
    revisionHash: string
    entryId: string
    resource: string
    key: string
    owner: string | null
  }[]) {
    const event = {
      actor: row.actor,
      entry: { id: row.entryId, key: row.key, resource: row.resource },
      position: row.position,
      previous,
      ...(row.reason !== null && { reason: row.reason }),
      recordedAt: row.recordedAt.toISOString(),
      revision: row.revision,
      revisionHash: row.revisionHash,
      state: {
        approval: 'none',
        ...(row.inForceHash !== null && { inForce: row.revision, inForceHash: row.inForceHash }),
        ...(row.owner !== null && { owner: row.owner }),
        shown: row.revision,
        status: row.status,
      },
      type: row.type,
    }
    previous = createHash('sha256').update(canonicalize(event)!).digest('hex')
    await sql`update events set hash = ${previous} where position = ${row.position}`.execute(db)
  }
  await sql`update register_head set hash = ${previous},
    recorded_at = coalesce((select max(recorded_at) from events), date_trunc('milliseconds', now()))`.execute(db)
}
