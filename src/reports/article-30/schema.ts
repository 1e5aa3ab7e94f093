import { type Static, Type } from 'typebox'
import { Finding, roles } from '../../activities/index.ts'
import { key } from '../../entries/index.ts'
import { closed, oneOf, ref } from '../../platform/http/schema.ts'

/**
 * The model of the report, the same for every format: elements with their article, each with entries, each entry with
 * details that are elements again. An element without entries says why: none, unknown, not applicable, or not stated.
 */

export type ReportElement = {
  id: string
  label: string
  article?: string
  state: 'stated' | 'none' | 'unknown' | 'notApplicable' | 'notStated'
  reason?: string
  entries: ReportEntry[]
}

export type ReportEntry = { text: string; key?: string; url?: string; details: ReportElement[] }

const elements = (description: string) =>
  Type.Array(Type.Unsafe<ReportElement>({ $ref: 'ReportElement#' }), { description })

export const ReportEntrySchema = closed(
  {
    text: Type.String({ description: 'What is recorded, for a reader.' }),
    key: Type.Optional(key('The entry of the catalogue that it comes from.', 'email-address')),
    url: Type.Optional(Type.String({ description: 'Where it can be read.' })),
    details: elements('What else is recorded of it.'),
  },
  { $id: 'ReportEntry', description: 'One entry of an element.' },
)

export const ReportElementSchema = closed(
  {
    id: Type.String({ description: 'Stable name of the element.', examples: ['purposes'] }),
    label: Type.String({ description: 'Name of the element for a reader.' }),
    article: Type.Optional(
      Type.String({ description: 'The provision that asks for it; absent: none does.', examples: ['Art. 30(1)(b)'] }),
    ),
    state: oneOf(
      ['stated', 'none', 'unknown', 'notApplicable', 'notStated'],
      '`stated`: see the entries; `none`: it is stated that there is none; `unknown`, `notApplicable`: see the reason; ' +
        '`notStated`: nothing is said about it yet.',
    ),
    reason: Type.Optional(Type.String({ description: 'Why it is unknown or not applicable.' })),
    entries: Type.Array(ref(ReportEntrySchema), { description: 'What is recorded.' }),
  },
  { $id: 'ReportElement', description: 'An element of the record.' },
)

export const ReportActivity = closed(
  {
    key: key('The activity.'),
    revision: Type.Integer({ minimum: 1, description: 'Number of its revision in force.' }),
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
export type ReportOrganisation = { key: string; name: string; elements: ReportElement[] }

/** The report as it is read: in pieces, so that a large register does not have to fit into memory. */
export type Article30Source = {
  title: string
  role: 'controller' | 'processor'
  registerVersion: number
  generatedAt: string
  /** The moment whose register and law it shows; absent: when it was made. */
  asOf?: string
  records: {
    organisation: ReportOrganisation
    /** For the table of contents. */
    contents: { key: string; name: string }[]
    activities(): AsyncIterable<ReportActivity>
  }[]
}

export const article30Schemas = [ReportEntrySchema, ReportElementSchema, ReportActivity, ReportRecord, Article30Report]
