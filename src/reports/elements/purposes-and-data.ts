import type { Language } from '../language/language.ts'
import { element, entry, type Host, literalElement, namedEntry, said, textElement } from './element.ts'
import type { ReportElement } from './model.ts'
import type { Row, Subject } from './subject.ts'

/** Art. 30(1)(b) and (c): why, which data, about whom. */

export const purposes = ({ host, catalogue, t }: Subject) =>
  element<Row<'purposes'>[]>(t.named('purposes', 'Art. 30(1)(b)'), host, '/purposes', (rows) =>
    rows.map(({ purpose, legalBasis }, i) => {
      const { name = purpose, description } = catalogue.purposes.get(purpose) ?? {}
      const basis = `/purposes/${i}/legalBasis`
      return namedEntry(name, description, {
        key: purpose,
        details: [
          textElement<keyof Language['legalBases']>(
            t.named('legalBasis'),
            host,
            `${basis}/article`,
            (article) => `${t.cite(article)}: ${t.legalBases[article]}`,
          ),
          ...said([textElement(t.named('legalBasisReference'), { v: legalBasis?.reference } as Host, '/v')]),
          ...(legalBasis?.article === '6(1)(a)' ? consent(host, `${basis}/consent`, t) : []),
        ],
      })
    }),
  )

const consent = (host: Host, at: string, t: Language): ReportElement[] => [
  textElement(t.named('consentObtained'), host, `${at}/obtained`),
  textElement(t.named('consentEvidence'), host, `${at}/evidence`),
  textElement(t.named('consentWithdrawal'), host, `${at}/withdrawal`),
]

export const dataSubjects = ({ activity, host, catalogue, t }: Subject): ReportElement => {
  const names = t.named('dataSubjectCategories', 'Art. 30(1)(c)')
  const keys = [...new Set((activity.data ?? []).flatMap(({ dataSubjectCategories }) => dataSubjectCategories ?? []))]
  if (keys.length === 0)
    return element(names, host, activity.data === undefined ? '/data' : '/data/0/dataSubjectCategories', () => [])
  const entries = keys.map((key) => {
    const { name = key, description, children, vulnerable } = catalogue['data-subject-categories'].get(key) ?? {}
    const marks = [
      vulnerable && t.phrases.vulnerable,
      children && t.phrases[children === 'included' ? 'childrenIncluded' : 'childrenExcluded'],
    ]
      .filter(Boolean)
      .join(', ')
    const text = [name, description].filter(Boolean).join(': ') + (marks ? ` (${marks})` : '')
    return entry(text, { ...(text !== name && { name }), key })
  })
  return { ...names, state: 'stated', entries }
}

export const data = ({ host, catalogue, t }: Subject) =>
  element<Row<'data'>[]>(t.named('data', 'Art. 30(1)(c)'), host, '/data', (rows) =>
    rows.map(({ dataCategory }, i) => {
      const category = catalogue['data-categories'].get(dataCategory)
      const { name = dataCategory, description, specialCategory, criminal } = category ?? {}
      const at = `/data/${i}`
      const facts = (category ?? {}) as Host
      return namedEntry(name, description, {
        key: dataCategory,
        details: [
          ...said([
            textElement<keyof Language['specialCategories']>(
              t.named('specialCategory'),
              facts,
              '/specialCategory',
              (kind) => t.specialCategories[kind],
            ),
            ...(criminal ? [textElement(t.named('criminal'), facts, '/criminal', () => t.phrases.yes)] : []),
          ]),
          ...((found) => (specialCategory || criminal ? found : said(found)))([
            textElement<NonNullable<Row<'data'>['condition']>>(
              t.named('condition'),
              host,
              `${at}/condition`,
              ({ article, reference }) =>
                [`${t.cite(article)}: ${t.conditions[article]}`, reference].filter(Boolean).join('; '),
            ),
          ]),
          element<string[]>(t.named('dataSubjects'), host, `${at}/dataSubjectCategories`, (keys) =>
            keys.map((key) => entry(catalogue['data-subject-categories'].get(key)?.name ?? key, { key })),
          ),
          textElement<NonNullable<Row<'data'>['source']>>(
            t.named('source'),
            host,
            `${at}/source`,
            ({ kind, description }) => [t.word(kind), description].filter(Boolean).join('; '),
          ),
          ...said([
            literalElement(t, t.named('provision'), host, `${at}/provision/requirement`),
            textElement(t.named('provisionConsequences'), host, `${at}/provision/consequences`),
            element<string[]>(t.named('examples'), facts, '/examples', (examples) => [entry(examples.join(', '))]),
            literalElement(t, t.named('identifiability'), facts, '/identifiability'),
            textElement(t.named('identifiabilityReason'), facts, '/identifiabilityReason'),
          ]),
        ],
      })
    }),
  )
