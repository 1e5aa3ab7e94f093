import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/**
 * V8 looks at what the heap has, and lets some 64 MB of bytes that lie outside of it wait after nobody needs them any more: each
 * thread that a large report passes through would keep as much. Collecting what died young takes some 2 ms.
 */
setFlagsFromString('--expose-gc')
const collect: (options: { type: 'minor' }) => void = runInNewContext('gc')

/** How many bytes may pass before those that are not needed any more are collected. */
const mostWaiting = 8 * 1024 * 1024

/** @returns a function to be told of the length of each piece of bytes that passes */
export const createCollector = (): ((length: number) => void) => {
  let passed = 0
  return (length) => {
    passed += length
    if (passed < mostWaiting) return
    passed = 0
    collect({ type: 'minor' })
  }
}
