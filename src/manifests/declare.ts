import { sql } from 'kysely'
import { activityJudgements, activityResourceName } from '../activities/index.ts'
import { type CatalogueResource, catalogueJudgements } from '../catalogue/index.ts'
import { contentOf, type EntryContent, type Resource, readContent, withoutJudgements } from '../entries/index.ts'
import type { Database } from '../platform/db/database.ts'
import { type Declarations, type Manifest, propertyOf } from './schema.ts'

/** What is compliance's to judge in the entries of a resource. */
const judgementsOf = (resource: string) =>
  resource === activityResourceName ? activityJudgements : (catalogueJudgements[resource as CatalogueResource] ?? [])

/** An entry that a service owns and has not retired. */
export type OwnedEntry = { id: string; resource: string; key: string; contentId: string }

/** What a service owns: with the revision that was proposed last, else the one in force. */
export const readOwned = async (db: Database, serviceId: string): Promise<OwnedEntry[]> => {
  const { rows } = await sql<OwnedEntry>`
    select e.id, e.resource, e.key, coalesce(p.id, e.shown_id) as "contentId"
    from entries e left join revisions p on p.id = e.proposed_id and not p.retirement
    where e.owner_id = ${serviceId} and e.status <> 'retired' and e.id <> ${serviceId} and e.shown_id is not null
    order by e.resource, e.key`.execute(db)
  return rows
}

/**
 * The manifest of what a service owns: applied as it is, it changes nothing. What is compliance's to judge is left out, so
 * that later judgements do not clash with it.
 */
export const declareOwned = async (
  db: Database,
  service: { id: string; key: string; contentId: string },
  resources: ReadonlyMap<string, Resource>,
): Promise<Manifest> => {
  const manifest: Manifest = { version: 1, service: await declaration(db, 'services', service) }
  const owned = await readOwned(db, service.id)
  for (const resource of resources.keys()) {
    const entries = owned.filter((entry) => entry.resource === resource)
    if (entries.length === 0) continue
    const declarations: Declarations = {}
    for (const entry of entries) declarations[entry.key] = await declaration(db, resource, entry)
    manifest[propertyOf(resource)] = declarations
  }
  return manifest
}

const declaration = async (
  db: Database,
  resource: string,
  { key, contentId }: { key: string; contentId: string },
): Promise<EntryContent> => withoutJudgements(judgementsOf(resource), contentOf(await readContent(db, contentId), key))
