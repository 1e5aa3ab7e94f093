import { once } from 'node:events'
import { Command } from 'commander'
import { ensurePrincipal } from '../access/index.ts'
import { readConfig } from '../config.ts'
import { erasePersonalData, exportHistory } from '../history/index.ts'
import { inTransaction } from '../platform/db/database.ts'
import { migrateToLatest } from '../platform/db/migrate.ts'
import { HttpProblem } from '../platform/http/problems.ts'
import { StartupError } from '../platform/startup-error.ts'
import { withDatabase } from './database.ts'
import { exitCodes, OperatorError } from './operator-error.ts'

const operatorCommand = <Arguments extends unknown[]>(
  name: string,
  description: string,
  work: (...given: Arguments) => Promise<void>,
) =>
  new Command(name).description(description).action(async (...given: unknown[]) => {
    await work(...(given as Arguments)).catch((error: Error) => {
      if (error instanceof OperatorError) throw error
      if (error instanceof StartupError) throw new OperatorError(error.message)
      throw new OperatorError(`${error.name}: ${error.message}`, exitCodes.unavailable)
    })
  })

/** `register migrate`: brings the schema up to date, for those who migrate before they deploy. */
export const migrateCommand = () =>
  operatorCommand('migrate', 'bring the schema of DATABASE_URL up to date', async () => {
    const { databaseUrl, migrationDatabaseUrl } = readConfig(process.env)
    if (!databaseUrl)
      throw new OperatorError('DATABASE_URL is not set. The embedded Postgres is migrated at every start.')
    const serviceRole = migrationDatabaseUrl && decodeURIComponent(new URL(databaseUrl).username)
    const applied = await migrateToLatest(migrationDatabaseUrl ?? databaseUrl, serviceRole)
    console.log(applied.length > 0 ? `Applied ${applied.join(', ')}.` : 'Nothing to do.')
  })

/** `register export-history > history.ndjson`: all of history, an event a line, for `ropa verify history.ndjson`. */
export const exportHistoryCommand = () =>
  operatorCommand('export-history', 'write all of history, an event a line, for `ropa verify <file>`', () =>
    withDatabase(async (db) => {
      for await (const link of exportHistory(db)) {
        if (!process.stdout.write(`${JSON.stringify(link)}\n`)) await once(process.stdout, 'drain')
      }
    }),
  )

/** Collects the values of an option that may be given several times. */
const collected = (value: string, before: string[]): string[] => [...before, value]

type Erasure = { reason: string; value: string[]; principal?: string }

/** `register erase`: erases personal data from history (Art. 17). */
export const eraseCommand = () =>
  operatorCommand(
    'erase',
    'erase personal data from history (Art. 17); it still verifies',
    ({ reason, value, principal }: Erasure) => {
      if (value.length === 0 && principal === undefined) throw new OperatorError('Name a --value or a --principal.')
      return withDatabase(async (db) => {
        const erased = await inTransaction(db, async (transaction) => {
          const operator = await ensurePrincipal(transaction, 'operator')
          return erasePersonalData(transaction, operator, { values: value, principal, reason })
        }).catch((error: unknown) => {
          if (!(error instanceof HttpProblem)) throw error
          const mistakes = (error.errors ?? []).map(({ pointer, message }) => `${pointer} ${message}`)
          throw new OperatorError([error.message, ...mistakes].join(' '))
        })
        const names = erased.principal ? ' and the name of a principal' : ''
        console.log(`Erased ${erased.values} value(s)${names}; recorded at position ${erased.position}.`)
      })
    },
  )
    .requiredOption('--reason <why>', 'why, as it is recorded')
    .option('--value <value>', 'an exact value to erase; may be given several times', collected, [])
    .option('--principal <name>', 'whose name is erased')
