import type { Logger } from 'pino'
import type { Database } from '../../src/platform/db/database.ts'
import { createMetrics } from '../../src/platform/observability/metrics.ts'
import { openRegister } from '../../src/register/index.ts'
import { createReportThreads } from '../../src/report-threads.ts'

/** What an application needs beside its database, as in production. */
export const createDependencies = (db: Database, connectionString: string, logger: Logger) => {
  const metrics = createMetrics()
  return {
    db,
    logger,
    metrics,
    register: openRegister({
      db,
      connectionString,
      logger,
      onFallback: metrics.noteFallback,
      onKeysChanged: () => undefined,
    }),
    threads: createReportThreads({ connectionString, logLevel: 'silent' }),
  }
}
