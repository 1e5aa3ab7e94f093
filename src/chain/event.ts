import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'

/**
 * What happens in the register, and the form in which it is hashed. Each event has the hash of the one before it, so
 * that nothing can be altered, removed, reordered or put between without changing every later hash.
 */

export const eventTypes = [
  'created',
  'updated',
  'revived',
  'retired',
  'imported',
  'proposed',
  'submitted',
  'approved',
  'rejected',
  'withdrawn',
  'waived',
  'reviewed',
  'review-overdue',
  'ownership-transferred',
  'erased',
  'report-sealed',
] as const
export type EventType = (typeof eventTypes)[number]

/** The state of an entry after an event; revisions by their numbers. */
export type RecordedState = {
  approval: string
  /** The revision in force. */
  inForce?: number
  inForceHash?: string
  /** Key of the service that owns the entry. */
  owner?: string
  proposal?: string
  proposed?: number
  shown: number
  status: string
}

/** An event as it is hashed. An actor is the id of a principal, whose name can be erased. */
export type RecordedEvent = {
  actor: string
  details?: Record<string, unknown>
  entry?: { id: string; key: string; resource: string }
  position: number
  /** Hash of the event before; 64 zeros before the first one. */
  previous: string
  reason?: string
  /** RFC 3339, UTC, milliseconds; never before that of the event before. */
  recordedAt: string
  /** The revision that the event wrote or is about, and the hash of its content. */
  revision?: number
  revisionHash?: string
  state?: RecordedState
  type: EventType
}

/** An event as it is published: what is hashed, its hash, and the name of its actor unless that was erased. */
export type PublishedEvent = RecordedEvent & { actorName?: string; hash: string }

/** The part of a published event that is hashed. */
export const recordedPart = ({ actorName: _, hash: __, ...event }: PublishedEvent): RecordedEvent => event

/** What stands before the first event. */
export const genesis = '0'.repeat(64)

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

/** SHA-256 over the canonical JSON (RFC 8785) of an event. */
export const hashEvent = (event: RecordedEvent): string => sha256(canonicalize(event)!)

/** SHA-256 over the canonical JSON (RFC 8785) of a content: equal contents have equal hashes, however they are written. */
export const hashContent = (content: object): string => `sha256:${sha256(canonicalize(content)!)}`

const members = (part: object): string => canonicalize(part)!.slice(1, -1)
const closed = (text: string) => (text === '' ? '' : `${text},`)

/**
 * The canonical form of an event around what only the database knows when it records the event:
 * `{` first `"position":`… `,"previous":"`…`",` second `"recordedAt":"`…`",` third `}`.
 */
export const canonicalParts = ({
  actor,
  details,
  entry,
  reason,
  ...rest
}: Omit<RecordedEvent, 'position' | 'previous' | 'recordedAt'>): [first: string, second: string, third: string] => [
  closed(members({ actor, ...(details && { details }), ...(entry && { entry }) })),
  closed(members(reason === undefined ? {} : { reason })),
  members(rest),
]
