#!/usr/bin/env node
import { Command, CommanderError } from 'commander'
import { checkCommand } from './ropa/check.ts'
import { applyCommand, planCommand } from './ropa/plan.ts'
import { exitCodes, UsageError } from './ropa/run.ts'

/** `ropa`: the register from a shell and from continuous integration. */

const program = new Command('ropa')
  .description('Says what a change of code means for the record of processing activities (GDPR Art. 30).')
  .addHelpText(
    'after',
    `
Configuration:
  --url or ROPA_URL          where the register is
  ROPA_API_KEY, or --api-key-file or ROPA_API_KEY_FILE
                             the API key; it is never taken from the command line, where others could read it

Exit codes:
  0 pass   1 the check fails   2 cannot tell   64 wrong usage   69 no connection   77 not allowed`,
  )
  .exitOverride()
  .showHelpAfterError('(add --help for what is possible)')
for (const command of [planCommand(), applyCommand(), checkCommand()])
  program.addCommand(command.exitOverride().showHelpAfterError())

try {
  await program.parseAsync()
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : exitCodes.usage
  else if (error instanceof UsageError) {
    console.error(`ropa: ${error.message}`)
    process.exitCode = error.exitCode
  } else throw error
}
