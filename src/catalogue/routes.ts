import { entryRoutes, type Resource, usageRoute } from '../entries/index.ts'
import type { Database } from '../platform/db/database.ts'
import type { HttpServer } from '../platform/http/server.ts'
import { catalogueParameters } from './resource.ts'
import { catalogue } from './resources.ts'

/** The catalogue over HTTP: the same operations for each of its nine resources. */
export const catalogueRoutes = (
  app: HttpServer,
  { db, resources }: { db: Database; resources: ReadonlyMap<string, Resource> },
) => {
  for (const definition of catalogue) {
    const resource = resources.get(definition.resource)!
    const tag = 'Catalogue'
    entryRoutes(app, { db, resource, tag, example: definition.example, parameters: catalogueParameters(definition) })
    usageRoute(app, { db, resource, tag, resources })
  }
}
