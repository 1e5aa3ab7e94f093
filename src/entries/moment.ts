import { type RawBuilder, sql } from 'kysely'
import { Type } from 'typebox'
import type { Database } from '../platform/db/database.ts'
import { HttpProblem } from '../platform/http/problems.ts'

/** A past moment of the register. The law that counts is that of its day, too. */
export type Moment = {
  /** Position of the last event that was recorded by then. */
  position: number
  /** The instant, RFC 3339 in UTC. */
  asOf: string
  /** Its day, `YYYY-MM-DD`, in UTC. */
  date: string
}

/** A place in history: what was recorded up to there. */
export type At = Pick<Moment, 'position'>

/** `asOf`, for every read. */
export const asOfParameter = {
  asOf: Type.Optional(
    Type.String({
      maxLength: 40,
      pattern: '^\\d{4}-\\d{2}-\\d{2}([Tt ].+)?$',
      description:
        'The register as it was recorded at this moment, with the law valid then; the rules are those of the running version. ' +
        'RFC 3339, or a date: the end of that day in UTC, and for today: now. Absent: now.',
      examples: ['2026-03-31', '2026-03-31T12:00:00Z'],
    }),
  ),
}

const dayLength = 86_400_000
let day = { number: 0, date: '' }

/** Today in UTC, `YYYY-MM-DD`: the day whose law counts for the register as it is now. Written once a day, as each check asks. */
export const today = (): string => {
  const number = Math.floor(Date.now() / dayLength)
  if (number !== day.number) day = { number, date: new Date().toISOString().slice(0, 10) }
  return day.date
}

/** The day whose law counts. */
export const lawDay = (moment: Pick<Moment, 'date'> | undefined): string => moment?.date ?? today()

const datePattern = /^\d{4}-\d{2}-\d{2}$/
const timePattern = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/

const wrong = (message: string, pointer: string) =>
  new HttpProblem('invalid-request', 'The moment cannot be used.', { errors: [{ pointer, message }] })

/** The instant that a text names, or undefined when it names none. `2026-02-30` names none. */
const instantOf = (text: string): Date | undefined => {
  const date = text.slice(0, 10)
  const day = new Date(`${date}T00:00:00Z`)
  if (Number.isNaN(day.getTime()) || day.toISOString().slice(0, 10) !== date) return undefined
  if (datePattern.test(text)) return new Date(`${date}T23:59:59.999Z`)
  if (!timePattern.test(text)) return undefined
  const instant = new Date(text.toUpperCase().replace(' ', 'T'))
  return Number.isNaN(instant.getTime()) ? undefined : instant
}

/** For how long after it a write may still be on its way to being committed with an earlier time, in milliseconds. */
const settling = 60_000

/**
 * Finds the moment that a request asks for. What it answers for a moment never changes afterwards: writers that took a
 * time before it and have not committed yet are waited for.
 * @param asOf RFC 3339 or a date; undefined: now
 * @returns undefined for now
 * @throws HttpProblem 400 for what is no moment, and for the future
 */
export const findMoment = async (
  db: Database,
  asOf: string | undefined,
  pointer = '/query/asOf',
): Promise<Moment | undefined> => {
  if (asOf === undefined || asOf === today()) return undefined
  const instant = instantOf(asOf)
  if (!instant) throw wrong('must be a date, `YYYY-MM-DD`, or a time as in RFC 3339, `2026-03-31T12:00:00Z`', pointer)
  const { rows } = await sql<{ now: Date }>`select clock_timestamp() as now`.execute(db)
  const age = rows[0]!.now.getTime() - instant.getTime()
  if (age < 0) throw wrong('lies in the future; the register knows only what was recorded', pointer)
  // Writers hold the head's row until they have committed, so whoever gets a share of it sees what they wrote.
  if (age < settling) await sql`select position from register_head for share`.execute(db)
  const found = await sql<{ position: number }>`
    select position from events where recorded_at <= ${instant} order by recorded_at desc, position desc limit 1`.execute(
    db,
  )
  return {
    position: found.rows[0]?.position ?? 0,
    asOf: instant.toISOString(),
    date: instant.toISOString().slice(0, 10),
  }
}

/** The entries, with their state now or at a past moment: what a query reads instead of the table. */
export const entriesAt = (moment: At | undefined): RawBuilder<unknown> =>
  moment === undefined
    ? sql`entries`
    : sql`(
        select i.id, i.resource, i.key, i.created_at, i.search, v.position, v.status, v.in_force_id,
          v.proposed_id, v.proposal, v.shown_id, v.owner_id, v.approval, v.approved_position, v.in_force_hash
        from entries i cross join lateral (
          select * from events w where w.entry_id = i.id and w.position <= ${moment.position}
          order by w.position desc limit 1) v)`

/** A time as the JSON of an answer has it. */
export const rfc3339 = (time: RawBuilder<unknown>) =>
  sql<string>`to_char(${time} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
