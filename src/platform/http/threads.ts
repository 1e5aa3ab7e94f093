import { Readable } from 'node:stream'
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import type { FastifyRequest, InjectOptions } from 'fastify'
import { Piscina } from 'piscina'
import { createCollector } from '../collect.ts'
import { HttpProblem } from './problems.ts'
import type { HttpServer } from './server.ts'

/**
 * Answers that take long are made in threads of their own, by an application of the same routes: requests that are quick do
 * not wait for them, and what they need of memory has a limit and is given back.
 */

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Which threads answer, by their name. */
    inThread?: string
  }
}

export type ThreadRequest = Required<Pick<InjectOptions, 'method' | 'url' | 'headers'>> & {
  /** The bytes of a file. */
  payload?: Uint8Array<ArrayBuffer>
}
export type ThreadTask = { request: ThreadRequest; port: MessagePort }
export type ThreadHead = { status: number; headers: Record<string, string> }

export type Threads = {
  /** @returns the head of the answer, and its body as it is made */
  ask(request: ThreadRequest): Promise<ThreadHead & { body: Readable }>
  close(): Promise<void>
}

/** How many answers may wait for a thread before the next is refused. */
const mostWaiting = 32

/** How long a thread without work is kept, in milliseconds. */
const idleTimeout = 60_000

/**
 * @param filename a module whose default export answers a `ThreadTask`
 * @param memory limit of a thread's heap, in MB; one that needs more ends, with the answers it was making
 */
export const createThreads = (options: {
  filename: string
  workerData: unknown
  threads: number
  /** How many answers a thread makes at once: they wait for the database in turns. */
  atOnce: number
  memory: { old: number; young: number }
}): Threads => {
  const pool = new Piscina({
    filename: options.filename,
    workerData: options.workerData,
    minThreads: 0,
    maxThreads: options.threads,
    idleTimeout,
    concurrentTasksPerWorker: options.atOnce,
    maxQueue: mostWaiting,
    // A thread that waits for work by blocking would leave connections to the database, which need it, to themselves.
    atomics: 'disabled',
    resourceLimits: { maxOldGenerationSizeMb: options.memory.old, maxYoungGenerationSizeMb: options.memory.young },
  })
  const passed = createCollector()
  const ask: Threads['ask'] = (request) =>
    new Promise((resolve, reject) => {
      const { port1: port, port2 } = new MessageChannel()
      // A piece is asked for when the reader has room, so the thread is never ahead of it.
      const body = new Readable({
        read: () => port.postMessage('more'),
        destroy: (error, done) => {
          port.close()
          done(error)
        },
      })
      const fail = (error: unknown) => {
        reject(unanswered(error))
        body.destroy(error as Error)
      }
      // Told to whoever reads, if somebody does.
      body.on('error', () => undefined)
      port.once('message', (head: ThreadHead) => {
        port.on('message', (piece: Uint8Array | null) => {
          passed(piece?.length ?? 0)
          body.push(piece)
        })
        resolve({ ...head, body })
      })
      const transferList = request.payload ? [port2, request.payload.buffer] : [port2]
      pool.run({ request, port: port2 } satisfies ThreadTask, { transferList }).catch(fail)
    })
  return { ask, close: () => pool.destroy() }
}

const unanswered = (cause: unknown) => {
  const isTooLarge = (cause as { code?: unknown }).code === 'ERR_WORKER_OUT_OF_MEMORY'
  const message = isTooLarge
    ? 'This, or what was done beside it, takes more memory than there is for it; nothing was changed. Ask for less at once, by filters, or send a file in parts.'
    : 'Too much of this is being done already; nothing was changed.'
  return Object.assign(new HttpProblem('unavailable', message, { headers: { 'retry-after': '10' } }), { cause })
}

/** Header fields that are each connection's own. */
const own = ['connection', 'date', 'keep-alive', 'transfer-encoding']

/**
 * Lets threads answer the routes that say `inThread`, after who asks and what is asked were found to be right. They end with it. To be
 * called before the routes are there.
 * @param threads by the name that routes give
 * @param identify header fields that tell the thread who asks; those of a caller are overwritten
 */
export const answerInThreads = (
  app: HttpServer,
  threads: Readonly<Record<string, Threads>>,
  identify: (request: FastifyRequest) => Record<string, string>,
): void => {
  app.addHook('onClose', async () => {
    await Promise.all(Object.values(threads).map((each) => each.close()))
  })
  app.addHook('onRoute', (route) => {
    if (!route.config?.inThread) return
    const pool = threads[route.config.inThread]!
    route.handler = async (request, reply) => {
      const { method, url, headers: sent } = request
      // Who asks is known by now, and is told as `identify` says it.
      const { authorization: _, cookie: __, 'content-length': ___, 'transfer-encoding': ____, ...headers } = sent
      const {
        status,
        headers: answered,
        body,
      } = await pool.ask({
        method,
        url,
        headers: { ...headers, ...identify(request) },
        ...(Buffer.isBuffer(request.body) && { payload: new Uint8Array(request.body) }),
      } as ThreadRequest)
      for (const name of own) delete answered[name]
      return reply.code(status).headers(answered).send(body)
    }
  })
}
