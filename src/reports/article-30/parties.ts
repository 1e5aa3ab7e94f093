import type { Catalogue, CatalogueEntry } from '../../catalogue/index.ts'
import { isEea } from '../../law/index.ts'
import { element, entry, type Host, said, textElement } from './element.ts'
import { country } from './format.ts'
import type { ReportElement, ReportOrganisation } from './schema.ts'
import type { Subject } from './subject.ts'

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
  at: string,
): ReportElement => {
  const names = { id: 'representative', label: 'Representative (Art. 27)', article }
  const found = element<string>(names, organisation, '/representative', (key) => [organisationEntry(key, catalogue)])
  if (found.state !== 'notStated' || !organisation.country || !isEea(organisation.country, at)) return found
  return {
    ...found,
    state: 'notApplicable',
    reason: `the organisation is established in ${country(organisation.country)}`,
  }
}

/** The name and contact details of an organisation, of its representative and of its data protection officer. */
const contactElements = (
  organisation: Organisation,
  catalogue: Catalogue,
  article: string,
  at: string,
): ReportElement[] => [
  representative(organisation, catalogue, article, at),
  element<NonNullable<Organisation['dataProtectionOfficer']>>(
    { id: 'dataProtectionOfficer', label: 'Data protection officer', article },
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
export const organisationEntry = (key: string, catalogue: Catalogue, details: ReportElement[] = []) => {
  const organisation = catalogue.organisations.get(key)
  if (!organisation) return entry(key, { key, details })
  return entry(organisation.legalName ?? organisation.name, {
    key,
    details: [
      textElement({ id: 'contact', label: 'Contact details' }, organisation as Host, '/contact', contactText),
      ...said([textElement({ id: 'country', label: 'Country' }, organisation as Host, '/country', country)]),
      ...details,
    ],
  })
}

/** A controller that a processor acts for, with its representative and its data protection officer (Art. 30(2)(a)). */
export const controllerEntry = (
  key: string,
  { catalogue, at }: Pick<Subject, 'catalogue' | 'at'>,
  article: string,
  details: ReportElement[],
) => {
  const organisation = catalogue.organisations.get(key)
  const contacts = organisation ? said(contactElements(organisation, catalogue, article, at)) : []
  return organisationEntry(key, catalogue, [...contacts, ...details])
}

/**
 * The head of an organisation's record: Art. 30(1)(a) for a controller, Art. 30(2)(a) for a processor.
 * @param at the day whose law counts, `YYYY-MM-DD`
 */
export const describeOrganisation = (
  organisation: Organisation,
  catalogue: Catalogue,
  role: 'controller' | 'processor',
  at: string,
): ReportOrganisation => {
  const article = role === 'controller' ? 'Art. 30(1)(a)' : 'Art. 30(2)(a)'
  const host = organisation as Host
  return {
    key: organisation.key,
    name: organisation.name,
    elements: [
      textElement(
        { id: 'name', label: role === 'controller' ? 'Controller' : 'Processor', article },
        { name: organisation.legalName ?? organisation.name } as Host,
        '/name',
      ),
      textElement({ id: 'contact', label: 'Contact details', article }, host, '/contact', contactText),
      ...contactElements(organisation, catalogue, article, at),
      ...said([
        textElement({ id: 'registrationNumber', label: 'Registration number' }, host, '/registrationNumber'),
        textElement({ id: 'country', label: 'Country' }, host, '/country', country),
        textElement<string>({ id: 'parent', label: 'Part of' }, host, '/parent', (key) =>
          organisationName(key, catalogue),
        ),
      ]),
    ],
  }
}
