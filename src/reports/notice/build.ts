import { type ActivityContent, type ActivityView, viewOf } from '../../activities/index.ts'
import type { CatalogueEntry } from '../../catalogue/index.ts'
import { HttpProblem } from '../../platform/http/problems.ts'
import { invalidRequest } from '../../platform/http/validation.ts'
import { element, entry, type Host, textElement, titleOf } from '../elements/element.ts'
import { automatedDecisions } from '../elements/further.ts'
import type { ReportElement } from '../elements/model.ts'
import { contactText, describeOrganisation } from '../elements/parties.ts'
import { data, purposes } from '../elements/purposes-and-data.ts'
import { jointControllers, processors, recipients } from '../elements/recipients.ts'
import { measures, retention } from '../elements/retention-and-measures.ts'
import type { Row, Subject } from '../elements/subject.ts'
import { transfersElement } from '../elements/transfers.ts'
import type { Language } from '../language/language.ts'
import { activityBatches, inForce, type Reading } from '../reading.ts'
import { readChanges } from './change-log.ts'
import type { Notice, NoticeActivity, NoticeSection } from './model.ts'

export type NoticeKind = 'notice' | 'disclosure'

/** The provision that asks for each fact: Art. 13 and 14 for the notice, Art. 15 for the disclosure. */
const provisions = {
  notice: {
    controller: 'Art. 13(1)(a), (b)',
    purposes: 'Art. 13(1)(c)',
    data: 'Art. 14(1)(d)',
    recipients: 'Art. 13(1)(e)',
    transfers: 'Art. 13(1)(f)',
    retention: 'Art. 13(2)(a)',
    automatedDecisions: 'Art. 13(2)(f)',
  },
  disclosure: {
    controller: 'Art. 15(1)',
    purposes: 'Art. 15(1)(a)',
    data: 'Art. 15(1)(b)',
    recipients: 'Art. 15(1)(c)',
    transfers: 'Art. 15(2)',
    retention: 'Art. 15(1)(d)',
    automatedDecisions: 'Art. 15(1)(h)',
  },
} as const

/**
 * What data subjects of a category are told, from what is in force. Nothing is glossed over: what is not recorded, or
 * recorded as unknown, stands where the fact would stand and once more in a section of its own.
 * @throws HttpProblem 404 when there is no such category or organisation, or no activity in force names it; 400 when those of
 *   several controllers do and none is asked for
 */
export const buildNotice = async (
  reading: Reading,
  kind: NoticeKind,
  asked: { dataSubjectCategory: string; organisation?: string },
  t: Language,
): Promise<Notice> => {
  const { catalogue, registerVersion, moment } = reading
  const persons = catalogue['data-subject-categories'].get(asked.dataSubjectCategory)
  if (!persons)
    throw new HttpProblem('not-found', `There is no category of data subjects \`${asked.dataSubjectCategory}\`.`)
  const found = await readActivities(reading, asked.dataSubjectCategory)
  const controller = chooseController(reading, persons.name, asked, found)
  const own = found.filter(({ organisation }) => organisation === controller.key)
  const describe = (activity: ActivityView) => describeActivity(activity, asked.dataSubjectCategory, reading, kind, t)
  const activities = own.filter((activity) => concerns(activity, asked.dataSubjectCategory)).map(describe)
  const undetermined = own.filter((activity) => isUndetermined(activity)).map(describe)
  const changes = await readChanges(
    reading,
    asked.dataSubjectCategory,
    controller.key,
    own.map(({ key }) => key),
  )
  const contact = contactOf(controller)
  const sections: NoticeSection[] = [
    controllerSection(controller, reading, kind, t),
    section('activities', t.notice.activities, {
      paragraphs: [
        ...(persons.children === 'excluded' ? [t.notice.children] : []),
        ...(persons.children === 'included' ? [t.notice.childrenIncluded] : []),
        ...(activities.length === 0 ? [t.notice.nothing] : []),
      ],
      activities,
    }),
    ...(undetermined.length === 0
      ? []
      : [
          section('undetermined', t.notice.undetermined, {
            paragraphs: [t.notice.undeterminedIntro],
            activities: undetermined,
          }),
        ]),
    section('rights', t.notice.rights, {
      items: Object.values(t.notice.right),
      paragraphs: contact ? [t.notice.exercise(contact), t.notice.copyOfSafeguards(contact)] : [],
    }),
  ]
  return {
    title: (kind === 'notice' ? t.notice.noticeTitle : t.notice.disclosureTitle)(persons.name),
    introduction: kind === 'notice' ? t.notice.noticeIntro : t.notice.disclosureIntro,
    language: t.code,
    dataSubjectCategory: asked.dataSubjectCategory,
    organisation: controller.key,
    version: new Set(changes.map(({ recordedAt }) => recordedAt)).size,
    ...(changes[0] && { issuedOn: changes[0].recordedAt.slice(0, 10) }),
    registerVersion,
    ...(moment && { asOf: moment.asOf }),
    sections: [...sections, missingSection(sections, t), changesSection(changes, t)],
    changes,
  }
}

