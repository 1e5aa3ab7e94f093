import type { ActivityContent } from '../../src/activities/schema.ts'
import type { CatalogueEntry, CatalogueResource } from '../../src/catalogue/index.ts'

/**
 * A small register in which nothing is wrong on `fixtureDate`: two activities of one organisation in Germany, and a
 * catalogue that has all they refer to and some entries more. Each call builds it anew, so that a test may change it.
 */

/** The day on which the fixtures give no error and no warning. */
export const fixtureDate = '2026-06-01'

/** What a caller writes of an entry: all but its key. */
export type CatalogueContent<R extends CatalogueResource> = Omit<CatalogueEntry<R>, 'key'>

type Contents = { [R in CatalogueResource]: Record<string, CatalogueContent<R>> }

/** The catalogue as it would be written: content by resource and key. */
export const cleanCatalogueContents = (): Contents => ({
  organisations: {
    'example-hosting': {
      name: 'Example Hosting GmbH',
      kind: 'own',
      country: 'DE',
      contact: { email: 'info@hosting.example', address: 'Domstraße 1, 50667 Köln' },
      dataProtectionOfficer: { contact: { name: 'Data protection officer', email: 'dpo@hosting.example' } },
    },
    'example-customer': {
      name: 'Example Customer SA',
      kind: 'controller',
      country: 'FR',
      contact: { email: 'contact@customer.example' },
    },
    'example-partner': {
      name: 'Example Partner BV',
      kind: 'joint-controller',
      country: 'NL',
      contact: { email: 'privacy@partner.example' },
    },
    'example-representative': {
      name: 'Example Representative Ltd',
      kind: 'representative',
      country: 'IE',
      contact: { email: 'eu@representative.example' },
    },
  },
  purposes: { newsletter: { name: 'Send the newsletter' } },
  'data-categories': {
    'contact-data': { name: 'Contact data' },
    'email-address': { name: 'E-mail address', parent: 'contact-data' },
    'health-data': { name: 'Health data', specialCategory: 'health' },
    'sick-notes': { name: 'Sick notes', parent: 'health-data' },
    'criminal-record': { name: 'Criminal record', criminal: true },
    'usage-statistics': {
      name: 'Usage statistics',
      identifiability: 'anonymous',
      identifiabilityReason: 'Counts of more than a hundred visits; addresses are never stored.',
    },
  },
  'data-subject-categories': {
    subscribers: { name: 'Newsletter subscribers', children: 'excluded' },
    pupils: { name: 'Pupils', children: 'included', vulnerable: true },
  },
  recipients: {
    'tax-authorities': {
      name: 'Tax authorities',
      kind: 'public-authority',
      processingRole: 'controller',
      countries: ['DE'],
    },
    'marketing-partner': {
      name: 'Marketing partner',
      kind: 'external',
      processingRole: 'controller',
      countries: ['FR'],
    },
  },
  subprocessors: {
    'mail-delivery': {
      name: 'Mail Delivery Ltd',
      processing: 'Sends e-mail',
      processingRole: 'processor',
      country: 'IE',
      contract: { reference: 'DPA-2026-04', signedOn: '2026-02-01' },
    },
    'support-desk': {
      name: 'Support Desk Inc.',
      processing: 'Answers questions of subscribers',
      processingRole: 'processor',
      country: 'US',
      contract: { reference: 'DPA-2026-05', signedOn: '2026-02-01' },
    },
  },
  'retention-periods': {
    'until-withdrawal': {
      name: 'Until consent is withdrawn',
      duration: 'P30D',
      startsWith: 'Withdrawal of consent',
      disposal: 'delete',
    },
  },
  'security-measures': {
    'encryption-in-transit': { name: 'Encryption in transit', type: 'technical', area: 'encryption' },
  },
  services: { shop: { name: 'Shop', organisation: 'example-hosting' } },
})

/** Entries by resource and key as rules see them, in maps that a test may change. */
export type MutableCatalogue = { [R in CatalogueResource]: Map<string, CatalogueEntry<R>> }

const entriesOf = <R extends CatalogueResource>(contents: Record<string, CatalogueContent<R>>) =>
  new Map(Object.entries(contents).map(([key, content]) => [key, { key, ...content } as CatalogueEntry<R>]))

/** The catalogue with keys, as rules see it. */
export const cleanCatalogue = (): MutableCatalogue => {
  const contents = cleanCatalogueContents()
  return {
    organisations: entriesOf<'organisations'>(contents.organisations),
    purposes: entriesOf<'purposes'>(contents.purposes),
    'data-categories': entriesOf<'data-categories'>(contents['data-categories']),
    'data-subject-categories': entriesOf<'data-subject-categories'>(contents['data-subject-categories']),
    recipients: entriesOf<'recipients'>(contents.recipients),
    subprocessors: entriesOf<'subprocessors'>(contents.subprocessors),
    'retention-periods': entriesOf<'retention-periods'>(contents['retention-periods']),
    'security-measures': entriesOf<'security-measures'>(contents['security-measures']),
    services: entriesOf<'services'>(contents.services),
  }
}

/** A controller's activity: a newsletter on consent, with a processor in the Union and one in the United States. */
export const cleanActivity = (changes: Partial<ActivityContent> = {}): ActivityContent => ({
  name: 'Newsletter',
  role: 'controller',
  organisation: 'example-hosting',
  purposes: [
    {
      purpose: 'newsletter',
      legalBasis: {
        article: '6(1)(a)',
        consent: {
          obtained: 'A form with an unticked box, confirmed by a link in an e-mail',
          evidence: 'Time and address of the confirmation',
          withdrawal: 'A link in every issue',
        },
      },
    },
  ],
  data: [
    {
      dataCategory: 'email-address',
      dataSubjectCategories: ['subscribers'],
      source: { kind: 'data-subject' },
      retentionPeriod: 'until-withdrawal',
    },
  ],
  recipients: [],
  subprocessors: [
    { subprocessor: 'mail-delivery' },
    { subprocessor: 'support-desk', dataCategories: ['email-address'] },
  ],
  transfers: [
    {
      to: { subprocessor: 'support-desk' },
      destination: { country: 'US' },
      mechanism: { article: '46(2)(c)', decision: '(EU) 2021/914', sccModule: 2 },
      documents: [{ kind: 'standard-contractual-clauses', reference: 'SCC-2026-01', signedOn: '2026-02-01' }],
    },
  ],
  securityMeasures: ['encryption-in-transit'],
  services: ['shop'],
  owner: { unit: 'Marketing' },
  automatedDecisions: { exists: false },
  assessments: { tia: { status: 'completed', reference: 'TIA-2026-01', completedOn: '2026-01-15' } },
  review: { lastReviewedOn: '2026-03-01', nextReviewOn: '2027-03-01' },
  performedFrom: '2026-03-01',
  ...changes,
})

/** A processor's activity: hosting for a customer in France. */
export const cleanProcessorActivity = (changes: Partial<ActivityContent> = {}): ActivityContent => ({
  name: 'Hosting for customers',
  role: 'processor',
  organisation: 'example-hosting',
  controllers: [
    {
      organisation: 'example-customer',
      categoriesOfProcessing: ['Storage of web sites', 'Backups'],
      contract: { reference: 'DPA-C-0001', signedOn: '2026-01-10' },
      from: '2026-01-10',
    },
  ],
  subprocessors: [{ subprocessor: 'mail-delivery' }],
  transfers: [],
  securityMeasures: ['encryption-in-transit'],
  owner: { unit: 'Operations' },
  review: { nextReviewOn: '2027-03-01' },
  performedFrom: '2026-01-10',
  ...changes,
})
