import { Command, CommanderError } from 'commander'
import { eraseCommand, exportHistoryCommand, migrateCommand } from './commands.ts'
import { exitCodes, OperatorError } from './operator-error.ts'

/** `register`: what whoever operates a register does on its database, beside the service. */

const program = new Command('register')
  .description('Works on the database of a register, configured as the service is: DATABASE_URL, DATA_DIR, …')
  .addHelpText('after', '\nExit codes:\n  0 done   64 wrong usage   69 the database cannot be used')
  .exitOverride()
  .showHelpAfterError('(add --help for what is possible)')
for (const command of [migrateCommand(), exportHistoryCommand(), eraseCommand()])
  program.addCommand(command.exitOverride().showHelpAfterError())

try {
  await program.parseAsync()
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : exitCodes.usage
  else if (error instanceof OperatorError) {
    console.error(`register: ${error.message}`)
    process.exitCode = error.exitCode
  } else throw error
}
