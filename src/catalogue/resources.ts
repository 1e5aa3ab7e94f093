import { type Static, type TProperties, Type } from 'typebox'
import { Contact, Contract, Country, entrySchemas, iri, reference } from '../entries/index.ts'
import { securityArticles, specialCategories } from '../law/index.ts'
import { closed, date, oneOf, ref, text, url } from '../platform/http/schema.ts'
import { Certification, Destination, Mechanism, SubprocessorTransfer } from './transfer.ts'

/**
 * The catalogue: what processing activities refer to. One mechanism serves all nine resources; this file says what
 * each consists of. To add a field, add it here; to add a resource, add a definition and list it in `catalogue`.
 */

const define = <const R extends string, P extends TProperties>(definition: {
  /** Name in paths, in `x-references` and in the database. */
  resource: R
  /** Name of its schemas in the contract. */
  component: string
  /** What one entry is called in a sentence, and where the Regulation speaks of it. */
  singular: string
  description: string
  properties: P
  /** Query parameters of its list that compare one property; each is stored as a facet of the entry. */
  filters?: readonly (keyof P & string)[]
  /** The countries that an entry involves: makes the list's parameter `country`, and that of activities that refer to it. */
  countries?: (entry: Record<string, unknown>) => (string | undefined)[]
  example: Record<string, unknown>
}) => ({
  ...definition,
  filters: definition.filters ?? ([] as readonly string[]),
  countries: definition.countries ?? (() => []),
  hasCountries: definition.countries !== undefined,
  ...entrySchemas(definition.component, definition.description, definition.properties, definition.example),
})

export const Dpo = closed(
  {
    contact: ref(Contact),
    organisation: Type.Optional(
      reference('organisations', 'The organisation that provides an external data protection officer.'),
    ),
  },
  { $id: 'DataProtectionOfficer', description: 'The data protection officer (Art. 37–39).' },
)

const organisations = define({
  resource: 'organisations',
  component: 'Organisation',
  singular: 'organisation',
  description:
    'An organisation that the record names: our own, a joint controller, a controller, a representative (Art. 30(1)(a), (2)(a)).',
  properties: {
    kind: oneOf(
      ['own', 'joint-controller', 'controller', 'representative', 'other'],
      'What it is to us. Each `own` organisation has a record of its own.',
    ),
    legalName: Type.Optional(text(300, 'Name in the company register.')),
    registrationNumber: Type.Optional(text(100, 'Number in the company register.')),
    parent: Type.Optional(reference('organisations', 'The organisation that controls it, within a group.')),
    country: Type.Optional(ref(Country)),
    contact: Type.Optional(ref(Contact)),
    representative: Type.Optional(
      reference('organisations', 'Its representative in the Union, when it has no establishment there (Art. 27).'),
    ),
    dataProtectionOfficer: Type.Optional(ref(Dpo)),
    publicBody: Type.Optional(
      Type.Boolean({
        description: 'Whether it is a public authority or body (Art. 6(1) last sentence, Art. 37(1)(a)).',
      }),
    ),
    employees: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 10_000_000, description: 'How many persons it employs (Art. 30(5)).' }),
    ),
  },
  filters: ['kind'],
  countries: ({ country }) => [country as string | undefined],
  example: {
    name: 'Example Hosting GmbH',
    kind: 'own',
    country: 'DE',
    contact: { email: 'info@hosting.example', address: 'Domstraße 1, 50667 Köln' },
    dataProtectionOfficer: { contact: { name: 'Data protection officer', email: 'dpo@hosting.example' } },
  },
})

const purposes = define({
  resource: 'purposes',
  component: 'Purpose',
  singular: 'purpose',
  description: 'A purpose that personal data is processed for (Art. 5(1)(b), 30(1)(b)).',
  properties: { iri },
  example: {
    name: 'Send the newsletter',
    description: 'News and offers by e-mail.',
    iri: 'https://w3id.org/dpv#DirectMarketing',
  },
})

