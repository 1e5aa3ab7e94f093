import type { Database } from '../platform/db/database.ts'
import { authenticate } from './keys.ts'
import type { Principal } from './roles.ts'

/** How long a key is not looked up again, in milliseconds; its last use is recorded as often. */
const longestTrust = 60_000

/** How many keys are remembered. */
const mostKeys = 10_000

/** Remembers whom keys stand for that were found valid, while whoever changes keys would tell. */
export type KeyCache = {
  /** Whom a key stands for, as far as that is remembered. The parameters are those of `principalOf`. */
  remembered(header: string | undefined, told: boolean): Principal | undefined
  /**
   * @param header the `Authorization` field
   * @param told whether changes of keys are told at once; if not, Postgres is asked every time
   */
  principalOf(header: string | undefined, told: boolean): Principal | undefined | Promise<Principal | undefined>
  /** Called when any key changed. */
  forget(): void
}

export const createKeyCache = (db: Database): KeyCache => {
  // Only keys that were compared in constant time are in it, and a map finds them by a hash that is seeded in each process.
  const known = new Map<string, { principal: Principal; until: number }>()
  let generation = 0

  const lookUp = async (header: string): Promise<Principal | undefined> => {
    const match = /^Bearer +(\S+)$/i.exec(header)
    if (!match) return undefined
    const asked = generation
    const found = await authenticate(db, match[1]!)
    // A key may have been revoked while it was looked up.
    if (found && asked === generation) {
      if (known.size === mostKeys) known.delete(known.keys().next().value!)
      known.set(header, { principal: found.principal, until: Math.min(Date.now() + longestTrust, found.expiresAt) })
    }
    return found?.principal
  }

  const remembered: KeyCache['remembered'] = (header, told) => {
    const entry = told && header !== undefined ? known.get(header) : undefined
    return entry && Date.now() < entry.until ? entry.principal : undefined
  }

  return {
    remembered,
    principalOf: (header, told) => (header === undefined ? undefined : (remembered(header, told) ?? lookUp(header))),
    forget: () => {
      generation++
      known.clear()
    },
  }
}
