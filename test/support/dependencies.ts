import type { Logger } from 'pino'
import { createKeyCache } from '../../src/access/index.ts'
import type { Database } from '../../src/platform/db/database.ts'
import { createMetrics } from '../../src/platform/observability/metrics.ts'
import { openRegister } from '../../src/register/index.ts'
import { createReportThreads } from '../../src/report-threads.ts'

/** What an application needs beside its database, as in production, but that it never refuses a request for being busy. */
export const createDependencies = (db: Database, connectionString: string, logger: Logger) => {
  const metrics = createMetrics()
  const keys = createKeyCache(db)
  return {
    db,
    logger,
    metrics,
    keys,
    longestDelay: 0,
    register: openRegister({
      db,
      connectionString,
      logger,
      onFallback: metrics.noteFallback,
      onKeysChanged: keys.forget,
    }),
    threads: createReportThreads({ connectionString, logLevel: 'silent' }),
  }
}
