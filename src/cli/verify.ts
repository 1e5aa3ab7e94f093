import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { createChainVerifier, type KnownHead } from '../history/index.ts'
import { StartupError } from '../platform/startup-error.ts'
import { command } from './database.ts'

/** `npm run verify -- history.ndjson [--head position:hash]`: verifies an exported history, without any database. */

const usage = 'Usage: npm run verify -- <file from export-history> [--head <position>:<hash noted elsewhere>]'

const headOf = (text: string | undefined): KnownHead | undefined => {
  if (text === undefined) return undefined
  const match = /^(\d+):([0-9a-f]{64})$/.exec(text)
  if (!match) throw new StartupError(`--head must look like 209:${'0'.repeat(8)}…, a position and a SHA-256. ${usage}`)
  return { position: Number(match[1]), hash: match[2]! }
}

command(async () => {
  const { values, positionals } = parseArgs({ options: { head: { type: 'string' } }, allowPositionals: true })
  const [file] = positionals
  if (file === undefined || positionals.length > 1) throw new StartupError(usage)
  const known = headOf(values.head)
  const chain = createChainVerifier(known)
  let line = 0
  for await (const text of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
    line++
    try {
      chain.add(JSON.parse(text))
    } catch {
      chain.report(line, `Line ${line} is no event: it was altered.`)
    }
  }
  const { head, problems } = chain.end()
  for (const { position, problem } of problems) console.error(`position ${position}: ${problem}`)
  if (problems.length > 0) throw new StartupError(`History was altered: ${problems.length} problem(s).`)
  console.log(`History is as it was recorded, up to position ${head.position}, hash ${head.hash}.`)
  if (!known)
    console.log('No head was given: whoever owns the database could have computed all of it anew, or cut off its end.')
})
