import { setTimeout as sleep } from 'node:timers/promises'
import { type IsolationLevel, Kysely, type Transaction as KyselyTransaction, PostgresDialect } from 'kysely'
import type pg from 'pg'
import type { DB } from './types.ts'

export type Database = Kysely<DB>
export type Transaction = KyselyTransaction<DB>

export const createDatabase = (pool: pg.Pool): Database => new Kysely<DB>({ dialect: new PostgresDialect({ pool }) })

const attempts = 3

/**
 * Runs work in a transaction, again when Postgres gave it up because of another one.
 * @param work may run several times, so it must do nothing outside the transaction
 */
export const inTransaction = async <T>(
  db: Database,
  work: (transaction: Transaction) => Promise<T>,
  isolation: IsolationLevel = 'read committed',
): Promise<T> => {
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.transaction().setIsolationLevel(isolation).execute(work)
    } catch (error) {
      if (attempt === attempts || !gaveWay(error)) throw error
      await sleep(Math.random() * 20 * attempt)
    }
  }
}

const codeOf = (error: unknown): string => String((error as { code?: unknown } | undefined)?.code ?? '')

/** serialization_failure and deadlock_detected: the same transaction may succeed when it is run again. */
export const gaveWay = (error: unknown) => ['40001', '40P01'].includes(codeOf(error))

const unavailableCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ETIMEDOUT',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  '57P01',
  '57P02',
  '57P03', // shut down, crashed, starting up
  '53300', // too many connections
  '57014', // statement timeout
  '55P03', // lock timeout
  '25P03', // idle in transaction for too long
  '40001',
  '40P01', // gave way, and the attempts are used up
])

/** These errors of pg and its pool bear no code. */
const unavailableMessages =
  /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|not queryable/i

/** Whether an error says that the database is away or overloaded, so that the same request may succeed later. */
export const isUnavailable = (error: unknown): boolean => {
  const code = codeOf(error)
  if (unavailableCodes.has(code) || code.startsWith('08')) return true
  return error instanceof Error && unavailableMessages.test(error.message)
}
