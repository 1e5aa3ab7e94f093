import { createThreads, type Threads } from './platform/http/threads.ts'
import type { logLevels } from './platform/observability/logger.ts'

/** What a thread that makes reports has to know. */
export type ReportThread = { connectionString: string; logLevel: (typeof logLevels)[number] }

/**
 * What the heap of a thread may grow to, in MB: with more room, 50,000 activities as PDF are no quicker, and garbage is only left
 * lying longer.
 */
const memory = { old: 128, young: 32 }

/** The threads that make reports and exports. */
export const createReportThreads = (thread: ReportThread): Threads =>
  createThreads({ filename: new URL('report-thread.ts', import.meta.url).href, workerData: thread, threads: 1, memory })
