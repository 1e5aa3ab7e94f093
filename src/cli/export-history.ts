import { once } from 'node:events'
import { exportHistory } from '../history/index.ts'
import { command, withDatabase } from './database.ts'

/** `npm run --silent export-history > history.ndjson`: all of history, an event a line, for `npm run verify`. */
command(() =>
  withDatabase(async (db) => {
    for await (const link of exportHistory(db)) {
      if (!process.stdout.write(`${JSON.stringify(link)}\n`)) await once(process.stdout, 'drain')
    }
  }),
)
