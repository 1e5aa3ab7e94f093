import { Type } from 'typebox'
import { eventTypes } from '../chain/index.ts'
import { key } from '../entries/index.ts'
import { closed, oneOf, ref } from '../platform/http/schema.ts'

const sha256 = (description: string) => Type.String({ pattern: '^[0-9a-f]{64}$', description })
const contentHash = (description: string) => Type.String({ pattern: '^sha256:[0-9a-f]{64}$', description })
const position = (description: string) => Type.Integer({ minimum: 0, description })

const EventState = closed(
  {
    approval: Type.String({ description: 'How what is in force was approved.' }),
    inForce: Type.Optional(Type.Integer({ description: 'Number of the revision in force.' })),
    inForceHash: Type.Optional(contentHash('Hash of what is in force, as it was when it came into force.')),
    owner: Type.Optional(key('The service that owns the entry.', 'shop')),
    proposal: Type.Optional(Type.String({ description: 'Whether the proposal is a draft or in review.' })),
    proposed: Type.Optional(Type.Integer({ description: 'Number of the proposed revision.' })),
    shown: Type.Integer({ description: 'Number of the revision that is shown.' }),
    status: Type.String({ description: 'Where the entry stands in its life.' }),
  },
  { $id: 'EventState', description: 'The state of an entry after an event.' },
)

const EventDetails = closed(
  {
    contentHash: Type.Optional(contentHash('`approved`: what was approved.')),
    findingCode: Type.Optional(Type.String({ description: '`waived`: the code of the finding.' })),
    pointer: Type.Optional(
      Type.String({ description: '`waived`: the pointer of the finding; absent: wherever it is found.' }),
    ),
    until: Type.Optional(Type.String({ format: 'date', description: '`waived`: the last day of the waiver.' })),
    dueOn: Type.Optional(Type.String({ format: 'date', description: '`review-overdue`: when the review was due.' })),
    service: Type.Optional(key('`ownership-transferred`: the new owner.', 'shop')),
    principal: Type.Optional(
      Type.String({ format: 'uuid', description: '`erased`: the principal whose name was erased.' }),
    ),
    digests: Type.Optional(
      Type.Array(sha256('A digest.'), {
        description: '`erased`: the digests of the personal values that were erased.',
      }),
    ),
    mediaType: Type.Optional(Type.String({ description: '`report-sealed`: its media type.' })),
    registerVersion: Type.Optional(
      Type.Integer({ description: '`report-sealed`: the version of the register that it was made from.' }),
    ),
    request: Type.Optional(Type.String({ description: '`report-sealed`: the request that it answers.' })),
    sha256: Type.Optional(sha256('`report-sealed`: SHA-256 of its bytes.')),
    size: Type.Optional(Type.Integer({ description: '`report-sealed`: its length, in bytes.' })),
    snapshot: Type.Optional(Type.String({ format: 'uuid', description: '`report-sealed`: its id.' })),
  },
  { $id: 'EventDetails', description: 'What else belongs to an event of its type.' },
)

export const Event = closed(
  {
    position: position('Its position: positions have no gap, and their order is that of the commits.'),
    type: oneOf(eventTypes, 'What happened.'),
    actor: Type.String({ format: 'uuid', description: 'The principal that did it, by id.' }),
    actorName: Type.Optional(Type.String({ description: 'The name of the principal; absent: it was erased.' })),
    recordedAt: Type.String({ format: 'date-time', description: 'When it was recorded (RFC 3339, UTC).' }),
    reason: Type.Optional(Type.String({ description: 'Why, in the words of whoever did it.' })),
    details: Type.Optional(ref(EventDetails)),
    entry: Type.Optional(
      closed(
        {
          id: Type.String({ format: 'uuid', description: 'Its identifier.' }),
          key: key('Its key.'),
          resource: Type.String({ description: 'Its resource.' }),
        },
        { description: 'The entry that it happened to.' },
      ),
    ),
    revision: Type.Optional(Type.Integer({ description: 'Number of the revision that it wrote, or is about.' })),
    revisionHash: Type.Optional(contentHash('Hash of the content of that revision.')),
    state: Type.Optional(ref(EventState)),
    previous: sha256('Hash of the event before; 64 zeros before the first.'),
    hash: sha256(
      'SHA-256 over the canonical JSON (RFC 8785) of everything else here but `actorName`: with `previous`, the chain that ' +
        'nothing can be taken out of unseen.',
    ),
  },
  { $id: 'Event', description: 'One event of the register: history, audit log and feed are made of these.' },
)

