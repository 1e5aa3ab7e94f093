import { type Static, Type } from 'typebox'
import { Finding, roles } from '../../activities/index.ts'
import type { Catalogue } from '../../catalogue/index.ts'
import { key } from '../../entries/index.ts'
import { closed, oneOf, ref } from '../../platform/http/schema.ts'
import { elements, type ReportElement, ReportElementSchema, ReportEntrySchema } from '../elements/model.ts'
import type { ReportOrganisation } from '../elements/parties.ts'
import { type Language, languageCodes } from '../language/language.ts'

export const ReportActivity = closed(
  {
    key: key('The activity.'),
    revision: Type.Integer({ minimum: 1, description: 'Number of the revision that is shown.' }),
    status: oneOf(
      ['in-force', 'draft', 'in-review'],
      'Whether the revision is in force; the others are only proposed, and shown when `proposals` is asked for.',
    ),
    createdOn: Type.String({ format: 'date', description: 'The day on which it was first recorded.' }),
    updatedOn: Type.String({ format: 'date', description: 'The day on which the record of it last changed.' }),
    name: Type.String({ description: 'Its name.' }),
    description: Type.Optional(Type.String({ description: 'What it is.' })),
    role: oneOf(roles, 'The role in which the organisation acts.'),
    elements: elements('The elements of Art. 30, in the order of its letters, then what goes beyond it.'),
    findings: Type.Array(ref(Finding), { description: 'What the rules find in it.' }),
  },
  { $id: 'ReportActivity', description: 'A processing activity in the report.' },
)

export const ReportRecord = closed(
  {
    organisation: closed(
      {
        key: key('The organisation.', 'example-hosting'),
        name: Type.String({ description: 'Its name.' }),
        elements: elements(
          'Its name, contact details, representative and data protection officer (Art. 30(1)(a), (2)(a)).',
        ),
      },
      { description: 'Whose record it is.' },
    ),
    proposed: Type.Optional(
      Type.Integer({
        description: 'How many activities are proposed, where none is in force; absent: none, or some are in force.',
      }),
    ),
    activities: Type.Array(ref(ReportActivity), { description: 'Its processing activities, ordered by key.' }),
  },
  { $id: 'ReportRecord', description: 'The record of one organisation.' },
)

export const Article30Report = closed(
  {
    title: Type.String({ description: 'Title of the report.' }),
    role: oneOf(
      ['controller', 'processor'],
      'Which record: that of Art. 30(1), with joint controllers, or that of Art. 30(2).',
    ),
    language: oneOf(languageCodes, 'The language of all but what was recorded.'),
    registerVersion: Type.Integer({ description: 'The version of the register that it was made from.' }),
    generatedAt: Type.String({ format: 'date-time', description: 'When it was made (RFC 3339, UTC).' }),
    asOf: Type.Optional(
      Type.String({
        format: 'date-time',
        description: 'The moment whose register and law it shows; absent: when it was made.',
      }),
    ),
    records: Type.Array(ref(ReportRecord), { description: 'One record for each organisation of our own.' }),
  },
  { $id: 'Article30Report', description: 'The record of processing activities (Art. 30).' },
)

export type ReportActivity = Omit<Static<typeof ReportActivity>, 'elements'> & { elements: ReportElement[] }

/** The report as it is read: in pieces, so that a large register does not have to fit into memory. */
export type Article30Source = {
  role: 'controller' | 'processor'
  language: Language
  /** Whether it shows proposals as well. */
  proposals: boolean
  /** The day whose law counts, `YYYY-MM-DD`. */
  at: string
  catalogue: Catalogue
  registerVersion: number
  generatedAt: string
  /** The moment whose register and law it shows; absent: when it was made. */
  asOf?: string
  records: {
    organisation: ReportOrganisation
    /** For the table of contents. */
    contents: { key: string; name: string; status: string }[]
    /** How many activities are proposed, where none is in force. */
    proposed: number
    activities(): AsyncIterable<ReportActivity>
  }[]
}

export const article30Schemas = [ReportEntrySchema, ReportElementSchema, ReportActivity, ReportRecord, Article30Report]
