import type { Database } from '../../src/platform/db/database.ts'
import type { Measured, Request } from '../load.ts'
import type { Subject } from '../process.ts'
import { activityContent, activityKey } from '../register.ts'

/** What is measured, and what is wanted of it. */

export type Row = { activities: number; what: string; figure: string; wanted: string }

export type Setting = {
  activities: number
  db: Database
  /** Of the owner of the database. */
  connectionString: string
  /** How the service is connected to it, and its role. */
  service: { connectionString: string; role: string }
  /** The service. */
  register: Subject
  /** @param databaseUrl absent: that of the register that is measured */
  startRegister(databaseUrl?: string): Promise<Subject>
  /** Starts another server, which ends with the measuring. */
  start(args: string[], env: Record<string, string>, path: string): Promise<Subject>
  /** Plain Fastify with constant answers. */
  bare: Subject
  /** Fastify with pg. */
  plain: Subject
  headers: Record<string, string>
  effort: { rounds: number; seconds: number }
}

export const times = (a: number, b: number) => `${(a / b).toFixed(2)} ×`

/** How often one does what the other does, and how much processor time it takes for it. */
export const against = (ours: Measured, other: Measured, name: string) =>
  `${times(ours.rate, other.rate)} ${name} (${Math.round(ours.rate)} to ${Math.round(other.rate)}/s; processor ${times(ours.cpu, other.cpu)})`

export const several = (count: number, make: (n: number) => Request): Request[] =>
  Array.from({ length: count }, (_, n) => make(n))

/** Writes in turn, each of which changes an activity. */
export const changesOf = (activities: number, headers: Record<string, string>) => {
  let writes = 0
  return (): Request => {
    const n = ++writes % activities
    const body = JSON.stringify({ ...activityContent(n), name: `Activity, changed ${writes} ${Date.now()}` })
    return {
      method: 'PUT',
      path: `/v1/processing-activities/${activityKey(n)}`,
      headers: { ...headers, 'content-type': 'application/json' },
      body,
    }
  }
}

/** Numbers of activities all over the register. */
export const spread = (activities: number, count: number) =>
  Array.from({ length: count }, (_, n) => Math.floor((n * activities) / count))