const nextCursor = Type.Union([Type.String(), Type.Null()], {
  description: 'Where the list goes on; null: it ends here.',
})

export const EntryHistory = closed(
  { items: Type.Array(ref(Event), { description: 'The events of the entry, oldest first.' }), nextCursor },
  { $id: 'EntryHistory', description: 'A page of the history of an entry.' },
)

export const Changes = closed(
  {
    items: Type.Array(ref(Event), { description: 'The events after the position that was asked for, in order.' }),
    next: position('What to ask for next as `after`: the position of the last item.'),
  },
  { $id: 'Changes', description: 'A piece of the feed of changes.' },
)

export const HistoryHead = closed(
  {
    position: position('Position of the last event.'),
    hash: sha256('Its hash.'),
    recordedAt: Type.String({ format: 'date-time', description: 'When it was recorded (RFC 3339, UTC).' }),
  },
  {
    $id: 'HistoryHead',
    description:
      'The head of history. Note it where whoever can write the database cannot: it proves what was before it.',
  },
)

export const HistoryVerification = closed(
  {
    valid: Type.Boolean({ description: 'Whether nothing was found.' }),
    head: closed(
      { position: position('Position of the last event.'), hash: sha256('Its hash.') },
      { description: 'Up to where it was verified.' },
    ),
    against: oneOf(
      ['known-head', 'itself'],
      '`known-head`: the head that was given; `itself`: none was given, so an owner of the database could have computed all anew.',
    ),
    erased: Type.Integer({ minimum: 0, description: 'How many personal values were erased, as history records.' }),
    problems: Type.Array(
      closed(
        {
          position: position('Where; 0: at no event.'),
          problem: Type.String({ description: 'What is not as it was recorded.' }),
        },
        { description: 'One alteration.' },
      ),
      { description: 'What was altered, removed, reordered or cut off; the first hundred.' },
    ),
  },
  { $id: 'HistoryVerification', description: 'Whether history is as it was recorded.' },
)

const PatchOperation = closed(
  {
    op: oneOf(['add', 'remove', 'replace', 'move', 'copy', 'test'], 'The operation.'),
    path: Type.String({ description: 'JSON Pointer (RFC 6901) to where it is done.' }),
    from: Type.Optional(Type.String({ description: 'JSON Pointer to where the value comes from.' })),
    value: Type.Optional(Type.Unknown({ description: 'The value.' })),
  },
  { $id: 'PatchOperation', description: 'An operation of JSON Patch (RFC 6902).' },
)

export const Diff = closed(
  {
    from: Type.Integer({ minimum: 0, description: 'Number of the earlier revision; 0: none was there.' }),
    to: Type.Integer({ minimum: 1, description: 'Number of the later revision.' }),
    patch: Type.Array(ref(PatchOperation), {
      description: 'JSON Patch (RFC 6902) that makes the later content of the earlier one.',
    }),
    changes: Type.Array(
      closed(
        {
          kind: oneOf(['added', 'removed', 'changed'], 'What happened to the property or the element.'),
          pointer: Type.String({
            description: 'JSON Pointer (RFC 6901) into the later content; of what was removed, into the earlier one.',
          }),
          place: Type.String({ description: 'Where it is, in words: elements by what they refer to.' }),
          text: Type.String({ description: 'The change as a sentence.' }),
        },
        { description: 'One change, for people.' },
      ),
      {
        description:
          'The same for people: elements of lists are matched by what they refer to, so reordering is no change.',
      },
    ),
  },
  { $id: 'Diff', description: 'What differs between two revisions of an entry.' },
)

export const historySchemas = [
  EventState,
  EventDetails,
  PatchOperation,
  Event,
  EntryHistory,
  Changes,
  HistoryHead,
  HistoryVerification,
  Diff,
]

export const exampleEvent = {
  position: 1,
  type: 'created',
  actor: '01970000-0000-7000-8000-000000000000',
  actorName: 'ci',
  recordedAt: '2026-11-24T08:00:00.000Z',
  entry: { id: '01970000-0000-7000-8000-000000000001', key: 'newsletter', resource: 'purposes' },
  revision: 1,
  revisionHash: `sha256:${'0'.repeat(64)}`,
  state: { approval: 'none', inForce: 1, inForceHash: `sha256:${'0'.repeat(64)}`, shown: 1, status: 'in-force' },
  previous: '0'.repeat(64),
  hash: '0'.repeat(64),
}
