import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { createChainVerifier, type KnownHead } from '../../src/chain/index.ts'
import { answered, type CommonOptions, clientOf, exitCodes, registerCommand, UsageError } from './run.ts'

type Verification = { problems: { position: number; problem: string }[]; position: number; hash: string | null }

/** `ropa verify`: whether history is as it was recorded, in the register or in a file of `register export-history`. */
export const verifyCommand = () =>
  registerCommand('verify', 'verify the history of the register, or of an exported file', false)
    .argument('[file]', 'a file from `register export-history`; it is verified without any register')
    .option('--head <position:hash>', 'a head that was noted elsewhere; without one, only consistency is proven')
    .action(async (file: string | undefined, options: CommonOptions & { head?: string }) => {
      const head = headOf(options.head)
      const { problems, position, hash } =
        file === undefined ? await verifyRegister(options, head) : await verifyFile(file, head)
      for (const { position, problem } of problems) console.error(`position ${position}: ${problem}`)
      if (problems.length > 0) {
        console.error(`History was altered: ${problems.length} problem(s).`)
        process.exitCode = exitCodes.fail
        return
      }
      console.log(`History is as it was recorded, up to position ${position}, hash ${hash}.`)
      if (!head)
        console.log(
          'No head was given: whoever owns the database could have computed all of it anew, or cut off its end.',
        )
    })

const headOf = (text: string | undefined): KnownHead | undefined => {
  if (text === undefined) return undefined
  const match = /^(\d+):([0-9a-f]{64})$/.exec(text)
  if (!match)
    throw new UsageError(`--head must look like 209:${'0'.repeat(8)}…, a position and a SHA-256 with a colon between.`)
  return { position: Number(match[1]), hash: match[2]! }
}

const verifyRegister = async (options: CommonOptions, head: KnownHead | undefined): Promise<Verification> => {
  const asked = clientOf(options).GET('/v1/history/verify', { params: { query: head ?? {} } })
  const { problems, head: reached } = await answered(options, asked)
  return { problems, ...reached }
}

const verifyFile = async (file: string, known: KnownHead | undefined): Promise<Verification> => {
  const chain = createChainVerifier(known)
  const input = createReadStream(file)
  // Lines are awaited only once the file is open: what fails before must not be lost.
  await new Promise<void>((resolve, reject) => {
    input.once('open', () => resolve())
    input.once('error', (error) => reject(new UsageError(`Cannot read ${file}: ${error.message}`)))
  })
  let line = 0
  for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    line++
    try {
      chain.add(JSON.parse(text))
    } catch {
      chain.report(line, `Line ${line} is no event: it was altered.`)
    }
  }
  const { head, problems } = chain.end()
  return { problems, ...head }
}
