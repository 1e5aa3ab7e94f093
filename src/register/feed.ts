import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyBaseLogger } from 'fastify'
import pg from 'pg'

/** How often the connection has to prove that it lives, in milliseconds, and how long it may take to. */
const heartbeat = 1_000
const longestSilence = 2_500

/** How long is waited before the connection is made again, in milliseconds. */
const firstPause = 200
const longestPause = 5_000

export type Feed = {
  /** Whether every event up to a moment ago was told. */
  alive(): boolean
  close(): Promise<void>
}

/**
 * Listens to Postgres for events, on a connection of its own. A notification may be lost with its connection, so the position
 * of the last event is asked for as well, from time to time and after every reconnection: whoever follows reads what lies between.
 */
export const followEvents = ({
  connectionString,
  logger,
  onEvents,
  onKeysChanged,
  onHead,
}: {
  connectionString: string
  logger: FastifyBaseLogger
  /** Told the position of an event, or of the last one of several. */
  onEvents(position: number): void
  onKeysChanged(): void
  /** Told the position of the last event from time to time. */
  onHead(position: number): void
}): Feed => {
  let closed = false
  let client: pg.Client | undefined
  let heard = 0
  const stop = new AbortController()

  const listen = async () => {
    const connection = new pg.Client({
      connectionString,
      application_name: 'register-feed',
      connectionTimeoutMillis: longestSilence,
      statement_timeout: longestSilence,
      keepAlive: true,
    })
    client = connection
    let lost: Error | undefined
    let giveUp = (_: Error): void => undefined
    const lose = (error: Error) => {
      lost ??= error
      giveUp(error)
    }
    connection.on('error', lose)
    connection.on('end', () => lose(new Error('The connection ended')))
    /** Waits for something, while there is a connection, and for no longer than a time in milliseconds. */
    const whileConnected = <T>(something: Promise<T>, limit: number): Promise<T> =>
      new Promise((resolve, reject) => {
        giveUp = reject
        if (lost) reject(lost)
        const timer = setTimeout(() => reject(new Error('The connection has fallen silent')), limit)
        something.then(resolve, reject).finally(() => clearTimeout(timer))
      })
    connection.on('notification', ({ channel, payload }) => {
      if (channel === 'register_keys') onKeysChanged()
      else onEvents(Number(payload))
    })
    try {
      await connection.connect()
      await connection.query('listen register_events; listen register_keys')
      // Keys may have changed while nobody listened.
      onKeysChanged()
      while (!closed) {
        const beat = connection.query<{ position: string }>('select position from register_head')
        const { rows } = await whileConnected(beat, longestSilence)
        heard = Date.now()
        onHead(Number(rows[0]!.position))
        await whileConnected(sleep(heartbeat, undefined, { ref: false, signal: stop.signal }), 2 * heartbeat)
      }
    } finally {
      heard = 0
      // A connection that has fallen silent does not say good-bye either.
      ;(connection as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy()
    }
  }

  const follow = async () => {
    for (let failures = 0; !closed; failures++) {
      const began = Date.now()
      await listen().catch((err: unknown) => {
        if (!closed) logger.warn({ err }, 'The feed of changes was lost; Postgres answers until it is back')
      })
      if (closed) return
      if (Date.now() - began > longestPause) failures = 0
      await sleep(Math.min(longestPause, firstPause * 2 ** failures), undefined, { signal: stop.signal }).catch(
        () => undefined,
      )
    }
  }
  const following = follow()

  return {
    alive: () => Date.now() - heard < heartbeat + longestSilence,
    close: async () => {
      closed = true
      stop.abort()
      client?.end().catch(() => undefined)
      await following
    },
  }
}
