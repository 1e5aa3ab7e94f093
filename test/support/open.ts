import { setTimeout as sleep } from 'node:timers/promises'

/** What a test file has begun and not ended yet. Its environment ends it, whatever failed: else the run would never end. */

declare global {
  var endWhatIsOpen: (() => Promise<void>) | undefined
}

type End = () => Promise<unknown>
const open = new Set<End>()
let over = false

/** How long something may take to end, in milliseconds. */
const patience = 5_000

/**
 * Notes how something that was begun is ended.
 * @returns ends it now, once
 * @throws when the test file is over: a set-up that took too long must not begin anything more
 */
export const toEnd = (end: End): (() => Promise<void>) => {
  if (over) {
    void end()
    throw new Error('The test file is over.')
  }
  open.add(end)
  return async () => {
    if (open.delete(end)) await end()
  }
}

globalThis.endWhatIsOpen = async () => {
  over = true
  for (const end of [...open].reverse()) {
    open.delete(end)
    const ended = end().catch((error: unknown) => console.error(error))
    await Promise.race([ended, sleep(patience, undefined, { ref: false })])
  }
}
