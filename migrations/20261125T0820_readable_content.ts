import { type Kysely, sql } from 'kysely'

/** A stored content with the personal values that it was written with, so that it can be compared with what is written. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    create function readable_content(content json, personal text[]) returns jsonb language plpgsql stable as $$
    declare
      readable text := content::text;
      known record;
    begin
      for known in select digest, to_json(value)::text as value from personal_values where digest = any(personal) and value is not null loop
        readable := replace(readable, '"erasable:' || known.digest || '"', known.value);
      end loop;
      return readable::jsonb;
    end $$;
    comment on function readable_content is 'Personal values in place of their digests; the digest of an erased one stays.';`.execute(
    db,
  )
}
