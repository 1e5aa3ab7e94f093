import { Type } from 'typebox'
import { key } from '../../entries/index.ts'
import { closed, oneOf, ref } from '../../platform/http/schema.ts'

/**
 * The model of reports, the same for every format: elements with their article, each with entries, each entry with
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

export type ReportEntry = {
  text: string
  name?: string
  key?: string
  literal?: string
  url?: string
  date?: string
  details: ReportElement[]
}

export const elements = (description: string) =>
  Type.Array(Type.Unsafe<ReportElement>({ $ref: 'ReportElement#' }), { description })

export const ReportEntrySchema = closed(
  {
    text: Type.String({ description: 'What is recorded, for a reader.' }),
    name: Type.Optional(
      Type.String({ description: 'What it is called, where the text says more of it.', examples: ['Newsletter'] }),
    ),
    key: Type.Optional(key('The entry of the catalogue that it comes from.', 'email-address')),
    literal: Type.Optional(
      Type.String({ description: 'What is recorded, where the text is its translation.', examples: ['internal'] }),
    ),
    url: Type.Optional(Type.String({ description: 'Where it can be read.' })),
    date: Type.Optional(Type.String({ format: 'date', description: 'The day, where the text is one.' })),
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
