import { buildReportApp } from './app.ts'
import { createDatabase } from './platform/db/database.ts'
import { createPool } from './platform/db/pool.ts'
import { answerTask } from './platform/http/thread.ts'
import type { ThreadTask } from './platform/http/threads.ts'
import { createLogger } from './platform/observability/logger.ts'
import type { ReportThread } from './report-threads.ts'

/** What runs in a thread that makes reports: with connections of its own, so that they take none from quick requests. */
export default async (task: ThreadTask): Promise<void> => answerTask(await app, task)

const start = async ({ connectionString, logLevel }: ReportThread) => {
  const logger = createLogger(logLevel)
  const pool = createPool({ connectionString, applicationName: 'register-reports', logger, max: 4 })
  return buildReportApp({ db: createDatabase(pool), logger })
}

const { workerData } = await import('node:worker_threads')
const app = start(workerData as ReportThread)
await app
