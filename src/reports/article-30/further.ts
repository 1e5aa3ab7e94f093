import type { ActivityContent } from '../../activities/index.ts'
import { element, entry, type Host, said, textElement } from './element.ts'
import { word, yesNo } from './format.ts'
import { contactText } from './parties.ts'
import type { ReportElement } from './schema.ts'
import type { Row, Subject } from './subject.ts'

/** Beyond Art. 30: what the templates of the authorities add. */
export const furtherElements = ({ host, catalogue }: Subject): ReportElement[] => [
  textElement<NonNullable<ActivityContent['owner']>>(
    { id: 'owner', label: 'Answerable in the organisation' },
    host,
    '/owner',
    ({ unit, contact }) => [unit, contact && contactText(contact)].filter(Boolean).join(', '),
  ),
  element<string[]>({ id: 'services', label: 'Systems' }, host, '/services', (keys) =>
    keys.map((key) => entry(catalogue.services.get(key)?.name ?? key, { key })),
  ),
  element<NonNullable<ActivityContent['automatedDecisions']>>(
    { id: 'automatedDecisions', label: 'Automated individual decisions (Art. 22)' },
    host,
    '/automatedDecisions',
    ({ exists }) => [
      entry(yesNo(exists), {
        details: said([
          textElement(
            { id: 'ground', label: 'Allowed by' },
            host,
            '/automatedDecisions/article',
            (article) => `Art. ${article}`,
          ),
          textElement({ id: 'logic', label: 'Logic involved' }, host, '/automatedDecisions/logic'),
          textElement(
            { id: 'consequences', label: 'Significance and consequences' },
            host,
            '/automatedDecisions/consequences',
          ),
          textElement({ id: 'safeguards', label: 'Human intervention' }, host, '/automatedDecisions/safeguards'),
        ]),
      }),
    ],
  ),
  ...(['dpia', 'lia', 'tia'] as const).map((kind) => assessment(kind, host)),
  textElement({ id: 'lastReviewedOn', label: 'Last reviewed on' }, host, '/review/lastReviewedOn'),
  textElement({ id: 'nextReviewOn', label: 'Next review on' }, host, '/review/nextReviewOn'),
  textElement({ id: 'performedFrom', label: 'Carried out since' }, host, '/performedFrom'),
  textElement({ id: 'performedUntil', label: 'Carried out until' }, host, '/performedUntil'),
  element<Row<'references'>[]>(
    { id: 'references', label: 'Sources and reference numbers' },
    host,
    '/references',
    (rows) =>
      rows.map(({ title, section, number, url }) =>
        entry([title, section, number].filter(Boolean).join(', '), { ...(url && { url }) }),
      ),
  ),
  element<string[]>({ id: 'tags', label: 'Tags' }, host, '/tags', (tags) => [entry(tags.join(', '))]),
]

const assessmentLabels = {
  dpia: 'Data protection impact assessment (Art. 35)',
  lia: 'Legitimate interests assessment (Art. 6(1)(f))',
  tia: 'Transfer impact assessment',
}

const assessment = (kind: keyof typeof assessmentLabels, host: Host) => {
  const at = `/assessments/${kind}`
  return element<{ status: string; url?: string }>(
    { id: kind, label: assessmentLabels[kind] },
    host,
    at,
    ({ status, url }) => [
      entry(word(status), {
        ...(url && { url }),
        details: said([
          textElement({ id: 'reason', label: 'Because' }, host, `${at}/reason`),
          textElement({ id: 'reference', label: 'Filed as' }, host, `${at}/reference`),
          textElement({ id: 'completedOn', label: 'Completed on' }, host, `${at}/completedOn`),
        ]),
      }),
    ],
  )
}
