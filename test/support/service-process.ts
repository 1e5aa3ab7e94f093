import { type ChildProcess, spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { generateKey } from '../../src/access/index.ts'
import { toEnd } from './open.ts'

const server = fileURLToPath(new URL('../../src/server.ts', import.meta.url))

const freePort = () =>
  new Promise<number>((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number }
      probe.close(() => resolve(port))
    })
  })

/** The service as a process of its own, on a database that is given; it can be killed and started again. */
export const createServiceProcess = async (databaseUrl: string, env: Record<string, string> = {}) => {
  const port = await freePort()
  const address = `http://127.0.0.1:${port}`
  const adminKey = generateKey()
  let child: ChildProcess | undefined
  const log: string[] = []

  const ready = async () => {
    for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(50)) {
      if (child!.exitCode !== null) throw new Error(`The service ended: ${log.slice(-5).join('')}`)
      const answer = await fetch(`${address}/readyz`).catch(() => undefined)
      if (answer?.ok) return
    }
    throw new Error('The service does not become ready.')
  }
  return {
    address,
    adminKey,
    log,
    async start() {
      child = spawn(process.execPath, [server], {
        env: {
          PATH: process.env.PATH,
          DATABASE_URL: databaseUrl,
          PORT: String(port),
          INIT_ADMIN_API_KEY: adminKey,
          LOG_LEVEL: 'warn',
          ...env,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      const started = child
      toEnd(async () => started.kill('SIGKILL'))
      for (const stream of [child.stdout!, child.stderr!])
        stream.on('data', (chunk: Buffer) => log.push(chunk.toString()))
      await ready()
    },
    /** Sends a signal. @returns the exit code, null after a kill */
    async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> {
      const ended = new Promise<number | null>((resolve) => child!.once('exit', (code) => resolve(code)))
      child!.kill(signal)
      return ended
    },
    get running() {
      return child?.exitCode === null && child.signalCode === null
    },
    /** One request; answers nothing when the connection broke. */
    async ask(
      method: string,
      path: string,
      { key = adminKey, body, headers = {} }: { key?: string; body?: unknown; headers?: Record<string, string> } = {},
    ) {
      const begun = Date.now()
      try {
        const answer = await fetch(`${address}${path}`, {
          method,
          headers: {
            authorization: `Bearer ${key}`,
            ...(body !== undefined && { 'content-type': 'application/json' }),
            ...headers,
          },
          ...(body !== undefined && { body: JSON.stringify(body) }),
        })
        const text = await answer.text()
        return {
          status: answer.status,
          headers: answer.headers,
          text,
          json: text === '' ? undefined : JSON.parse(text),
          took: Date.now() - begun,
        }
      } catch {
        return undefined
      }
    },
  }
}

export type ServiceProcess = Awaited<ReturnType<typeof createServiceProcess>>
