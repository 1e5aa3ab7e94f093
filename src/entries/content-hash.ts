import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { type At, entriesAt } from './moment.ts'

/**
 * The hash that an approval is bound to: SHA-256 over the hash of a content and, line by line and sorted, over those of
 * the entries that it refers to. An activity means something else when its subprocessor has moved to another country.
 * @param revisionHash hash of the content itself
 * @param references hashes of the contents referred to, in any order
 */
export const hashWithReferences = (
  revisionHash: string,
  references: readonly { resource: string; key: string; revisionHash: string }[],
): string => {
  const lines = references.map((target) => `\n${target.resource}/${target.key} ${target.revisionHash}`).sort()
  return `sha256:${createHash('sha256')
    .update(revisionHash + lines.join(''))
    .digest('hex')}`
}

/** The same in Postgres, for a row of `revisions` by its alias. */
export const hashWithReferencesOf = (revision: string, moment?: At) => sql<string>`
  'sha256:' || encode(sha256(convert_to(${sql.ref(revision)}.content_hash || coalesce((
    select string_agg(line, '' order by line collate "C") from (
      select chr(10) || t.resource || '/' || t.key || ' ' || tr.content_hash as line
      from unnest(${sql.ref(`${revision}.targets`)}) as x(id) join ${entriesAt(moment)} t on t.id = x.id
        join revisions tr on tr.id = t.shown_id) lines), ''), 'UTF8')), 'hex')`
