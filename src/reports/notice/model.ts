import { type Static, Type } from 'typebox'
import { key } from '../../entries/index.ts'
import { closed, oneOf, ref } from '../../platform/http/schema.ts'
import { elements, type ReportElement } from '../elements/model.ts'
import { languageCodes } from '../language/language.ts'

/** What data subjects are told, the same for the transparency notice (Art. 13, 14) and the access disclosure (Art. 15). */

export type NoticeActivity = { key: string; name: string; description?: string; elements: ReportElement[] }

export type NoticeSection = {
  id: 'controller' | 'activities' | 'undetermined' | 'rights' | 'missing' | 'changes'
  heading: string
  paragraphs: string[]
  items: string[]
  elements: ReportElement[]
  activities: NoticeActivity[]
}

const NoticeSectionSchema = closed(
  {
    id: oneOf(
      ['controller', 'activities', 'undetermined', 'rights', 'missing', 'changes'],
      'Which section it is; `undetermined` has the activities of which it is not recorded whom they concern.',
    ),
    heading: Type.String({ description: 'Its heading.' }),
    paragraphs: Type.Array(Type.String({ description: 'A paragraph.' }), { description: 'What it says.' }),
    items: Type.Array(Type.String({ description: 'An item.' }), { description: 'What it lists.' }),
    elements: elements('Facts, with the provision that asks for them.'),
    activities: Type.Array(
      closed(
        {
          key: key('The activity.'),
          name: Type.String({ description: 'Its name.' }),
          description: Type.Optional(Type.String({ description: 'What it is.' })),
          elements: elements('What is recorded of it.'),
        },
        { description: 'An activity.' },
      ),
      { description: 'Activities with what is recorded of them.' },
    ),
  },
  { $id: 'NoticeSection', description: 'A section of the notice.' },
)

const NoticeChange = closed(
  {
    recordedAt: Type.String({ format: 'date-time', description: 'When it was recorded.' }),
    change: oneOf(['added', 'changed', 'removed'], 'What happened.'),
    resource: Type.String({ description: 'The resource of what changed.' }),
    key: key('What changed.'),
    name: Type.String({ description: 'Its name.' }),
    properties: Type.Array(Type.String({ description: 'A property.', examples: ['recipients'] }), {
      description: 'Which of its properties changed.',
    }),
  },
  { description: 'A change of what the notice says.' },
)

export type NoticeChange = Static<typeof NoticeChange>

export const Notice = closed(
  {
    title: Type.String({ description: 'Title of the notice.' }),
    introduction: Type.String({ description: 'What it is.' }),
    language: oneOf(languageCodes, 'The language of all but what was recorded.'),
    dataSubjectCategory: key('Whom it is for.', 'subscribers'),
    organisation: key('Who is the controller.', 'example-hosting'),
    version: Type.Integer({ minimum: 0, description: 'How often what it says has changed; 0: it says nothing yet.' }),
    issuedOn: Type.Optional(Type.String({ format: 'date', description: 'The day of its version.' })),
    registerVersion: Type.Integer({ description: 'The version of the register that it was made from.' }),
    asOf: Type.Optional(Type.String({ format: 'date-time', description: 'The moment that it shows; absent: now.' })),
    sections: Type.Array(ref(NoticeSectionSchema), { description: 'Its sections, in their order.' }),
    changes: Type.Array(NoticeChange, { description: 'What changed, the latest first.' }),
  },
  { $id: 'Notice', description: 'What data subjects are told (Art. 13, 14, 15).' },
)

export type Notice = Omit<Static<typeof Notice>, 'sections'> & { sections: NoticeSection[] }

export const noticeSchemas = [NoticeSectionSchema, Notice]
