import { parseKey } from './access/index.ts'
import { type ApprovalMode, approvalModes } from './activities/index.ts'
import { logLevels } from './platform/observability/logger.ts'
import { StartupError } from './platform/startup-error.ts'

/** What the environment decides, once and for all at the start. */
export type Config = Readonly<{
  /** Address to listen on. */
  host: string
  port: number
  /** The user's Postgres; undefined: an embedded one under `dataDir`. */
  databaseUrl: string | undefined
  /** Where the schema is migrated, by its owner; undefined: through `databaseUrl`. */
  migrationDatabaseUrl: string | undefined
  dataDir: string
  /** How activities are approved. */
  approvals: ApprovalMode
  logLevel: (typeof logLevels)[number]
  /** Whether `/metrics` is served. */
  serveMetrics: boolean
  /** Becomes an admin's key on a register that never had a key. */
  initAdminApiKey: string | undefined
}>

const wrong = (name: string, must: string) => new StartupError(`${name} ${must}.`)

const portOf = (text: string): number => {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65535) throw wrong('PORT', `must be a number from 0 to 65535, not "${text}"`)
  return port
}

const databaseUrlOf =
  (name: string) =>
  (text: string): string => {
    const protocol = URL.canParse(text) ? new URL(text).protocol : ''
    // The value may hold a password, so the message does not repeat it.
    if (!['postgres:', 'postgresql:'].includes(protocol))
      throw wrong(name, 'must look like postgresql://user:password@host:5432/database')
    return text
  }

const choice = <T extends string>(name: string, value: string, allowed: readonly T[]): T => {
  if (!(allowed as readonly string[]).includes(value))
    throw wrong(name, `must be one of ${allowed.join(', ')}, not "${value}"`)
  return value as T
}

const adminKeyOf = (text: string): string => {
  if (!parseKey(text))
    throw wrong(
      'INIT_ADMIN_API_KEY',
      'must look like ropa_<selector>_<verifier>, the verifier of 32 characters or more',
    )
  return text
}

/**
 * Reads the configuration.
 * @param env environment variables; an empty one counts as not set
 * @throws StartupError that names the variable and what it must be
 */
export const readConfig = (env: NodeJS.ProcessEnv): Config => {
  const get = (name: string) => env[name] || undefined
  const given = <T>(name: string, read: (text: string) => T) => (get(name) === undefined ? undefined : read(get(name)!))
  if (get('MIGRATION_DATABASE_URL') && !get('DATABASE_URL'))
    throw wrong('MIGRATION_DATABASE_URL', 'needs DATABASE_URL, the role that the service itself uses')
  return Object.freeze({
    host: get('HOST') ?? '127.0.0.1',
    port: portOf(get('PORT') ?? '3000'),
    databaseUrl: given('DATABASE_URL', databaseUrlOf('DATABASE_URL')),
    migrationDatabaseUrl: given('MIGRATION_DATABASE_URL', databaseUrlOf('MIGRATION_DATABASE_URL')),
    approvals: choice('APPROVALS', get('APPROVALS') ?? 'four-eyes', approvalModes),
    dataDir: get('DATA_DIR') ?? '.data',
    logLevel: choice('LOG_LEVEL', get('LOG_LEVEL') ?? 'info', logLevels),
    serveMetrics: choice('METRICS', get('METRICS') ?? 'off', ['on', 'off']) === 'on',
    initAdminApiKey: given('INIT_ADMIN_API_KEY', adminKeyOf),
  })
}
