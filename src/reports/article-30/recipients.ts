import { element, entry, type Host, said, textElement } from './element.ts'
import { country, word } from './format.ts'
import { contactText, controllerEntry, organisationEntry } from './parties.ts'
import type { ReportElement } from './schema.ts'
import type { Row, Subject } from './subject.ts'

/** Who is involved beside the organisation: joint controllers, recipients, processors, and the controllers of a processor. */

export const jointControllers = ({ activity, host, catalogue }: Subject): ReportElement => {
  const names = { id: 'jointControllers', label: 'Joint controllers', article: 'Art. 30(1)(a)' }
  // A sole controller has none, whether or not somebody wrote that down.
  if (activity.role === 'controller' && activity.jointControllers === undefined)
    return { ...names, state: 'none', entries: [] }
  return element<Row<'jointControllers'>[]>(names, host, '/jointControllers', (rows) =>
    rows.map(({ organisation }, i) =>
      organisationEntry(organisation, catalogue, [
        textElement({ id: 'arrangement', label: 'Arrangement (Art. 26)' }, host, `/jointControllers/${i}/arrangement`),
      ]),
    ),
  )
}

export const recipients = ({ host, catalogue }: Subject) =>
  element<Row<'recipients'>[]>(
    { id: 'recipients', label: 'Categories of recipients', article: 'Art. 30(1)(d)' },
    host,
    '/recipients',
    (rows) =>
      rows.map(({ recipient, description }) => {
        const category = catalogue.recipients.get(recipient)
        return entry([category?.name ?? recipient, description ?? category?.description].filter(Boolean).join(': '), {
          key: recipient,
          details: said([
            textElement({ id: 'kind', label: 'Kind' }, (category ?? {}) as Host, '/kind', word),
            textElement({ id: 'processingRole', label: 'Acts as' }, (category ?? {}) as Host, '/processingRole', word),
            element<string[]>(
              { id: 'countries', label: 'Countries' },
              (category ?? {}) as Host,
              '/countries',
              (codes) => codes.map((code) => entry(country(code))),
            ),
          ]),
        })
      }),
  )

type ContractFacts = { reference?: string; signedOn?: string; url?: string }

const contractText = ({ reference, signedOn }: ContractFacts) =>
  [reference, signedOn && `signed on ${signedOn}`].filter(Boolean).join(', ') || 'see the link'

/** Processors are recipients too (Art. 4(9)); in a processor's record they are the further processors. */
export const processors = ({ host, catalogue }: Subject, article: string) =>
  element<Row<'subprocessors'>[]>(
    { id: 'subprocessors', label: 'Processors', article },
    host,
    '/subprocessors',
    (rows) =>
      rows.map(({ subprocessor, engagedBy, contract, dataCategories }, i) => {
        const company = catalogue.subprocessors.get(subprocessor)
        const facts = (company ?? {}) as Host
        const contractDetail = contract
          ? element<ContractFacts>(
              { id: 'contract', label: 'Contract (Art. 28)' },
              host,
              `/subprocessors/${i}/contract`,
              (c) => [entry(contractText(c), c)],
            )
          : element<ContractFacts>({ id: 'contract', label: 'Contract (Art. 28)' }, facts, '/contract', (c) => [
              entry(contractText(c), { ...(c.url && { url: c.url }) }),
            ])
        return entry(company?.legalName ?? company?.name ?? subprocessor, {
          key: subprocessor,
          details: [
            textElement({ id: 'processing', label: 'What it does' }, facts, '/processing'),
            textElement({ id: 'processingRole', label: 'Acts as' }, facts, '/processingRole', word),
            textElement({ id: 'country', label: 'Country' }, facts, '/country', country),
            ...said([
              element<string[]>(
                { id: 'processingCountries', label: 'Processes in' },
                facts,
                '/processingCountries',
                (codes) => codes.map((code) => entry(country(code))),
              ),
              textElement({ id: 'contact', label: 'Contact details' }, facts, '/contact', contactText),
              textElement({ id: 'engagedSince', label: 'Engaged since' }, facts, '/engagedSince'),
            ]),
            textElement(
              { id: 'engagedBy', label: 'Engaged by' },
              {
                v: engagedBy ? (catalogue.subprocessors.get(engagedBy)?.name ?? engagedBy) : 'the organisation itself',
              } as Host,
              '/v',
            ),
            ...said([
              element<string[]>(
                { id: 'dataCategories', label: 'Handles only' },
                { v: dataCategories } as Host,
                '/v',
                (keys) => keys.map((key) => entry(catalogue['data-categories'].get(key)?.name ?? key, { key })),
              ),
            ]),
            contractDetail,
          ],
        })
      }),
  )

export const controllers = ({ host, ...subject }: Subject) =>
  element<Row<'controllers'>[]>(
    {
      id: 'controllers',
      label: 'Controllers, and the processing carried out on behalf of each',
      article: 'Art. 30(2)(a), (b)',
    },
    host,
    '/controllers',
    (rows) =>
      rows.map(({ organisation }, i) =>
        controllerEntry(organisation, subject, 'Art. 30(2)(a)', [
          element<string[]>(
            { id: 'categoriesOfProcessing', label: 'Categories of processing', article: 'Art. 30(2)(b)' },
            host,
            `/controllers/${i}/categoriesOfProcessing`,
            (texts) => texts.map((text) => entry(text)),
          ),
          ...said([
            textElement(
              { id: 'contract', label: 'Contract (Art. 28)' },
              host,
              `/controllers/${i}/contract`,
              contractText,
            ),
            textElement({ id: 'from', label: 'From' }, host, `/controllers/${i}/from`),
            textElement({ id: 'until', label: 'Until' }, host, `/controllers/${i}/until`),
          ]),
        ]),
      ),
  )
