import type { Socket } from 'node:net'
import pg from 'pg'

/** Longest run of one statement, in milliseconds; `query_timeout` of pg would leave the statement running in Postgres. */
export const statementTimeout = 10_000

/** Longest wait for a row or table lock, in milliseconds. */
export const lockTimeout = 5_000

/** Longest pause within a transaction, in milliseconds: a stuck client must not hold its locks. */
export const idleInTransactionTimeout = 15_000

/** Longest wait for a free or a new connection, in milliseconds. */
export const connectionTimeout = 5_000

/**
 * Longest silence on a connection in use, in milliseconds. Statements end before, by the limits above, if the server can
 * be heard; a connection that stalls on the way would hold its request for ever. Idle connections are closed sooner.
 */
export const silenceTimeout = 15_000

/** How many requests may wait for a connection; the next is refused at once, rather than after its time is over. */
export const mostWaiting = 256

const INT8 = 20
const DATE = 1082

const toSafeInteger = (text: string): number => {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new RangeError(`${text} is beyond the integers that JavaScript holds exactly`)
  return value
}

/** How this pool reads values: positions as numbers, and a `date` as the text that it is, which no time zone can shift. */
const typeParsers: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) => {
    if (format !== 'binary' && oid === INT8) return toSafeInteger
    if (format !== 'binary' && oid === DATE) return (text: string) => text
    return pg.types.getTypeParser(oid, format as 'text')
  },
}

/**
 * A connection pool that outlives its connections: an error of an idle or a checked-out client is logged, and does not
 * end the process.
 * @param max how many connections at most
 */
export const createPool = (options: {
  connectionString: string
  applicationName: string
  max?: number
  logger: { warn(details: object, message: string): void }
}): pg.Pool => {
  const pool = new pg.Pool({
    connectionString: options.connectionString,
    application_name: options.applicationName,
    max: options.max ?? 10,
    connectionTimeoutMillis: connectionTimeout,
    statement_timeout: statementTimeout,
    lock_timeout: lockTimeout,
    idle_in_transaction_session_timeout: idleInTransactionTimeout,
    keepAlive: true,
    types: typeParsers,
  })
  const report = (err: Error) => options.logger.warn({ err }, 'A database connection was lost')
  pool.on('error', report)
  // A client that is checked out has no listener of the pool's: without this one its error would end the process.
  pool.on('connect', (client) => {
    prepareByName(client)
    client.on('error', report)
    const { stream } = (client as unknown as { connection: { stream: Socket } }).connection
    stream.setTimeout(silenceTimeout, () =>
      stream.destroy(
        Object.assign(new Error('Connection terminated: the database has fallen silent'), { code: 'ETIMEDOUT' }),
      ),
    )
  })
  const connect = pool.connect.bind(pool)
  pool.connect = ((callback?: Parameters<typeof connect>[0]) => {
    if (pool.waitingCount < mostWaiting) return callback ? connect(callback) : connect()
    // The code with which Postgres refuses it when it has no connection left.
    const refused = Object.assign(new Error('Too many requests wait for a database connection'), { code: '53300' })
    return callback ? callback(refused, undefined, () => undefined) : Promise.reject(refused)
  }) as typeof pool.connect
  return pool
}

/** From how many characters a statement is prepared: planning a short one takes no time worth saving. */
const shortestPrepared = 120

/** How many different statements a connection keeps; those after them are planned each time. */
const mostPrepared = 500

const names = new Map<string, string>()

const nameOf = (text: string): string | undefined => {
  const name = names.get(text)
  if (name !== undefined || names.size === mostPrepared) return name
  names.set(text, `statement_${names.size}`)
  return names.get(text)
}

/**
 * Lets a connection keep the plans of its statements. Kysely names none, and planning the longer ones took Postgres three
 * times as long as executing them.
 */
const prepareByName = (client: pg.PoolClient): void => {
  const query = client.query.bind(client) as (...given: unknown[]) => unknown
  client.query = ((text: unknown, values: unknown, ...more: unknown[]) => {
    const name =
      typeof text === 'string' && text.length >= shortestPrepared && Array.isArray(values) ? nameOf(text) : undefined
    return name === undefined ? query(text, values, ...more) : query({ name, text, values }, ...more)
  }) as typeof client.query
}
