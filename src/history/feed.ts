import { setTimeout as sleep } from 'node:timers/promises'
import type { Database } from '../platform/db/database.ts'
import { readHead } from './events.ts'

/** How often the head is looked at while somebody waits for it, in milliseconds. */
const interval = 100

/** Waits for the register to change, for as many callers as there are with one look at the head. */
export type Feed = {
  /** Resolves when history goes beyond a position, when the time is over, when the caller goes away, or at shutdown. */
  waitBeyond(position: number, seconds: number, signal: AbortSignal): Promise<void>
  /** Lets everybody who waits go. */
  close(): void
}

export const createFeed = (db: Database): Feed => {
  const closing = new AbortController()
  let looking: Promise<number> | undefined
  /** All who wait share one look at a time. */
  const look = () => {
    looking ??= sleep(interval)
      .then(() => readHead(db))
      .then(({ position }) => position)
      .finally(() => {
        looking = undefined
      })
    return looking
  }
  return {
    async waitBeyond(position, seconds, signal) {
      const over = AbortSignal.any([AbortSignal.timeout(seconds * 1000), signal, closing.signal])
      const ended = new Promise<void>((resolve) => {
        if (over.aborted) resolve()
        over.addEventListener('abort', () => resolve(), { once: true })
      })
      while (!over.aborted) {
        const head = await Promise.race([look(), ended])
        if (head === undefined || head > position) return
      }
    },
    close: () => closing.abort(),
  }
}
