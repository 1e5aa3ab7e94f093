import { open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { StartupError } from '../startup-error.ts'

/**
 * Lets one service use a data folder at a time. The lock is a file with the pid and the start time of its owner; that of
 * a process that has ended, or whose pid another process has by now, does not count.
 * @returns gives the folder free again
 * @throws StartupError while another service uses the folder
 */
export const lockFolder = async (folder: string): Promise<() => Promise<void>> => {
  const file = join(folder, 'service.pid')
  for (;;) {
    try {
      const handle = await open(file, 'wx', 0o600)
      await handle.writeFile(`${process.pid} ${await startOf(process.pid)}\n`)
      await handle.close()
      return () => rm(file, { force: true })
    } catch (error) {
      if ((error as { code?: string }).code !== 'EEXIST') throw error
      const [pid, start] = (await readFile(file, 'utf8').catch(() => '')).trim().split(' ')
      if (pid && isAlive(Number(pid)) && (await startOf(Number(pid))) === start) {
        throw new StartupError(
          `The folder ${folder} is in use by the service with pid ${pid}. End it, or set DATA_DIR to another folder.`,
        )
      }
      await rm(file, { force: true })
    }
  }
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it lives, and belongs to somebody else.
    return (error as { code?: string }).code === 'EPERM'
  }
}

/** When a process started, in clock ticks since the machine did; where the system does not say, `unknown` for all. */
const startOf = async (pid: number): Promise<string> => {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)
  // The second field is the program's name in parentheses, which may hold spaces; the start time is the 22nd.
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? 'unknown'
}
