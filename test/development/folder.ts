import { join } from 'node:path'

/** Where the Postgres of `npm run db` keeps its data, and where it says how to reach it. */
export const dataDir = join(process.cwd(), '.data', 'development')
export const urlFile = join(dataDir, 'url')
