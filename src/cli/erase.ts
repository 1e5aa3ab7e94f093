import { parseArgs } from 'node:util'
import { ensurePrincipal } from '../access/index.ts'
import { erasePersonalData } from '../history/index.ts'
import { inTransaction } from '../platform/db/database.ts'
import { HttpProblem } from '../platform/http/problems.ts'
import { StartupError } from '../platform/startup-error.ts'
import { command, withDatabase } from './database.ts'

/** `npm run erase -- --reason <why> [--value <value>]… [--principal <name>]`: erases personal data from history (Art. 17). */

const usage = 'Usage: npm run erase -- --reason <why> [--value <exact value>]… [--principal <name>]'

command(async () => {
  const { values } = parseArgs({
    options: { reason: { type: 'string' }, value: { type: 'string', multiple: true }, principal: { type: 'string' } },
  })
  const { reason, value = [], principal } = values
  if (!reason?.trim() || (value.length === 0 && principal === undefined)) throw new StartupError(usage)
  await withDatabase(async (db) => {
    const erased = await inTransaction(db, async (transaction) => {
      const operator = await ensurePrincipal(transaction, 'operator')
      return erasePersonalData(transaction, operator, { values: value, principal, reason })
    }).catch((error: unknown) => {
      if (!(error instanceof HttpProblem)) throw error
      throw new StartupError([error.message, ...(error.errors ?? []).map((e) => `${e.pointer} ${e.message}`)].join(' '))
    })
    const names = erased.principal ? ' and the name of a principal' : ''
    console.log(`Erased ${erased.values} value(s)${names}; recorded at position ${erased.position}.`)
  })
})