const dataCategories = define({
  resource: 'data-categories',
  component: 'DataCategory',
  singular: 'category of personal data',
  description:
    'A category of personal data (Art. 30(1)(c)), special ones (Art. 9) and criminal data (Art. 10) told apart.',
  properties: {
    parent: Type.Optional(
      reference('data-categories', 'The wider category that this one is part of: what covers it, covers this one.'),
    ),
    specialCategory: Type.Optional(
      oneOf(specialCategories, 'The kind of special category that it is (Art. 9(1)); absent: none.'),
    ),
    criminal: Type.Optional(
      Type.Boolean({ description: 'Whether it is about criminal convictions or offences (Art. 10).' }),
    ),
    identifiability: Type.Optional(
      oneOf(
        ['identified', 'pseudonymous', 'anonymous'],
        'Whether a person can be told from it. Pseudonymous data is personal data; anonymous data is not (recital 26).',
      ),
    ),
    identifiabilityReason: Type.Optional(
      text(2000, 'Why it is pseudonymous or anonymous: what was done, and why nobody can be told from it.'),
    ),
    examples: Type.Optional(
      Type.Array(text(200, 'A field or a document.'), {
        maxItems: 100,
        uniqueItems: true,
        description: 'What belongs to it.',
      }),
    ),
    iri,
  },
  filters: ['parent', 'specialCategory', 'criminal', 'identifiability'],
  example: {
    name: 'E-mail address',
    parent: 'contact-data',
    examples: ['Work address'],
    iri: 'https://w3id.org/dpv/pd#EmailAddress',
  },
})

const dataSubjectCategories = define({
  resource: 'data-subject-categories',
  component: 'DataSubjectCategory',
  singular: 'category of data subjects',
  description: 'A category of data subjects (Art. 30(1)(c)).',
  properties: {
    vulnerable: Type.Optional(
      Type.Boolean({
        description: 'Whether its members are vulnerable, as employees, patients or children are (recital 75).',
      }),
    ),
    children: Type.Optional(
      oneOf(
        ['included', 'excluded'],
        'Whether the category includes children, or the service is not directed at them (Art. 8, recital 38).',
      ),
    ),
    iri,
  },
  filters: ['vulnerable', 'children'],
  example: { name: 'Newsletter subscribers', children: 'excluded', iri: 'https://w3id.org/dpv#Subscriber' },
})

const recipients = define({
  resource: 'recipients',
  component: 'Recipient',
  singular: 'category of recipients',
  description:
    'A recipient or a category of recipients to whom data is disclosed (Art. 4(9), 30(1)(d)). Processors are `subprocessors`.',
  properties: {
    kind: Type.Optional(
      oneOf(['internal', 'group', 'external', 'public-authority'], 'Where it stands to the organisation.'),
    ),
    processingRole: Type.Optional(
      oneOf(['controller', 'joint-controller', 'processor'], 'What it is under Art. 4(7), 4(8) or 26.'),
    ),
    organisation: Type.Optional(reference('organisations', 'The organisation, when it is one by name.')),
    countries: Type.Optional(
      Type.Array(ref(Country), {
        maxItems: 249,
        uniqueItems: true,
        description: 'Countries in which it receives the data.',
      }),
    ),
    iri,
  },
  filters: ['kind', 'processingRole'],
  countries: ({ countries }) => (countries ?? []) as string[],
  example: {
    name: 'Tax authorities',
    kind: 'public-authority',
    countries: ['DE'],
    iri: 'https://w3id.org/dpv#DataProtectionAuthority',
  },
})

const subprocessors = define({
  resource: 'subprocessors',
  component: 'Subprocessor',
  singular: 'subprocessor',
  description:
    'A processor by name, engaged directly or by another processor (Art. 28(2), (4)); who engages whom is said in the activity.',
  properties: {
    processing: Type.Optional(text(2000, 'What it does with the data (Art. 28(3)).')),
    processingRole: Type.Optional(
      oneOf(
        ['processor', 'controller'],
        'What the company is: a processor (Art. 4(8)) or a controller of its own (Art. 4(7)).',
      ),
    ),
    legalName: Type.Optional(text(300, 'Name in the company register.')),
    country: Type.Optional(ref(Country)),
    processingCountries: Type.Optional(
      Type.Array(ref(Country), {
        maxItems: 249,
        uniqueItems: true,
        description: 'Countries in which it processes the data.',
      }),
    ),
    contact: Type.Optional(ref(Contact)),
    contract: Type.Optional(ref(Contract)),
    transfers: Type.Optional(
      Type.Array(ref(SubprocessorTransfer), {
        maxItems: 250,
        description: 'Transfers to third countries that engaging it brings about.',
      }),
    ),
    engagedSince: Type.Optional(date('Since when it has been engaged.')),
    iri,
  },
  filters: ['processingRole'],
  countries: ({ country, processingCountries, transfers }) => [
    country as string | undefined,
    ...((processingCountries ?? []) as string[]),
    ...((transfers ?? []) as Static<typeof SubprocessorTransfer>[]).map(({ destination }) => destination.country),
  ],
  example: {
    name: 'Mail Delivery Ltd',
    processing: 'Sends e-mail',
    processingRole: 'processor',
    country: 'IE',
    contract: { reference: 'DPA-2026-04', signedOn: '2026-02-01' },
  },
})

