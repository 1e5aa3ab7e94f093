import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'

const asAdmin = async (work: (client: pg.Client) => Promise<unknown>) => {
  const client = new pg.Client({ connectionString: process.env.ROPA_TEST_ADMIN_URL })
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}

/** A database for one test file, a copy of the migrated template; `empty`: one without any schema. */
export const createTestDatabase = async ({ empty = false } = {}) => {
  const prefix = process.env.ROPA_TEST_PREFIX
  const name = `${prefix}_${randomBytes(6).toString('hex')}`
  await asAdmin(async (client) => {
    for (let attempt = 1; ; attempt++) {
      try {
        await client.query(`create database ${name} ${empty ? '' : `template ${prefix}_template`}`)
        return
      } catch (error) {
        // 55006: the template is being copied for another file.
        if ((error as { code?: string }).code !== '55006' || attempt === 50) throw error
        await sleep(100)
      }
    }
  })
  const url = new URL(process.env.ROPA_TEST_ADMIN_URL!)
  url.pathname = `/${name}`
  return {
    connectionString: url.href,
    drop: () => asAdmin((client) => client.query(`drop database if exists ${name} with (force)`)),
  }
}
