import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { startEmbeddedPostgres } from '../../src/platform/db/embedded.ts'

/** A Postgres for the tests, on which databases can be made. */
export type TestPostgres = { adminUrl: string; kind: string; stop(): Promise<void> }

/**
 * Finds a Postgres: `TEST_DATABASE_URL`, else a container where a Docker engine answers, else the embedded one.
 * `DATABASE_URL` is never read: it may be somebody's register.
 */
export const locatePostgres = async (): Promise<TestPostgres> => {
  const url = process.env.TEST_DATABASE_URL
  if (url) return { adminUrl: url, kind: 'TEST_DATABASE_URL', stop: async () => undefined }
  const postgres = (await dockerAnswers()) ? await startContainer() : await startEmbedded()
  await withoutDurability(postgres.adminUrl)
  // A run that is interrupted ends without its teardown: what was started for it would stay.
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void postgres.stop().finally(() => process.exit(1)))
  return postgres
}

/** No test lets the machine lose its power: a Postgres of a run need not wait for the disk. */
const withoutDurability = async (adminUrl: string) => {
  const client = new pg.Client({ connectionString: adminUrl })
  await client.connect()
  for (const setting of ['fsync', 'full_page_writes', 'synchronous_commit'])
    await client.query(`alter system set ${setting} = off`)
  await client.query('select pg_reload_conf()')
  await client.end()
}

const startContainer = async (): Promise<TestPostgres> => {
  const { PostgreSqlContainer } = await import('@testcontainers/postgresql')
  const container = await new PostgreSqlContainer('postgres:18-alpine')
    .withCommand(['postgres', '-c', 'max_connections=300'])
    .start()
  return {
    adminUrl: container.getConnectionUri(),
    kind: 'testcontainers',
    stop: async () => void (await container.stop()),
  }
}

const startEmbedded = async (): Promise<TestPostgres> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'register-test-'))
  // As root, Postgres runs as another user, who must be able to pass through.
  await chmod(dataDir, 0o755)
  const { connectionString, stop } = await startEmbeddedPostgres({ dataDir })
  return {
    adminUrl: connectionString,
    kind: 'embedded Postgres',
    stop: async () => {
      await stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

/** Whether a Docker engine answers a ping within two seconds. */
const dockerAnswers = (): Promise<boolean> => {
  const host = new URL(process.env.DOCKER_HOST || 'unix:///var/run/docker.sock')
  const target = host.protocol === 'unix:' ? { socketPath: host.pathname } : { host: host.hostname, port: host.port }
  return new Promise((resolve) => {
    const ping = request({ ...target, path: '/_ping', timeout: 2000 }, (answer) => {
      answer.resume()
      resolve(answer.statusCode === 200)
    })
    ping.on('timeout', () => ping.destroy())
    ping.on('error', () => resolve(false))
    ping.end()
  })
}
