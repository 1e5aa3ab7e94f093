import { Type } from 'typebox'
import { closed, oneOf, ref, text } from '../../platform/http/schema.ts'

/** The reports that can be sealed: nothing else is asked, whatever stands in their parameters. */
export const reportNames = [
  'article-30',
  'retention-schedule',
  'subprocessors',
  'transfers',
  'findings',
  'transparency-notice',
  'access-disclosure',
] as const

export const SnapshotInput = closed(
  {
    report: oneOf(reportNames, 'The report that is sealed, by the last part of its path.'),
    parameters: Type.Optional(
      Type.Unsafe<Record<string, string | number | boolean>>({
        type: 'object',
        propertyNames: { pattern: '^[a-zA-Z]{1,50}$' },
        additionalProperties: Type.Union([Type.String({ maxLength: 500 }), Type.Number(), Type.Boolean()]),
        maxProperties: 50,
        description: 'The parameters that it is asked with, as in its query; absent: none.',
        examples: [{ role: 'controller', format: 'pdf', language: 'de', asOf: '2026-03-31' }],
      }),
    ),
    reason: text(2000, 'Why, without personal data: it is kept in history. For whom, under which file number.'),
  },
  {
    $id: 'ReportSnapshotInput',
    description: 'A report to seal.',
    examples: [
      {
        report: 'article-30',
        parameters: { format: 'pdf' },
        reason: 'Request 4711 of the supervisory authority',
      },
    ],
  },
)

export const Snapshot = closed(
  {
    id: Type.String({ format: 'uuid', description: 'Its id.' }),
    request: Type.String({ description: 'The request whose answer it is.' }),
    mediaType: Type.String({ description: 'The media type of its content.' }),
    size: Type.Integer({ description: 'The length of its content, in bytes.' }),
    sha256: Type.String({ description: 'SHA-256 of its content, hexadecimal.' }),
    registerVersion: Type.Integer({ description: 'The version of the register that the report was made from.' }),
    position: Type.Integer({ description: 'Position of the event that sealed it.' }),
    sealedAt: Type.String({ format: 'date-time', description: 'When it was sealed (RFC 3339, UTC).' }),
    sealedBy: Type.Union([Type.String(), Type.Null()], {
      description: 'The principal that sealed it; null: the name was erased.',
    }),
    reason: Type.String({ description: 'Why it was sealed.' }),
  },
  { $id: 'ReportSnapshot', description: 'A sealed report.' },
)

export const SnapshotList = closed(
  {
    items: Type.Array(ref(Snapshot), { description: 'The snapshots, the latest first.' }),
    nextCursor: Type.Union([Type.String(), Type.Null()], {
      description: 'Where the list goes on; null: it ends here.',
    }),
  },
  { $id: 'ReportSnapshotList', description: 'A page of sealed reports.' },
)

export const snapshotSchemas = [SnapshotInput, Snapshot, SnapshotList]

export const exampleSnapshot = {
  id: '01970000-0000-7000-8000-000000000000',
  request: '/v1/reports/article-30?format=pdf',
  mediaType: 'application/pdf',
  size: 407_860,
  sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  registerVersion: 128,
  position: 129,
  sealedAt: '2026-11-24T08:00:00.000Z',
  sealedBy: 'ada',
  reason: 'Request 4711 of the supervisory authority',
}
