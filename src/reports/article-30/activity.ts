import type { ActivityContent, ActivityView, Finding } from '../../activities/index.ts'
import type { Catalogue } from '../../catalogue/index.ts'
import type { Host } from './element.ts'
import { furtherElements } from './further.ts'
import { data, dataSubjects, purposes } from './purposes-and-data.ts'
import { controllers, jointControllers, processors, recipients } from './recipients.ts'
import { measures, retention } from './retention-and-measures.ts'
import type { ReportActivity, ReportElement } from './schema.ts'
import type { Subject } from './subject.ts'
import { transfersElement } from './transfers.ts'

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
): ReportActivity => {
  const subject: Subject = { activity: activity as ActivityContent, host: activity as Host, catalogue, at }
  return {
    key: activity.key,
    revision: activity.meta.revision,
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
  transfersElement(subject.activity, subject.catalogue, 'Art. 30(1)(e)', subject.at),
  retention(subject),
  measures(subject, 'Art. 30(1)(g)'),
]

const processorElements = (subject: Subject): ReportElement[] => [
  controllers(subject),
  processors(subject, 'Art. 30(2)(a)'),
  transfersElement(subject.activity, subject.catalogue, 'Art. 30(2)(c)', subject.at),
  measures(subject, 'Art. 30(2)(d)'),
]
