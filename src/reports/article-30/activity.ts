import type { ActivityContent, ActivityView, Finding } from '../../activities/index.ts'
import type { Catalogue } from '../../catalogue/index.ts'
import type { Host } from '../elements/element.ts'
import { furtherElements } from '../elements/further.ts'
import type { ReportElement } from '../elements/model.ts'
import { data, dataSubjects, purposes } from '../elements/purposes-and-data.ts'
import { controllers, jointControllers, processors, recipients } from '../elements/recipients.ts'
import { measures, retention } from '../elements/retention-and-measures.ts'
import type { Subject } from '../elements/subject.ts'
import { transfersElement } from '../elements/transfers.ts'
import type { Language } from '../language/language.ts'
import type { ReportActivity } from './schema.ts'

/**
 * An activity as the report shows it: every element of Art. 30(1) or (2) in the order of its letters, and what
 * authorities' templates ask for beyond it. An element that lacks a value is there as well and says so.
 * @param at the day whose law transfers are judged by, `YYYY-MM-DD`
 */
export const describeActivity = (
  activity: ActivityView,
  catalogue: Catalogue,
  findings: Finding[],
  at: string,
  t: Language,
): ReportActivity => {
  const subject: Subject = { activity: activity as ActivityContent, host: activity as Host, catalogue, at, t }
  return {
    key: activity.key,
    revision: activity.meta.revision,
    status: activity.meta.status as ReportActivity['status'],
    createdOn: activity.meta.createdAt.slice(0, 10),
    updatedOn: activity.meta.updatedAt.slice(0, 10),
    name: activity.name,
    ...(activity.description !== undefined && { description: activity.description }),
    role: activity.role,
    elements: [
      ...(activity.role === 'processor' ? processorElements(subject) : controllerElements(subject)),
      ...furtherElements(subject),
    ],
    findings,
  }
}

const controllerElements = (subject: Subject): ReportElement[] => [
  jointControllers(subject),
  purposes(subject),
  dataSubjects(subject),
  data(subject),
  recipients(subject),
  processors(subject, 'Art. 30(1)(d)'),
  transfersElement(subject.activity, subject.catalogue, 'Art. 30(1)(e)', subject.at, subject.t),
  retention(subject),
  measures(subject, 'Art. 30(1)(g)'),
]

const processorElements = (subject: Subject): ReportElement[] => [
  controllers(subject),
  processors(subject, 'Art. 30(2)(a)'),
  transfersElement(subject.activity, subject.catalogue, 'Art. 30(2)(c)', subject.at, subject.t),
  measures(subject, 'Art. 30(2)(d)'),
]