const section = (
  id: NoticeSection['id'],
  heading: string,
  rest: Partial<Omit<NoticeSection, 'id' | 'heading'>>,
): NoticeSection => ({ id, heading, paragraphs: [], items: [], elements: [], activities: [], ...rest })

/** Activities in force as controller that concern the category, or of which it is not recorded whom they concern. */
const readActivities = async (reading: Reading, persons: string): Promise<ActivityView[]> => {
  const activities: ActivityView[] = []
  for await (const rows of activityBatches(reading, inForce()))
    for (const activity of rows.map(viewOf))
      if (activity.role !== 'processor' && (concerns(activity, persons) || isUndetermined(activity)))
        activities.push(activity)
  return activities
}

const about = ({ dataSubjectCategories }: Row<'data'>, persons: string) => dataSubjectCategories?.includes(persons)

const concerns = ({ data: rows = [] }: ActivityContent, persons: string) => rows.some((row) => about(row, persons))

/** Stated to process no personal data is not undetermined. */
const isUndetermined = ({ data: rows }: ActivityContent) =>
  rows === undefined ||
  (rows.length > 0 && rows.every(({ dataSubjectCategories }) => dataSubjectCategories === undefined))

type Organisation = CatalogueEntry<'organisations'>

/**
 * The controller whose activities name the category. Nobody is guessed: who is responsible is a matter of law (Art. 4(7)).
 * @param persons name of the category
 * @throws HttpProblem 404 when no activity in force names the category, 400 when those of several controllers do
 */
