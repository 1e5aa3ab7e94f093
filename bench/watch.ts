import { type Agent, get } from 'node:http'
import type { Subject } from './process.ts'

export type Watched = {
  /** How long the work took, in milliseconds. */
  took: number
  /** The most resident memory of the server meanwhile, in MB. */
  peak: number
  /** How long each request of others took meanwhile, in milliseconds. */
  delays: number[]
}

/** Between two samples of memory, and between two requests of others, in milliseconds. */
const pause = { memory: 50, request: 10 }

/**
 * Downloads, and keeps nothing: what it takes to read must not slow down what is measured.
 * @throws Error unless the answer is 200 and complete
 */
export const download = (url: string, headers: Record<string, string>, agent?: Agent): Promise<void> =>
  new Promise((resolve, reject) => {
    get(url, { headers, agent }, (answer) => {
      if (answer.statusCode !== 200) reject(new Error(`${url} is answered with ${answer.statusCode}`))
      answer.resume().on('end', resolve).on('error', reject)
    }).on('error', reject)
  })

/**
 * Watches a server while something is done with it.
 * @param ask a request of others; made at a fixed rate whether or not earlier ones are answered, lest slow answers lower the load
 */
export const watch = async (
  subject: Subject,
  ask: () => Promise<void>,
  work: () => Promise<unknown>,
): Promise<Watched> => {
  let peak = subject.memory()
  const asked: Promise<number>[] = []
  const sampling = setInterval(() => {
    peak = Math.max(peak, subject.memory())
  }, pause.memory)
  const asking = setInterval(() => asked.push(timed(ask)), pause.request)
  try {
    const took = await timed(work)
    return { took, peak, delays: await Promise.all(asked) }
  } finally {
    clearInterval(sampling)
    clearInterval(asking)
  }
}

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const began = performance.now()
  await work()
  return performance.now() - began
}
