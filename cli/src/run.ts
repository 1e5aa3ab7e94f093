import { readFileSync } from 'node:fs'
import { Command, Option } from 'commander'
import { createRegisterClient, type RegisterClient } from '../../client/src/index.ts'
import { decodeUtf8, NotUtf8 } from '../../src/platform/text.ts'
import { type Format, formats, render, type Verdict } from './output/index.ts'

/** What every command has in common: where the register is, how results are shown, and how it ends. */

/** 64 and above as in sysexits.h. */
export const exitCodes = { pass: 0, fail: 1, undetermined: 2, usage: 64, unavailable: 69, notAllowed: 77 } as const

/** What a user has to mend. */
export class UsageError extends Error {
  readonly exitCode: number
  constructor(message: string, exitCode: number = exitCodes.usage) {
    super(message)
    this.exitCode = exitCode
  }
}

export type CommonOptions = { url: string; apiKeyFile?: string; format: Format }

/**
 * A command that asks the register.
 * @param judges whether it ends in a verdict, which can be written in several formats
 */
export const registerCommand = (name: string, description: string, judges = true): Command => {
  const command = new Command(name)
    .description(description)
    .addOption(new Option('--url <url>', 'where the register is').env('ROPA_URL').default('http://127.0.0.1:3000'))
    .addOption(new Option('--api-key-file <file>', 'a file that has the API key').env('ROPA_API_KEY_FILE'))
  return judges
    ? command.addOption(
        new Option('--format <format>', 'how the result is written')
          .env('ROPA_FORMAT')
          .choices(formats)
          .default('text'),
      )
    : command
}

const readKey = ({ apiKeyFile }: CommonOptions): string => {
  const key = apiKeyFile === undefined ? process.env.ROPA_API_KEY : readText(apiKeyFile)
  if (!key?.trim()) throw new UsageError('There is no API key: set ROPA_API_KEY, or name a file with --api-key-file.')
  return key.trim()
}

/** @throws UsageError */
export const readText = (file: string): string => {
  try {
    return decodeUtf8(readFileSync(file))
  } catch (error) {
    if (error instanceof NotUtf8)
      throw new UsageError(`${file}:${error.line}: The file ${error.message}. Save it as UTF-8.`)
    throw new UsageError(`Cannot read ${file}: ${(error as Error).message}`)
  }
}

export const clientOf = (options: CommonOptions): RegisterClient => {
  if (!/^https?:\/\/./.test(options.url) || !URL.canParse(options.url))
    throw new UsageError(`\`${options.url}\` is no address of a register; write it as https://… or http://…`)
  return createRegisterClient({ baseUrl: options.url, apiKey: readKey(options) })
}

type Problem = {
  status: number
  code: string
  detail: string
  errors?: { pointer: string; message: string }[] | undefined
}

/**
 * What the register answered.
 * @throws UsageError that says what stands in the way
 */
export const answered = async <T>(
  { url }: CommonOptions,
  asking: Promise<{ data?: T; error?: unknown; response: Response }>,
): Promise<T> => {
  const { data, error, response } = await asking.catch((failure: Error) => {
    const cause = (failure.cause as Error | undefined)?.message ?? failure.message
    throw new UsageError(`The register at ${url} cannot be reached: ${cause}`, exitCodes.unavailable)
  })
  if (data !== undefined) return data
  const problem = error as Problem
  const lines = [problem?.detail ?? `The register answered ${response.status}.`]
  for (const { pointer, message } of problem?.errors ?? []) lines.push(`  ${pointer}: ${message}`)
  const code =
    response.status === 401 || response.status === 403
      ? exitCodes.notAllowed
      : response.status >= 500
        ? exitCodes.unavailable
        : response.status === 409 || problem?.code === 'import-refused'
          ? exitCodes.fail
          : exitCodes.usage
  throw new UsageError(lines.join('\n'), code)
}

/** Writes what came out, and ends with its exit code. */
export const conclude = (verdict: Verdict, { format }: CommonOptions) => {
  process.stdout.write(render(verdict, format, { colours: process.stdout.isTTY === true && !process.env.NO_COLOR }))
  process.exitCode = exitCodes[verdict.outcome]
}