const chooseController = (
  { catalogue }: Reading,
  persons: string,
  asked: { dataSubjectCategory: string; organisation?: string },
  found: readonly ActivityView[],
): Organisation => {
  if (asked.organisation !== undefined && !catalogue.organisations.has(asked.organisation))
    throw new HttpProblem('not-found', `There is no organisation \`${asked.organisation}\`.`)
  const naming = found.filter((activity) => concerns(activity, asked.dataSubjectCategory))
  const controllers = [...new Set(naming.map(({ organisation }) => organisation))].sort()
  const [controller, other] =
    asked.organisation === undefined ? controllers : controllers.filter((key) => key === asked.organisation)
  if (controller === undefined) {
    const whose = asked.organisation === undefined ? '' : ` of \`${asked.organisation}\``
    throw new HttpProblem(
      'not-found',
      `No processing activity${whose} in force names the category “${persons}”, so there is nothing to tell. Name it in \`data[].dataSubjectCategories\` of the activities that concern it.`,
    )
  }
  if (other !== undefined)
    throw invalidRequest([
      {
        pointer: '/query/organisation',
        message: `is required, as activities of several controllers name the category: ${controllers.map((key) => `\`${key}\``).join(', ')}`,
      },
    ])
  return catalogue.organisations.get(controller)!
}

/** Whom data subjects write to: the data protection officer first (Art. 38(4)). */
const contactOf = ({ name, contact, dataProtectionOfficer }: Organisation): string | undefined => {
  const officer = dataProtectionOfficer?.contact ?? contact
  return officer && [name, contactText(officer)].join(', ')
}

const controllerSection = (
  controller: Organisation,
  reading: Reading,
  kind: NoticeKind,
  t: Language,
): NoticeSection => {
  const { elements } = describeOrganisation(controller, reading.catalogue, 'controller', { at: reading.at, t })
  return section('controller', t.notice.controller, {
    elements: elements.map((fact) => ({ ...fact, ...(fact.article && { article: provisions[kind].controller }) })),
  })
}

const describeActivity = (
  activity: ActivityView,
  persons: string,
  { catalogue, at }: Reading,
  kind: NoticeKind,
  t: Language,
): NoticeActivity => {
  const subject: Subject = { activity, host: activity as Host, catalogue, at, t }
  const by = provisions[kind]
  const cited = (fact: ReportElement, article: string): ReportElement => ({ ...fact, article })
  // The rows about other persons are theirs to be told of.
  const ofThem = (fact: ReportElement): ReportElement => ({
    ...fact,
    entries: fact.entries.filter((_, i) => !concerns(activity, persons) || about(activity.data![i]!, persons)),
  })
  return {
    key: activity.key,
    name: activity.name,
    ...(activity.description !== undefined && { description: activity.description }),
    elements: [
      ...(activity.role === 'joint-controller' ? [cited(jointControllers(subject), 'Art. 26(2)')] : []),
      cited(purposes(subject), by.purposes),
      withoutProvision(cited(ofThem(data(subject)), by.data)),
      cited(recipients(subject), by.recipients),
      withoutContracts(processors(subject, by.recipients)),
      transfersElement(activity, catalogue, by.transfers, at, t),
      cited(ofThem(retention(subject)), by.retention),
      ...(kind === 'notice' ? [ofThem(provision(subject))] : []),
      cited(automatedDecisions(subject.host, t), by.automatedDecisions),
      withoutArticle(measures(subject, '')),
      references(subject),
    ],
  }
}

/** Whether each category has to be provided, and what follows if it is not: Art. 13(2)(e). */
const provision = ({ host, catalogue, t }: Subject): ReportElement =>
  element<Row<'data'>[]>(t.named('provision', 'Art. 13(2)(e)'), host, '/data', (rows) =>
    rows.map(({ dataCategory }, i) =>
      entry(catalogue['data-categories'].get(dataCategory)?.name ?? dataCategory, {
        key: dataCategory,
        details: [
          textElement(t.named('requirement'), host, `/data/${i}/provision/requirement`, t.word),
          textElement(t.named('provisionConsequences'), host, `/data/${i}/provision/consequences`),
        ],
      }),
    ),
  )

/** It has an element of its own here. */
const withoutProvision = (fact: ReportElement): ReportElement => ({
  ...fact,
  entries: fact.entries.map((category) => ({
    ...category,
    details: category.details.filter(({ id }) => id !== 'provision' && id !== 'provisionConsequences'),
  })),
})

const withoutArticle = ({ article: _, ...fact }: ReportElement): ReportElement => fact

const references = ({ host, t }: Subject): ReportElement =>
  element<Row<'references'>[]>(t.named('references'), host, '/references', (rows) =>
    rows.map(({ title, section: part, url }) =>
      entry([title, part].filter(Boolean).join(', '), { ...(url && { url }) }),
    ),
  )

/** Contracts and persons at processors are between the companies. */
const withoutContracts = (fact: ReportElement): ReportElement => ({
  ...fact,
  entries: fact.entries.map((company) => ({
    ...company,
    details: company.details.filter(({ id }) => id !== 'contract' && id !== 'contact'),
  })),
})

const missingSection = (sections: NoticeSection[], t: Language): NoticeSection => {
  const missing = sections.flatMap(({ elements, activities }) => [
    ...elements.filter(isMissing).map((fact) => missingText(fact, t)),
    ...activities.flatMap((activity) =>
      [...missingIn(activity.elements)].map((fact) => `${activity.name}: ${missingText(fact, t)}`),
    ),
  ])
  return section('missing', t.notice.missing, {
    paragraphs: [missing.length === 0 ? t.notice.missingNone : t.notice.missingIntro],
    items: missing,
  })
}

const isMissing = ({ state, article }: ReportElement) =>
  article !== undefined && (state === 'unknown' || state === 'notStated')

/** Facts that a provision asks for, and what is missing of their details. */
function* missingIn(elements: ReportElement[]): Generator<ReportElement> {
  for (const fact of elements) {
    if (fact.article === undefined) continue
    if (isMissing(fact)) yield fact
    for (const entry of fact.entries)
      for (const detail of entry.details)
        if (detail.state === 'unknown' || detail.state === 'notStated')
          yield { ...detail, label: `${fact.label}, ${titleOf(entry)}: ${detail.label}`, article: fact.article }
  }
}

const missingText = ({ label, article, state, reason }: ReportElement, t: Language) =>
  `${label} (${t.cite(article!)}): ${t.states[state as 'unknown']}${reason ? `: ${reason}` : ''}`

const changesSection = (changes: Notice['changes'], t: Language): NoticeSection =>
  section('changes', t.notice.changeLog, {
    paragraphs: [t.notice.changeLogIntro],
    items: changes.map(({ recordedAt, name, change, properties }) => {
      const labels = properties.map(
        (property) => t.labels[property as keyof typeof t.labels] ?? t.columns[property as 'name'] ?? property,
      )
      return `${t.date(recordedAt.slice(0, 10))}: ${name} – ${t.tables[change]}${labels.length > 0 ? ` (${labels.join(', ')})` : ''}`
    }),
  })
