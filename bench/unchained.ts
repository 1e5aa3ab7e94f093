import { randomUUID } from 'node:crypto'
import pg from 'pg'
import pino from 'pino'
import { createDatabase } from '../src/platform/db/database.ts'
import { migrateToLatest } from '../src/platform/db/migrate.ts'
import { createPool } from '../src/platform/db/pool.ts'
import { fillRegister } from './register.ts'

/** How many activities it has; what a write costs does not depend on it. */
const activities = 500

/**
 * A register on the same Postgres whose events are numbered by a sequence, and take no turns at the head of a chain.
 * @param owner connects to the database that is measured, as its owner
 * @param service connects to it as the service
 * @returns what the service is to be given, and how many activities there are
 */
export const createUnchained = async (owner: string, service: { connectionString: string; role: string }) => {
  const name = `unchained_${randomUUID().slice(0, 8)}`
  const within = (connectionString: string) => {
    const url = new URL(connectionString)
    url.pathname = name
    return url.href
  }
  await execute(owner, `create database ${name}`)
  await migrateToLatest(within(owner), service.role)
  const connectionString = within(service.connectionString)
  const logger = pino({ level: 'silent' })
  const db = createDatabase(createPool({ connectionString, applicationName: 'bench', logger }))
  await fillRegister(db, activities)
  await db.destroy()
  await execute(within(owner), withoutChain(service.role))
  return { connectionString, activities }
}

const execute = async (connectionString: string, sql: string) => {
  const client = new pg.Client({ connectionString })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}

const withoutChain = (role: string) => `
  alter table register_head rename to former_head;
  create view register_head as select (select max(position) from events) as position, recorded_at, hash from former_head;
  create sequence event_position;
  select setval('event_position', position) from former_head;
  grant select, update on register_head to ${role};
  grant usage on event_position to ${role};
  create or replace function extend_chain(firsts text[], seconds text[], thirds text[])
    returns table (n integer, "position" bigint, recorded_at timestamptz, hash text)
    language sql volatile as $$
      select i, nextval('event_position'), date_trunc('milliseconds', clock_timestamp()),
        encode(sha256(convert_to(firsts[i] || seconds[i] || thirds[i], 'UTF8')), 'hex')
      from generate_series(1, cardinality(firsts)) as i $$;`
