import { spawn } from 'node:child_process'

export type Ended = { code: number | null; out: string }

/** The environment of this machine, without what npm, Jest and the register's own settings add to it. */
const machine = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) => !/^(npm_|ROPA_|JEST_|NODE_OPTIONS$|NODE_ENV$|DATABASE_URL$|INIT_CWD$)/.test(name),
  ),
)

/**
 * Runs a command to its end.
 * @param env what its environment has beside that of the machine
 * @returns its exit code, and what it wrote to standard output and standard error
 */
export const runCommand = (
  command: string,
  args: readonly string[],
  { cwd, env = {} }: { cwd: string; env?: Record<string, string> },
): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: { ...machine, ...env } })
    let out = ''
    child.stdout.on('data', (data) => (out += data))
    child.stderr.on('data', (data) => (out += data))
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, out }))
  })
