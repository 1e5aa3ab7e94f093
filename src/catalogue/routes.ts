import {
  type Components,
  entryRoutes,
  type RememberedPages,
  type Resource,
  type ShownSource,
  usageRoute,
  type WriteInTurn,
} from '../entries/index.ts'
import type { Database } from '../platform/db/database.ts'
import type { HttpServer } from '../platform/http/server.ts'
import { catalogueParameters } from './resource.ts'
import { catalogue } from './resources.ts'
import { catalogueWrites } from './writes.ts'

export const catalogueTag = 'Catalogue'

/**
 * The catalogue over HTTP: the same operations for each of its nine resources.
 * @param guardMaterial whether a material change of an entry that is used in force takes an approver
 */
export const catalogueRoutes = (
  app: HttpServer,
  {
    db,
    register,
    writeInTurn,
    pages,
    resources,
    components,
    guardMaterial,
  }: {
    db: Database
    register: ShownSource
    writeInTurn: WriteInTurn
    pages: RememberedPages
    resources: ReadonlyMap<string, Resource>
    components: Components
    guardMaterial: boolean
  },
) => {
  for (const definition of catalogue) {
    const resource = resources.get(definition.resource)!
    entryRoutes(app, {
      db,
      register,
      writeInTurn,
      pages,
      resource,
      tag: catalogueTag,
      example: definition.example,
      parameters: catalogueParameters(definition),
      writes: catalogueWrites(resource, components, guardMaterial),
    })
    usageRoute(app, { db, resource, tag: catalogueTag, resources })
  }
}
