import { createThreads, type Threads } from './platform/http/threads.ts'
import type { logLevels } from './platform/observability/logger.ts'

/** What a thread that makes reports has to know. */
export type ReportThread = { connectionString: string; logLevel: (typeof logLevels)[number] }

/**
 * What the heap of a thread may grow to, in MB. With more room for reports, 50,000 activities as PDF are no quicker, and garbage is
 * only left lying longer. A file is read whole, and a register of 50,000 activities takes some 500 MB then.
 */
const memory = { reports: { old: 128, young: 32 }, imports: { old: 1024, young: 64 } }

/** The threads that make reports and exports, and those that take files in: what an import needs, no report has to wait for. */
export const createReportThreads = (thread: ReportThread): { reports: Threads; imports: Threads } => {
  const filename = new URL('report-thread.ts', import.meta.url).href
  return {
    reports: createThreads({ filename, workerData: thread, threads: 1, atOnce: 4, memory: memory.reports }),
    imports: createThreads({ filename, workerData: thread, threads: 1, atOnce: 1, memory: memory.imports }),
  }
}
