import { sql } from 'kysely'
import { activityResourceName } from '../activities/index.ts'
import { type Catalogue, readCatalogue } from '../catalogue/index.ts'
import { type EntryRow, type ListFilter, lawDay, listNames, type Moment, readEntries } from '../entries/index.ts'
import type { Database } from '../platform/db/database.ts'

/** One moment of the register, held for as long as a report is made from it. */
export type Reading = {
  db: Database
  catalogue: Catalogue
  moment: Moment | undefined
  /** The day whose law counts, `YYYY-MM-DD`. */
  at: string
  registerVersion: number
}

/**
 * Opens the register for a report: everything is read in one transaction, so a write meanwhile does not show in half of
 * it. Whoever opens it closes it.
 */
export const openReading = async (
  pool: Database,
  moment: Moment | undefined,
): Promise<{ reading: Reading; close(): Promise<void> }> => {
  const db = await pool.startTransaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute()
  const close = async () => {
    if (!db.isCommitted && !db.isRolledBack) await db.rollback().execute()
  }
  try {
    const { rows } = await sql<{ position: number }>`select position from register_head`.execute(db)
    const catalogue = await readCatalogue(db, moment)
    const registerVersion = moment?.position ?? rows[0]!.position
    return { reading: { db, catalogue, moment, at: lawDay(moment), registerVersion }, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** The activities in force that name an organisation; undefined: of all. */
export const inForce = (organisation?: string): ListFilter => ({
  resource: activityResourceName,
  status: 'in-force',
  q: undefined,
  facets: organisation === undefined ? [] : [{ kind: 'organisation', value: organisation }],
  references: [],
  conditions: [],
})

/** How many activities are read at once: a report's memory does not grow with the register. */
const batch = 50

/** Activities in batches, ordered by key. */
export async function* activityBatches({ db, moment }: Reading, filter: ListFilter): AsyncGenerator<EntryRow[]> {
  const names = await listNames(db, filter, moment)
  yield* inBatches(
    names.map(({ key }) => key),
    (keys) => readEntries(db, activityResourceName, keys, moment),
  )
}

/**
 * What is read of activities, in batches by their keys: which they are is asked once, as conditions may take as long as the
 * whole register is. While a batch is worked on, Postgres looks the next one up.
 */
export async function* inBatches<T>(keys: string[], read: (keys: string[]) => Promise<T>): AsyncGenerator<T> {
  const readFrom = (from: number) => {
    const reading = read(keys.slice(from, from + batch))
    // Told when it is waited for, if somebody still does.
    reading.catch(() => undefined)
    return reading
  }
  let next = keys.length === 0 ? undefined : readFrom(0)
  for (let from = batch; next; from += batch) {
    const current = await next
    next = from < keys.length ? readFrom(from) : undefined
    yield current
  }
}
