import { type Kysely, sql } from 'kysely'

/**
 * Extends the chain by any number of events at once: each has the hash of the one before it, so that a set of them could
 * otherwise only be appended one by one.
 */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    create function extend_chain(firsts text[], seconds text[], thirds text[])
      returns table (n integer, "position" bigint, recorded_at timestamptz, hash text)
      language plpgsql as $$
    #variable_conflict use_column
    declare
      head register_head;
    begin
      select * into strict head from register_head for update;
      -- Times never go back, so that positions and times have one order.
      head.recorded_at := greatest(date_trunc('milliseconds', clock_timestamp()), head.recorded_at);
      for i in 1 .. cardinality(firsts) loop
        head.position := head.position + 1;
        head.hash := encode(sha256(convert_to(
          '{' || firsts[i] || '"position":' || head.position || ',"previous":"' || head.hash || '",' || seconds[i]
          || '"recordedAt":"' || to_char(head.recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') || '",'
          || thirds[i] || '}', 'UTF8')), 'hex');
        return query select i, head.position, head.recorded_at, head.hash;
      end loop;
      update register_head set position = head.position, recorded_at = head.recorded_at, hash = head.hash;
    end $$;
    comment on function extend_chain is
      'Takes the head of the chain until the transaction ends, and gives each event, by the parts of its canonical form, its place.';`.execute(
    db,
  )
}
