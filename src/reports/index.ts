import type { Database } from '../platform/db/database.ts'
import type { HttpServer } from '../platform/http/server.ts'
import { article30Routes } from './article-30/routes.ts'
import { article30Schemas } from './article-30/schema.ts'
import { FindingsReport, findingsRoutes } from './findings/routes.ts'
import { noticeSchemas } from './notice/model.ts'
import { noticeRoutes } from './notice/routes.ts'
import { RetentionSchedule, retentionScheduleRoutes } from './retention-schedule/routes.ts'
import { snapshotRoutes } from './snapshots/routes.ts'
import { snapshotSchemas } from './snapshots/schema.ts'
import { SubprocessorList, subprocessorListRoutes } from './subprocessors/routes.ts'
import { TransferReport, transferRoutes } from './transfers/routes.ts'

export { chooseFormat, mediaTypes } from './formats/choose.ts'
export { openReading, type Reading } from './reading.ts'

export const reportSchemas = [
  ...article30Schemas,
  FindingsReport,
  RetentionSchedule,
  SubprocessorList,
  TransferReport,
  ...noticeSchemas,
  ...snapshotSchemas,
]

/** `/v1/reports`: what the register says, for readers outside of it. */
export const reportRoutes = (app: HttpServer, { db }: { db: Database }) => {
  article30Routes(app, { db })
  retentionScheduleRoutes(app, { db })
  subprocessorListRoutes(app, { db })
  transferRoutes(app, { db })
  findingsRoutes(app, { db })
  noticeRoutes(app, { db })
  snapshotRoutes(app, { db })
}
