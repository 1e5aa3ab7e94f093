import type { Catalogue, CatalogueEntry, CatalogueResource } from '../../catalogue/index.ts'
import type { Language } from '../language/language.ts'
import { dateElement, element, entry, type Host, literalElement, textElement } from './element.ts'
import type { ReportElement } from './model.ts'
import { contactText, organisationName } from './parties.ts'
import { contractText } from './recipients.ts'
import { transferEntry } from './transfers.ts'

/** What the catalogue says of one entry, as elements: the same for every entry of a resource. */

type Facts = { host: Host; catalogue: Catalogue; t: Language; at: string }

/** @param at the day whose law transfers are judged by, `YYYY-MM-DD` */
export const describeCatalogueEntry = <R extends CatalogueResource>(
  resource: R,
  found: CatalogueEntry<R> | undefined,
  catalogue: Catalogue,
  t: Language,
  at: string,
): ReportElement[] => describers[resource]({ host: (found ?? {}) as Host, catalogue, t, at })

const describers: Record<CatalogueResource, (facts: Facts) => ReportElement[]> = {
  organisations: ({ host, catalogue, t }) => [
    literalElement(t, t.named('kind'), host, '/kind'),
    textElement(t.named('legalName'), host, '/legalName'),
    textElement(t.named('registrationNumber'), host, '/registrationNumber'),
    textElement(t.named('country'), host, '/country', t.country),
    textElement(t.named('contact'), host, '/contact', contactText),
    textElement<string>(t.named('representative'), host, '/representative', (key) => organisationName(key, catalogue)),
    textElement<Parameters<typeof contactText>[0]>(
      t.named('dataProtectionOfficer'),
      host,
      '/dataProtectionOfficer/contact',
      contactText,
    ),
    textElement<string>(t.named('parent'), host, '/parent', (key) => organisationName(key, catalogue)),
    flag('publicBody', '/publicBody', host, t),
    textElement<number>(t.named('employees'), host, '/employees', t.number),
  ],
  purposes: () => [],
  'data-categories': ({ host, catalogue, t }) => [
    textElement<string>(
      t.named('parent'),
      host,
      '/parent',
      (key) => catalogue['data-categories'].get(key)?.name ?? key,
    ),
    textElement<keyof Language['specialCategories']>(
      t.named('specialCategory'),
      host,
      '/specialCategory',
      (kind) => t.specialCategories[kind],
    ),
    flag('criminal', '/criminal', host, t),
    literalElement(t, t.named('identifiability'), host, '/identifiability'),
    textElement(t.named('identifiabilityReason'), host, '/identifiabilityReason'),
    texts('examples', '/examples', host, t),
  ],
  'data-subject-categories': ({ host, t }) => [
    flag('vulnerable', '/vulnerable', host, t),
    literalElement(t, t.named('children'), host, '/children'),
  ],
  recipients: ({ host, catalogue, t }) => [
    literalElement(t, t.named('kind'), host, '/kind'),
    literalElement(t, t.named('processingRole'), host, '/processingRole'),
    textElement<string>(t.named('organisation'), host, '/organisation', (key) => organisationName(key, catalogue)),
    texts('countries', '/countries', host, t, t.country),
  ],
  subprocessors: ({ host, t, at }) => [
    textElement(t.named('processing'), host, '/processing'),
    literalElement(t, t.named('processingRole'), host, '/processingRole'),
    textElement(t.named('legalName'), host, '/legalName'),
    textElement(t.named('country'), host, '/country', t.country),
    texts('processingCountries', '/processingCountries', host, t, t.country),
    textElement(t.named('contact'), host, '/contact', contactText),
    element<Parameters<typeof contractText>[0] & { url?: string }>(
      t.named('contract'),
      host,
      '/contract',
      (contract) => [entry(contractText(contract, t), { ...(contract.url && { url: contract.url }) })],
    ),
    dateElement(t, t.named('engagedSince'), host, '/engagedSince'),
    element<Parameters<typeof transferEntry>[0][]>(t.named('transfers'), host, '/transfers', (transfers) =>
      transfers.map((transfer, i) => transferEntry(transfer, undefined, host, `/transfers/${i}`, at, t)),
    ),
  ],
  'retention-periods': ({ host, t }) => [
    textElement(t.named('duration'), host, '/duration', t.duration),
    textElement(t.named('criterion'), host, '/criterion'),
    textElement(t.named('startsWith'), host, '/startsWith'),
    literalElement(t, t.named('disposal'), host, '/disposal'),
    textElement(t.named('routine'), host, '/routine'),
    textElement(t.named('legalReference'), host, '/legalReference'),
  ],
  'security-measures': ({ host, t }) => [
    literalElement(t, t.named('type'), host, '/type'),
    literalElement(t, t.named('area'), host, '/area'),
    texts<keyof Language['securityLetters']>(
      'articles',
      '/articles',
      host,
      t,
      (letter) => `${t.cite(letter)}: ${t.securityLetters[letter]}`,
    ),
  ],
  services: ({ host, catalogue, t }) => [
    textElement<string>(t.named('organisation'), host, '/organisation', (key) => organisationName(key, catalogue)),
    textElement(t.named('team'), host, '/team'),
    textElement(t.named('contact'), host, '/contact', contactText),
    element<string>(t.named('repository'), host, '/repository', (url) => [entry(url, { url })]),
    texts('countries', '/countries', host, t, t.country),
  ],
}

const flag = (id: 'publicBody' | 'criminal' | 'vulnerable', pointer: string, host: Host, t: Language) =>
  textElement<boolean>(t.named(id), host, pointer, (is) => (is ? t.phrases.yes : t.phrases.no))

const texts = <T extends string>(
  id: 'examples' | 'countries' | 'processingCountries' | 'articles',
  pointer: string,
  host: Host,
  t: Language,
  format: (value: T) => string = String,
) => element<T[]>(t.named(id), host, pointer, (values) => values.map((value) => entry(format(value))))
