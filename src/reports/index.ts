import type { Database } from '../platform/db/database.ts'
import type { HttpServer } from '../platform/http/server.ts'
import { FindingsReport, findingsRoutes } from './findings/routes.ts'

export const reportSchemas = [FindingsReport]

/** `/v1/reports`: what the register says, for readers outside of it. */
export const reportRoutes = (app: HttpServer, { db }: { db: Database }) => {
  findingsRoutes(app, { db })
}
