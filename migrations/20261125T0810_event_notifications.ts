import { type Kysely, sql } from 'kysely'

/** Listeners are told the position of the last event, so that whoever has it already need not read again. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    create function notify_of_events() returns trigger language plpgsql as $$
    begin
      perform pg_notify('register_events', (select max(position) from appended)::text);
      return null;
    end $$;
    drop trigger events_notify on events;
    create trigger events_notify after insert on events referencing new table as appended
      for each statement execute function notify_of_events();`.execute(db)
}
