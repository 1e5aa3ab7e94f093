/** The hash chain of the register's history. Pure: it needs neither Postgres nor HTTP, so that others can verify with it. */
export {
  canonicalParts,
  type EventType,
  eventTypes,
  hashContent,
  hashEvent,
  type PublishedEvent,
  type RecordedEvent,
  type RecordedState,
} from './event.ts'
export { type ChainLink, type ChainProblem, createChainVerifier, type KnownHead } from './verifier.ts'
