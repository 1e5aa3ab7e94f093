import { type At, type Moment, readReferredTo, readWholeCatalogue, type ShownContent } from '../entries/index.ts'
import type { Database } from '../platform/db/database.ts'
import { type Catalogue, catalogue } from './resources.ts'

/** The whole catalogue, without what is retired: for reports over all activities. */
export const readCatalogue = async (db: Database, moment?: Moment): Promise<Catalogue> =>
  assemble(await readWholeCatalogue(db, moment))

/** What some revisions of activities refer to, and what that refers to: enough to judge these. */
export const readCatalogueOf = async (db: Database, revisionIds: string[], moment?: At): Promise<Catalogue> =>
  assemble(await readReferredTo(db, revisionIds, moment))

const assemble = (entries: ShownContent[]): Catalogue => {
  const maps = new Map<string, Map<string, unknown>>(catalogue.map(({ resource }) => [resource, new Map()]))
  for (const { resource, key, content } of entries) maps.get(resource)?.set(key, { key, ...JSON.parse(content) })
  return Object.fromEntries(maps) as unknown as Catalogue
}
