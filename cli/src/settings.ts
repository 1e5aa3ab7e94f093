import { existsSync } from 'node:fs'
import type { Command } from 'commander'
import { parse } from 'yaml'
import { readText, UsageError } from './run.ts'

/** The settings of a repository, beside its manifest: what would else be said with every command. */
const file = '.ropa.yaml'

/**
 * Lets the file say what neither the environment nor the command line does: any option that the environment can say, by its
 * long name.
 * @param commands all commands; one takes what it has an option for
 * @throws UsageError that names the setting
 */
export const applySettings = (commands: Command[]): void => {
  // An empty variable says nothing: a build sets one for an input that was left out.
  for (const [name, value] of Object.entries(process.env))
    if (name.startsWith('ROPA_') && value === '') delete process.env[name]
  if (!existsSync(file)) return
  const configurable = commands.flatMap((command) =>
    command.options.filter(({ envVar }) => envVar).map((option) => ({ command, option, name: option.long!.slice(2) })),
  )
  const settings = readSettings([...new Set(configurable.map(({ name }) => name))])
  for (const { command, option, name } of configurable) {
    const value = settings[name]
    if (value === undefined) continue
    if (option.argChoices && !option.argChoices.includes(value))
      throw new UsageError(`${file}: \`${name}\` must be one of ${option.argChoices.join(', ')}.`)
    command.setOptionValueWithSource(option.attributeName(), value, 'config')
  }
}

const readSettings = (known: string[]): Record<string, string> => {
  let settings: unknown
  try {
    settings = parse(readText(file)) ?? {}
  } catch (error) {
    throw new UsageError(`${file}: ${(error as Error).message.split('\n')[0]}`)
  }
  if (typeof settings !== 'object' || Array.isArray(settings))
    throw new UsageError(`${file}: must be a map of settings (known here: ${known.join(', ')}).`)
  for (const [name, value] of Object.entries(settings as object)) {
    if (/^api-?key$/i.test(name))
      throw new UsageError(
        `${file}: an API key must not stand in a file that is committed; set ROPA_API_KEY, or name a file of its own with \`api-key-file\`.`,
      )
    if (!known.includes(name))
      throw new UsageError(`${file}: \`${name}\` is not known; remove it (known here: ${known.join(', ')}).`)
    if (typeof value !== 'string') throw new UsageError(`${file}: \`${name}\` must be text.`)
  }
  return settings as Record<string, string>
}
