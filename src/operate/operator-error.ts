/** As in sysexits.h. */
export const exitCodes = { usage: 64, unavailable: 69 } as const

/** What an operator has to mend: one line, and the exit code. */
export class OperatorError extends Error {
  readonly exitCode: number
  constructor(message: string, exitCode: number = exitCodes.usage) {
    super(message)
    this.exitCode = exitCode
  }
}
