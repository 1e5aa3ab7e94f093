import { conditions, legalBases, specialCategoryTitles } from '../../law/index.ts'
import { element, entry, type Host, said, textElement } from './element.ts'
import { word, yesNo } from './format.ts'
import type { ReportElement } from './schema.ts'
import type { Row, Subject } from './subject.ts'

/** Art. 30(1)(b) and (c): why, which data, about whom. */

export const purposes = ({ host, catalogue }: Subject) =>
  element<Row<'purposes'>[]>(
    { id: 'purposes', label: 'Purposes of the processing', article: 'Art. 30(1)(b)' },
    host,
    '/purposes',
    (rows) =>
      rows.map(({ purpose, legalBasis }, i) => {
        const { name = purpose, description } = catalogue.purposes.get(purpose) ?? {}
        const basis = `/purposes/${i}/legalBasis`
        return entry(description ? `${name}: ${description}` : name, {
          key: purpose,
          details: [
            textElement<keyof typeof legalBases>(
              { id: 'legalBasis', label: 'Legal basis' },
              host,
              `${basis}/article`,
              (article) => `Art. ${article}: ${legalBases[article].title}`,
            ),
            ...said([
              textElement(
                { id: 'legalBasisReference', label: 'Resting on' },
                { v: legalBasis?.reference } as Host,
                '/v',
              ),
            ]),
            ...(legalBasis?.article === '6(1)(a)' ? consent(host, `${basis}/consent`) : []),
          ],
        })
      }),
  )

const consent = (host: Host, at: string): ReportElement[] => [
  textElement({ id: 'consentObtained', label: 'Consent is obtained by' }, host, `${at}/obtained`),
  textElement({ id: 'consentEvidence', label: 'Consent is evidenced by' }, host, `${at}/evidence`),
  textElement({ id: 'consentWithdrawal', label: 'Consent is withdrawn by' }, host, `${at}/withdrawal`),
]

export const dataSubjects = ({ activity, host, catalogue }: Subject): ReportElement => {
  const names = { id: 'dataSubjectCategories', label: 'Categories of data subjects', article: 'Art. 30(1)(c)' }
  const keys = [...new Set((activity.data ?? []).flatMap(({ dataSubjectCategories }) => dataSubjectCategories ?? []))]
  if (keys.length === 0)
    return element(names, host, activity.data === undefined ? '/data' : '/data/0/dataSubjectCategories', () => [])
  const entries = keys.map((key) => {
    const { name = key, description, children, vulnerable } = catalogue['data-subject-categories'].get(key) ?? {}
    const marks = [vulnerable && 'vulnerable persons', children && `children ${children}`].filter(Boolean).join(', ')
    return entry([name, description].filter(Boolean).join(': ') + (marks ? ` (${marks})` : ''), { key })
  })
  return { ...names, state: 'stated', entries }
}

export const data = ({ host, catalogue }: Subject) =>
  element<Row<'data'>[]>(
    { id: 'data', label: 'Categories of personal data', article: 'Art. 30(1)(c)' },
    host,
    '/data',
    (rows) =>
      rows.map(({ dataCategory }, i) => {
        const category = catalogue['data-categories'].get(dataCategory)
        const { name = dataCategory, description, specialCategory, criminal } = category ?? {}
        const at = `/data/${i}`
        const facts = (category ?? {}) as Host
        return entry(description ? `${name}: ${description}` : name, {
          key: dataCategory,
          details: [
            ...said([
              textElement<keyof typeof specialCategoryTitles>(
                { id: 'specialCategory', label: 'SPECIAL CATEGORY (Art. 9(1))' },
                facts,
                '/specialCategory',
                (kind) => specialCategoryTitles[kind],
              ),
              ...(criminal
                ? [
                    textElement(
                      { id: 'criminal', label: 'CRIMINAL CONVICTIONS OR OFFENCES (Art. 10)' },
                      facts,
                      '/criminal',
                      yesNo,
                    ),
                  ]
                : []),
            ]),
            ...((found) => (specialCategory || criminal ? found : said(found)))([
              textElement<NonNullable<Row<'data'>['condition']>>(
                { id: 'condition', label: 'Condition (Art. 9(2), 10)' },
                host,
                `${at}/condition`,
                ({ article, reference }) =>
                  [`Art. ${article}: ${conditions[article].title}`, reference].filter(Boolean).join('; '),
              ),
            ]),
            element<string[]>(
              { id: 'dataSubjects', label: 'Data subjects' },
              host,
              `${at}/dataSubjectCategories`,
              (keys) => keys.map((key) => entry(catalogue['data-subject-categories'].get(key)?.name ?? key, { key })),
            ),
            textElement<NonNullable<Row<'data'>['source']>>(
              { id: 'source', label: 'Source' },
              host,
              `${at}/source`,
              ({ kind, description }) => [word(kind), description].filter(Boolean).join('; '),
            ),
            ...said([
              element<string[]>({ id: 'examples', label: 'Such as' }, facts, '/examples', (examples) => [
                entry(examples.join(', ')),
              ]),
              textElement({ id: 'identifiability', label: 'Identifiability' }, facts, '/identifiability'),
              textElement({ id: 'identifiabilityReason', label: 'Why' }, facts, '/identifiabilityReason'),
            ]),
          ],
        })
      }),
  )
