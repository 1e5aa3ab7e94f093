import { Command, CommanderError } from 'commander'
import { checkCommand } from './check.ts'
import { exportCommand, importCommand, reportCommand } from './files.ts'
import { keysCommand } from './keys.ts'
import { applyCommand, planCommand } from './plan.ts'
import { exitCodes, UsageError } from './run.ts'
import { applySettings } from './settings.ts'
import { verifyCommand } from './verify.ts'

/** `ropa`: the register from a shell and from continuous integration. */

const program = new Command('ropa')
  .description('Says what a change of code means for the record of processing activities (GDPR Art. 30).')
  .addHelpText(
    'after',
    `
Configuration, the first that says something: the command line, the environment, the file .ropa.yaml here:
  --url, ROPA_URL, url: …            where the register is
  --service, ROPA_SERVICE, service: …
  --api-key-file, ROPA_API_KEY_FILE, api-key-file: …
                                     a file with the API key; or ROPA_API_KEY, the key itself. It is never taken from
                                     the command line, where others could read it
  --format, ROPA_FORMAT, format: …
  --fail-on, ROPA_FAIL_ON, fail-on: …

Exit codes:
  0 pass   1 the check fails   2 cannot tell   64 wrong usage   69 no connection   77 not allowed`,
  )
  .exitOverride()
  .showHelpAfterError('(add --help for what is possible)')
for (const command of [
  planCommand(),
  applyCommand(),
  checkCommand(),
  exportCommand(),
  reportCommand(),
  importCommand(),
  keysCommand(),
  verifyCommand(),
])
  program.addCommand(command)
const commands = program.commands.flatMap((command) => [command, ...command.commands])
for (const command of commands) command.exitOverride().showHelpAfterError()

// Who reads has seen enough, as `head` does: that is no error of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit()
  throw error
})

const main = async () => {
  try {
    applySettings(commands)
    await program.parseAsync()
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : exitCodes.usage
    else if (error instanceof UsageError) {
      console.error(`ropa: ${error.message}`)
      process.exitCode = error.exitCode
    } else throw error
  }
}

// One file for every Node is CommonJS, which has no `await` at its top.
void main()
