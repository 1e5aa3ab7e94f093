import { type Kysely, sql } from 'kysely'

/**
 * Whoever keeps the register, or API keys, in memory is told when they change. A notification says no more than that: what
 * changed is read, so that one that is lost is made up for by the next.
 */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    create function notify_listeners() returns trigger language plpgsql as $$
    begin
      perform pg_notify(tg_argv[0], '');
      return null;
    end $$;
    create trigger events_notify after insert on events
      for each statement execute function notify_listeners('register_events');
    create trigger api_keys_notify after insert or delete or update of revoked_at, expires_at, role, principal_id, service_id on api_keys
      for each statement execute function notify_listeners('register_keys');
    create trigger principals_notify after update of name on principals
      for each statement execute function notify_listeners('register_keys');`.execute(db)
}
