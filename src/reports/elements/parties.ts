import type { Catalogue, CatalogueEntry } from '../../catalogue/index.ts'
import { isEea } from '../../law/index.ts'
import type { Language } from '../language/language.ts'
import { element, entry, type Host, said, textElement } from './element.ts'
import type { ReportElement } from './model.ts'
import type { Subject } from './subject.ts'

/** The head of an organisation's record. */
export type ReportOrganisation = { key: string; name: string; elements: ReportElement[] }

type Organisation = CatalogueEntry<'organisations'>

/** How somebody is reached: name, e-mail, telephone, address, page. */
export const contactText = (contact: {
  name?: string
  email?: string
  phone?: string
  address?: string
  url?: string
}): string =>
  [contact.name, contact.address, contact.email, contact.phone, contact.url]
    .filter((part) => part !== undefined)
    .join(', ')

/** Art. 27 asks for one only where the organisation has no establishment in the Union. */
const representative = (
  organisation: Organisation,
  catalogue: Catalogue,
  article: string,
  { at, t }: Pick<Subject, 'at' | 't'>,
): ReportElement => {
  const names = t.named('representative', article)
  const found = element<string>(names, organisation, '/representative', (key) => [organisationEntry(key, catalogue, t)])
  if (found.state !== 'notStated' || !organisation.country || !isEea(organisation.country, at)) return found
  return {
    ...found,
    state: 'notApplicable',
    reason: t.phrases.establishedIn(t.country(organisation.country)),
  }
}

/** The name and contact details of an organisation, of its representative and of its data protection officer. */
const contactElements = (
  organisation: Organisation,
  catalogue: Catalogue,
  article: string,
  subject: Pick<Subject, 'at' | 't'>,
): ReportElement[] => [
  representative(organisation, catalogue, article, subject),
  element<NonNullable<Organisation['dataProtectionOfficer']>>(
    subject.t.named('dataProtectionOfficer', article),
    organisation,
    '/dataProtectionOfficer',
    (officer) => {
      const provider = officer.organisation === undefined ? [] : [organisationName(officer.organisation, catalogue)]
      return [entry([contactText(officer.contact), ...provider].join(', '))]
    },
  ),
]

export const organisationName = (key: string, catalogue: Catalogue): string =>
  catalogue.organisations.get(key)?.name ?? key

/** An organisation named in the record, with its contact details. */
export const organisationEntry = (key: string, catalogue: Catalogue, t: Language, details: ReportElement[] = []) => {
  const organisation = catalogue.organisations.get(key)
  if (!organisation) return entry(key, { key, details })
  return entry(organisation.legalName ?? organisation.name, {
    key,
    details: [
      textElement(t.named('contact'), organisation as Host, '/contact', contactText),
      ...said([textElement(t.named('country'), organisation as Host, '/country', t.country)]),
      ...details,
    ],
  })
}

/** A controller that a processor acts for, with its representative and its data protection officer (Art. 30(2)(a)). */
export const controllerEntry = (
  key: string,
  { catalogue, at, t }: Pick<Subject, 'catalogue' | 'at' | 't'>,
  article: string,
  details: ReportElement[],
) => {
  const organisation = catalogue.organisations.get(key)
  const contacts = organisation ? said(contactElements(organisation, catalogue, article, { at, t })) : []
  return organisationEntry(key, catalogue, t, [...contacts, ...details])
}

/**
 * The head of an organisation's record: Art. 30(1)(a) for a controller, Art. 30(2)(a) for a processor.
 */
export const describeOrganisation = (
  organisation: Organisation,
  catalogue: Catalogue,
  role: 'controller' | 'processor',
  subject: Pick<Subject, 'at' | 't'>,
): ReportOrganisation => {
  const { t } = subject
  const article = role === 'controller' ? 'Art. 30(1)(a)' : 'Art. 30(2)(a)'
  const host = organisation as Host
  return {
    key: organisation.key,
    name: organisation.name,
    elements: [
      textElement(t.named(role, article), { name: organisation.legalName ?? organisation.name } as Host, '/name'),
      textElement(t.named('contact', article), host, '/contact', contactText),
      ...contactElements(organisation, catalogue, article, subject),
      ...said([
        textElement(t.named('registrationNumber'), host, '/registrationNumber'),
        textElement(t.named('country'), host, '/country', t.country),
        textElement<string>(t.named('parent'), host, '/parent', (key) => organisationName(key, catalogue)),
      ]),
    ],
  }
}
