import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** A server in a process of its own. */
export type Subject = {
  url: string
  /** Processor time that it took so far, in seconds. */
  cpu(): number
  /** Resident memory, in MB. */
  memory(): number
  stop(): Promise<void>
}

/** Ticks of the clock that the kernel counts processor time in, in a second. */
const ticks = 100

let port = 4100

/**
 * Starts a server and waits until it answers.
 * @param args of node; the port stands for `PORT`
 * @param path where it answers when it is ready
 */
export const startSubject = async (args: string[], env: Record<string, string>, path: string): Promise<Subject> => {
  const own = String(++port)
  const child: ChildProcess = spawn(
    process.execPath,
    args.map((arg) => (arg === 'PORT' ? own : arg)),
    { env: { ...process.env, ...env, PORT: own, HOST: '127.0.0.1' }, stdio: ['ignore', 'ignore', 'inherit'] },
  )
  const url = `http://127.0.0.1:${own}`
  for (let tries = 0; ; tries++) {
    const answer = await fetch(url + path).catch(() => undefined)
    if (answer && answer.status < 500) break
    if (tries === 300 || child.exitCode !== null) throw new Error(`${args.join(' ')} does not answer at ${path}`)
    await sleep(100)
  }
  const proc = (file: string) => readFileSync(`/proc/${child.pid}/${file}`, 'utf8')
  return {
    url,
    cpu: () => {
      const fields = proc('stat').split(') ')[1]!.split(' ')
      return (Number(fields[11]) + Number(fields[12])) / ticks
    },
    memory: () => Number(/VmRSS:\s+(\d+)/.exec(proc('status'))![1]) / 1024,
    stop: async () => {
      child.kill('SIGTERM')
      if (child.exitCode === null && child.signalCode === null)
        await new Promise((resolve) => child.once('exit', resolve))
    },
  }
}