const retentionPeriods = define({
  resource: 'retention-periods',
  component: 'RetentionPeriod',
  singular: 'retention period',
  description: 'An envisaged time limit for erasure (Art. 30(1)(f), 5(1)(e)).',
  properties: {
    duration: Type.Optional(
      Type.String({
        format: 'duration',
        maxLength: 50,
        description: 'How long the data is kept from the event on: an ISO 8601 duration.',
        examples: ['P10Y', 'P6M', 'P30D'],
      }),
    ),
    criterion: Type.Optional(text(1000, 'By what the end is decided, where no duration can be given (Art. 13(2)(a)).')),
    startsWith: Type.Optional(
      text(500, 'The event that starts the clock.', { examples: ['End of the calendar year of the invoice'] }),
    ),
    disposal: Type.Optional(
      oneOf(['delete', 'anonymise', 'delete-or-anonymise', 'archive'], 'What happens to the data at the end.'),
    ),
    routine: Type.Optional(text(2000, 'The routine that carries it out.')),
    legalReference: Type.Optional(text(500, 'The law that asks for it.', { examples: ['§ 147 AO'] })),
    iri,
  },
  filters: ['disposal'],
  example: {
    name: 'Invoices',
    duration: 'P10Y',
    startsWith: 'End of the calendar year',
    disposal: 'delete',
    legalReference: '§ 147 AO',
  },
})

const securityMeasures = define({
  resource: 'security-measures',
  component: 'SecurityMeasure',
  singular: 'security measure',
  description: 'A technical or organisational security measure (Art. 30(1)(g), (2)(d), 32(1)).',
  properties: {
    type: Type.Optional(
      oneOf(['technical', 'organisational'], 'Whether it is a technical or an organisational measure.'),
    ),
    area: Type.Optional(
      oneOf(
        [
          'access-control',
          'traceability',
          'software-protection',
          'backup',
          'encryption',
          'processor-oversight',
          'other',
        ],
        'The kind of measure, as the template of the French authority tells them apart.',
      ),
    ),
    articles: Type.Optional(
      Type.Array(oneOf(securityArticles, 'A letter of Art. 32(1).'), {
        maxItems: 4,
        uniqueItems: true,
        description:
          'What Art. 32(1) names that it serves: (a) pseudonymisation and encryption, (b) resilience, (c) restoring, (d) testing.',
      }),
    ),
    iri,
  },
  filters: ['type', 'area'],
  example: { name: 'Encryption in transit', type: 'technical', area: 'encryption', articles: ['32(1)(a)'] },
})

const services = define({
  resource: 'services',
  component: 'Service',
  singular: 'service',
  description: 'A system that processes personal data, or that registers what it processes.',
  properties: {
    organisation: Type.Optional(reference('organisations', 'The organisation that runs it.')),
    team: Type.Optional(text(200, 'The team that answers for it.')),
    contact: Type.Optional(ref(Contact)),
    repository: Type.Optional(url('Where its source code lies.')),
    countries: Type.Optional(
      Type.Array(ref(Country), { maxItems: 249, uniqueItems: true, description: 'Countries in which it stores data.' }),
    ),
    iri,
  },
  filters: ['organisation'],
  countries: ({ countries }) => (countries ?? []) as string[],
  example: { name: 'Shop', team: 'Checkout', repository: 'https://git.example/shop' },
})

/** The nine resources of the catalogue, in the order in which the contract and the documentation list them. */
export const catalogue = [
  organisations,
  purposes,
  dataCategories,
  dataSubjectCategories,
  recipients,
  subprocessors,
  retentionPeriods,
  securityMeasures,
  services,
] as const

type Definition = (typeof catalogue)[number]
export type CatalogueResource = Definition['resource']

/** Their names, in the same order. */
export const catalogueResources = catalogue.map(({ resource }) => resource) as readonly CatalogueResource[]

/** One entry of a resource, as a `GET` shows it, without what the register itself says of it. */
export type CatalogueEntry<R extends CatalogueResource = CatalogueResource> = Omit<
  Static<Extract<Definition, { resource: R }>['View']>,
  'meta'
>

/** Entries of the catalogue by resource and key: what rules, reports and checks resolve references with. */
export type Catalogue = { readonly [R in CatalogueResource]: ReadonlyMap<string, CatalogueEntry<R>> }

export const catalogueSchemas = [Certification, Destination, Mechanism, SubprocessorTransfer, Dpo]
