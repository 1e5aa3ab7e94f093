import type { ActivityContent } from '../../activities/index.ts'
import type { Language } from '../language/language.ts'
import { dateElement, element, entry, type Host, said, textElement } from './element.ts'
import type { ReportElement } from './model.ts'
import { contactText } from './parties.ts'
import type { Row, Subject } from './subject.ts'

/** Beyond Art. 30: what the templates of the authorities add. */
export const furtherElements = ({ host, catalogue, t }: Subject): ReportElement[] => [
  textElement<NonNullable<ActivityContent['owner']>>(t.named('owner'), host, '/owner', ({ unit, contact }) =>
    [unit, contact && contactText(contact)].filter(Boolean).join(', '),
  ),
  element<string[]>(t.named('services'), host, '/services', (keys) =>
    keys.map((key) => entry(catalogue.services.get(key)?.name ?? key, { key })),
  ),
  automatedDecisions(host, t),
  ...(['dpia', 'lia', 'tia'] as const).map((kind) => assessment(kind, host, t)),
  dateElement(t, t.named('lastReviewedOn'), host, '/review/lastReviewedOn'),
  dateElement(t, t.named('nextReviewOn'), host, '/review/nextReviewOn'),
  dateElement(t, t.named('performedFrom'), host, '/performedFrom'),
  dateElement(t, t.named('performedUntil'), host, '/performedUntil'),
  element<Row<'references'>[]>(t.named('references'), host, '/references', (rows) =>
    rows.map(({ title, section, number, url }) =>
      entry([title, section, number].filter(Boolean).join(', '), { ...(url && { url }) }),
    ),
  ),
  element<string[]>(t.named('tags'), host, '/tags', (tags) => [entry(tags.join(', '))]),
]

/** Automated individual decisions (Art. 22), with what Art. 13(2)(f) asks to be told about them. */
export const automatedDecisions = (host: Host, t: Language): ReportElement =>
  element<NonNullable<ActivityContent['automatedDecisions']>>(
    t.named('automatedDecisions'),
    host,
    '/automatedDecisions',
    ({ exists }) => [
      entry(exists ? t.phrases.yes : t.phrases.no, {
        details: said([
          textElement<keyof Language['automatedDecisionGrounds']>(
            t.named('ground'),
            host,
            '/automatedDecisions/article',
            (article) => `${t.cite(article)}: ${t.automatedDecisionGrounds[article]}`,
          ),
          textElement(t.named('logic'), host, '/automatedDecisions/logic'),
          textElement(t.named('consequences'), host, '/automatedDecisions/consequences'),
          textElement(t.named('humanIntervention'), host, '/automatedDecisions/safeguards'),
        ]),
      }),
    ],
  )

const assessment = (kind: 'dpia' | 'lia' | 'tia', host: Host, t: Language) => {
  const at = `/assessments/${kind}`
  return element<{ status: string; url?: string }>(t.named(kind), host, at, ({ status, url }) => [
    entry(t.word(status), {
      ...(url && { url }),
      details: said([
        textElement(t.named('reason'), host, `${at}/reason`),
        textElement(t.named('reference'), host, `${at}/reference`),
        dateElement(t, t.named('completedOn'), host, `${at}/completedOn`),
      ]),
    }),
  ])
}
