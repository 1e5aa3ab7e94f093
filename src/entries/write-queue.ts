import { type Database, gaveWay, inTransaction, isUnavailable } from '../platform/db/database.ts'
import { HttpProblem } from '../platform/http/problems.ts'
import { nameOf } from './lock.ts'
import {
  type ContentWrite,
  type EntryWrite,
  nameOfWrite,
  type Written,
  withContent,
  writeAsRead,
  writeEntries,
  writeEntry,
} from './write.ts'

/** How many entries are written in one transaction, and how many writes wait, at most. */
const most = { together: 32, waiting: 256 }

/**
 * Writes an entry; it is committed when this answers.
 * @throws HttpProblem as `writeEntry` does, and 503 when too many wait already
 */
export type WriteInTurn = (write: ContentWrite) => Promise<Written>

type Waiting = { write: ContentWrite; resolve(written: Written): void; reject(error: unknown): void }

/**
 * Lets writes wait while others are under way, and commits those that wait together: the head of history, which is held until
 * a commit, is taken once for all of them, and one commit is waited for. A write that finds nobody before it does not wait.
 */
export const createWriteQueue = (db: Database): WriteInTurn => {
  let waiting: Waiting[] = []
  let writing = false

  /** Those that are written next: of each entry the write that came first. */
  const takeGroup = (): Waiting[] => {
    const group = new Map<string, Waiting>()
    const later: Waiting[] = []
    for (const each of waiting) {
      const name = nameOf(nameOfWrite(each.write))
      if (group.size === most.together || group.has(name)) later.push(each)
      else group.set(name, each)
    }
    waiting = later
    return [...group.values()]
  }

  const writeWaiting = async () => {
    writing = true
    while (waiting.length > 0) {
      const group = takeGroup()
      try {
        await writeGroup(db, group)
      } catch (error) {
        // Who waits for a database that is away need not find that out for themselves, one after another.
        for (const { reject } of [...group, ...waiting.splice(0)]) reject(error)
      }
    }
    writing = false
  }

  return (write) =>
    new Promise((resolve, reject) => {
      if (waiting.length === most.waiting)
        return reject(
          new HttpProblem('unavailable', 'Too many writes are waiting; nothing was changed.', {
            headers: { 'retry-after': '2' },
          }),
        )
      waiting.push({ write, resolve, reject })
      if (!writing) void writeWaiting()
    })
}

/**
 * Writes a group in two statements; and in transactions that lock what they read, where there are entries to be made, or somebody
 * else wrote one meanwhile.
 * @throws an error by which the database is away
 */
const writeGroup = async (db: Database, group: readonly Waiting[]): Promise<void> => {
  const writes = group.map(({ write }) => write)
  const results = (await unlessItFails(() => writeAsRead(db, writes))) ?? (await writeLocked(db, writes))
  for (const [n, { resolve, reject }] of group.entries()) {
    const result = results[n]!
    if (result instanceof Error) reject(result)
    else resolve(result)
  }
}

/** @returns undefined: nothing was written, and it is worth being tried with locks */
const unlessItFails = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
  try {
    return await work()
  } catch (error) {
    if (isUnavailable(error) && !gaveWay(error)) throw error
    return undefined
  }
}

/**
 * Writes together what can be, else one after another: what one is refused for must leave nothing of it behind, and must not
 * keep the others from being written.
 */
const writeLocked = async (db: Database, given: readonly ContentWrite[]): Promise<(Written | Error)[]> => {
  const writes = given.map(withContent)
  const together = writes.length > 1 ? await writeTogether(db, writes) : undefined
  if (together) return together
  const results: (Written | Error)[] = []
  for (const write of writes)
    results.push(
      await inTransaction(db, (transaction) => writeEntry(transaction, write)).catch((error: Error) => error),
    )
  return results
}

class NotTogether extends Error {}

/** @returns undefined: nothing was written, as one of them was refused or failed */
const writeTogether = async (db: Database, writes: readonly EntryWrite[]): Promise<Written[] | undefined> => {
  try {
    return await inTransaction(db, async (transaction) =>
      (await writeEntries(transaction, writes)).map((result) => {
        if (result instanceof HttpProblem) throw new NotTogether()
        return result
      }),
    )
  } catch (error) {
    if (isUnavailable(error)) throw error
    return undefined
  }
}
