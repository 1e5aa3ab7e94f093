import type { Language } from '../language/language.ts'
import { dateElement, element, entry, type Host, literalElement, namedEntry, said, textElement } from './element.ts'
import type { ReportElement } from './model.ts'
import { contactText, controllerEntry, organisationEntry, organisationName } from './parties.ts'
import type { Row, Subject } from './subject.ts'

/** Who is involved beside the organisation: joint controllers, recipients, processors, and the controllers of a processor. */

export const jointControllers = ({ activity, host, catalogue, t }: Subject): ReportElement => {
  const names = t.named('jointControllers', 'Art. 30(1)(a)')
  // A sole controller has none, whether or not somebody wrote that down.
  if (activity.role === 'controller' && activity.jointControllers === undefined)
    return { ...names, state: 'none', entries: [] }
  return element<Row<'jointControllers'>[]>(names, host, '/jointControllers', (rows) =>
    rows.map(({ organisation }, i) =>
      organisationEntry(organisation, catalogue, t, [
        textElement(t.named('arrangement'), host, `/jointControllers/${i}/arrangement`),
      ]),
    ),
  )
}

export const recipients = ({ host, catalogue, t }: Subject) =>
  element<Row<'recipients'>[]>(t.named('recipients', 'Art. 30(1)(d)'), host, '/recipients', (rows) =>
    rows.map(({ recipient, description }) => {
      const category = catalogue.recipients.get(recipient)
      return namedEntry(category?.name ?? recipient, description ?? category?.description, {
        key: recipient,
        details: said([
          // By name, where there is one: Art. 15(1)(c) as the CJEU reads it (C-154/21).
          textElement<string>(t.named('organisation'), (category ?? {}) as Host, '/organisation', (key) =>
            organisationName(key, catalogue),
          ),

          literalElement(t, t.named('kind'), (category ?? {}) as Host, '/kind'),
          literalElement(t, t.named('processingRole'), (category ?? {}) as Host, '/processingRole'),
          element<string[]>(t.named('countries'), (category ?? {}) as Host, '/countries', (codes) =>
            codes.map((code) => entry(t.country(code))),
          ),
        ]),
      })
    }),
  )

type ContractFacts = { reference?: string; signedOn?: string; url?: string }

export const contractText = ({ reference, signedOn }: ContractFacts, t: Language) =>
  [reference, signedOn && t.phrases.signedOn(t.date(signedOn))].filter(Boolean).join(', ') || t.phrases.seeLink

/** Processors are recipients too (Art. 4(9)); in a processor's record they are the further processors. */
export const processors = ({ host, catalogue, t }: Subject, article: string) =>
  element<Row<'subprocessors'>[]>(t.named('subprocessors', article), host, '/subprocessors', (rows) =>
    rows.map(({ subprocessor, engagedBy, contract, dataCategories }, i) => {
      const company = catalogue.subprocessors.get(subprocessor)
      const facts = (company ?? {}) as Host
      const contractDetail = contract
        ? element<ContractFacts>(t.named('contract'), host, `/subprocessors/${i}/contract`, (c) => [
            entry(contractText(c, t), { ...(c.url && { url: c.url }) }),
          ])
        : element<ContractFacts>(t.named('contract'), facts, '/contract', (c) => [
            entry(contractText(c, t), { ...(c.url && { url: c.url }) }),
          ])
      return entry(company?.legalName ?? company?.name ?? subprocessor, {
        key: subprocessor,
        details: [
          textElement(t.named('processing'), facts, '/processing'),
          literalElement(t, t.named('processingRole'), facts, '/processingRole'),
          textElement(t.named('country'), facts, '/country', t.country),
          ...said([
            element<string[]>(t.named('processingCountries'), facts, '/processingCountries', (codes) =>
              codes.map((code) => entry(t.country(code))),
            ),
            textElement(t.named('contact'), facts, '/contact', contactText),
            dateElement(t, t.named('engagedSince'), facts, '/engagedSince'),
          ]),
          textElement(
            t.named('engagedBy'),
            {
              v: engagedBy ? (catalogue.subprocessors.get(engagedBy)?.name ?? engagedBy) : t.phrases.organisationItself,
            } as Host,
            '/v',
          ),
          ...said([
            element<string[]>(t.named('dataCategories'), { v: dataCategories } as Host, '/v', (keys) =>
              keys.map((key) => entry(catalogue['data-categories'].get(key)?.name ?? key, { key })),
            ),
          ]),
          contractDetail,
        ],
      })
    }),
  )

export const controllers = ({ host, t, ...subject }: Subject) =>
  element<Row<'controllers'>[]>(t.named('controllers', 'Art. 30(2)(a), (b)'), host, '/controllers', (rows) =>
    rows.map(({ organisation }, i) =>
      controllerEntry(organisation, { t, ...subject }, 'Art. 30(2)(a)', [
        element<string[]>(
          t.named('categoriesOfProcessing', 'Art. 30(2)(b)'),
          host,
          `/controllers/${i}/categoriesOfProcessing`,
          (texts) => texts.map((text) => entry(text)),
        ),
        ...said([
          textElement<ContractFacts>(t.named('contract'), host, `/controllers/${i}/contract`, (c) =>
            contractText(c, t),
          ),
          dateElement(t, t.named('from'), host, `/controllers/${i}/from`),
          dateElement(t, t.named('until'), host, `/controllers/${i}/until`),
        ]),
      ]),
    ),
  )
