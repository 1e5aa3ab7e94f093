import { genesis, hashContent, hashEvent, type PublishedEvent, recordedPart } from './event.ts'

/** Something that is not as it was recorded, and where. */
export type ChainProblem = { position: number; problem: string }

/** An event with the content that it brought, as it is hashed: with digests in place of personal values. */
export type ChainLink = PublishedEvent & { content?: object }

/** A head that was noted earlier, and kept where whoever can write the database cannot. */
export type KnownHead = { position: number; hash: string }

/** At most so many problems are named: one altered event can make many others look wrong. */
const named = 100

/**
 * Verifies events one after another. Every byte of an event counts: what was altered, removed, reordered or put between
 * changes its hash or breaks the chain. That nothing was cut off at the end, and that not all of it was computed anew,
 * shows only against a known head.
 */
export const createChainVerifier = (known?: KnownHead) => {
  const problems: ChainProblem[] = []
  const report = (position: number, problem: string) => {
    if (problems.length < named) problems.push({ position, problem })
  }
  let last = { position: 0, hash: genesis, recordedAt: '' }
  let knownSeen = known === undefined || (known.position === 0 && known.hash === genesis)
  return {
    add({ content, ...event }: ChainLink): void {
      const { position, previous, hash } = event
      if (position !== last.position + 1) {
        report(
          position,
          `The event stands after position ${last.position}: events between them are missing or reordered.`,
        )
      }
      if (previous !== last.hash)
        report(position, 'The event does not follow the one before it: one of them was altered, removed or put in.')
      if (hashEvent(recordedPart(event)) !== hash)
        report(position, 'The event is not what its hash was made of: it was altered.')
      if (event.recordedAt < last.recordedAt) report(position, 'The event is older than the one before it.')
      if (content !== undefined && hashContent(content) !== event.revisionHash)
        report(position, `Revision ${event.revision} of ${event.entry?.resource}/${event.entry?.key} was altered.`)
      if (known?.position === position) {
        knownSeen = true
        if (known.hash !== hash)
          report(position, 'The hash is not the one that was noted elsewhere: history was computed anew.')
      }
      last = { position, hash, recordedAt: event.recordedAt }
    },
    report,
    end() {
      if (!knownSeen)
        report(
          known!.position,
          `History ends at position ${last.position}, before the head that was noted elsewhere: its end was cut off.`,
        )
      return { head: { position: last.position, hash: last.hash }, problems }
    },
  }
}
