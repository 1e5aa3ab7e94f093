import { once } from 'node:events'
import type { MessagePort } from 'node:worker_threads'
import { createCollector } from '../collect.ts'
import type { HttpServer } from './server.ts'
import type { ThreadHead, ThreadTask } from './threads.ts'

const passed = createCollector()

/** Bytes that go over to the main thread at once: each crossing costs, however little it carries. */
const pieceSize = 64 * 1024

/** Answers a request within a thread, as fast as the answer is read. Ends when the reader goes away. */
export const answerTask = async (app: HttpServer, { request, port }: ThreadTask): Promise<void> => {
  const gone = new AbortController()
  port.once('close', () => gone.abort())
  const { payload, ...asked } = request
  const response = await app.inject({
    ...asked,
    ...(payload && { payload: Buffer.from(payload.buffer) }),
    payloadAsStream: true,
  })
  try {
    gone.signal.throwIfAborted()
    port.postMessage({ status: response.statusCode, headers: headersOf(response.headers) } satisfies ThreadHead)
    for await (const piece of inPieces(response.stream())) await send(port, piece, gone.signal)
    await send(port, null, gone.signal)
  } catch (error) {
    if (!gone.signal.aborted) throw error
  } finally {
    // What makes the answer ends with it, and lets go of its connection to the database.
    response.raw.res.destroy()
    port.close()
  }
}

const headersOf = (headers: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))

const send = async (port: MessagePort, piece: Uint8Array<ArrayBuffer> | null, signal: AbortSignal): Promise<void> => {
  await once(port, 'message', { signal })
  const length = piece?.length ?? 0
  port.postMessage(piece, piece ? [piece.buffer] : [])
  passed(length)
}

async function* inPieces(stream: AsyncIterable<Buffer>): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let waiting: Buffer[] = []
  let size = 0
  const join = () => {
    // Of its own, so that it can be given away: small buffers share theirs.
    const piece = new Uint8Array(size)
    let at = 0
    for (const part of waiting) {
      piece.set(part, at)
      at += part.length
    }
    waiting = []
    size = 0
    return piece
  }
  for await (const part of stream) {
    waiting.push(part)
    size += part.length
    if (size >= pieceSize) yield join()
  }
  if (size > 0) yield join()
}
