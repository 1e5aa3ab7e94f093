import { sql } from 'kysely'
import { ensurePrincipal } from '../src/access/index.ts'
import { activityResourceName, importedEntry } from '../src/activities/index.ts'
import { type EntryContent, writeEntries } from '../src/entries/index.ts'
import { type Database, inTransaction } from '../src/platform/db/database.ts'
import { resources } from '../src/resources.ts'

/** A register for measuring: the same for the same size, of activities of about 3 KB with some 15 children each. */

const counts = {
  purposes: 200,
  'data-categories': 300,
  'data-subject-categories': 40,
  recipients: 100,
  subprocessors: 100,
  'retention-periods': 30,
  'security-measures': 60,
  services: 200,
} as const

const countries = ['DE', 'FR', 'NL', 'IE', 'US', 'GB', 'CH', 'JP', 'IN', 'BR']
const eea = countries.slice(0, 4)
const bases = ['6(1)(a)', '6(1)(b)', '6(1)(c)', '6(1)(f)']

const sentence = (about: string) =>
  `${about}. What is done with the data is described here in as many words as an organisation usually finds for it, and no more.`

export const catalogueEntry: Record<keyof typeof counts, (n: number) => EntryContent> = {
  purposes: (n) => ({ name: `Purpose ${n}`, description: sentence(`Purpose number ${n}`) }),
  'data-categories': (n) => ({
    name: `Data category ${n}`,
    ...(n >= 30 && { parent: `data-categories-${n % 30}` }),
    ...(n % 50 === 7 && { specialCategory: 'health' }),
  }),
  'data-subject-categories': (n) => ({ name: `Persons ${n}`, children: 'excluded' }),
  recipients: (n) => ({ name: `Recipient ${n}`, kind: 'external', countries: [countries[n % countries.length]] }),
  subprocessors: (n) => ({
    name: `Processor ${n}`,
    processing: `Service of processor ${n}`,
    processingRole: 'processor',
    country: countries[n % countries.length],
  }),
  'retention-periods': (n) => ({
    name: `Period ${n}`,
    duration: `P${(n % 10) + 1}Y`,
    startsWith: 'End of the contract',
    disposal: 'delete',
  }),
  'security-measures': (n) => ({ name: `Measure ${n}`, type: 'technical', area: 'encryption' }),
  services: (n) => ({ name: `Service ${n}` }),
}

/** Numbers that look random and are the same each time. */
const randomFrom = (seed: number) => () => {
  seed = (seed * 1664525 + 1013904223) >>> 0
  return seed / 2 ** 32
}

export const activityKey = (n: number) => `activity-${String(n).padStart(6, '0')}`

/** Activity number `n`: the same each time. */
export const activityContent = (n: number): EntryContent => {
  const random = randomFrom(n + 1)
  const one = (of: keyof typeof counts) => `${of}-${Math.floor(random() * counts[of])}`
  const several = (of: keyof typeof counts, many: number) => [...new Set(Array.from({ length: many }, () => one(of)))]
  const subprocessors = several('subprocessors', 2)
  const countryOf = (key: string) => countries[Number(key.split('-').at(-1)) % countries.length]!
  return {
    name: `Activity ${n} of the register`,
    description: `${sentence(`Activity number ${n}`)} ${sentence('It is one of many')}`,
    role: n % 5 === 4 ? 'processor' : 'controller',
    organisation: 'organisations-0',
    ...(n % 5 === 4
      ? {
          controllers: [
            {
              organisation: 'organisations-1',
              categoriesOfProcessing: ['Storage', 'Support'],
              contract: { reference: `DPA-${n}`, signedOn: '2026-01-10' },
            },
          ],
        }
      : {}),
    purposes: several('purposes', 2).map((purpose) => ({
      purpose,
      legalBasis: { article: bases[Math.floor(random() * bases.length)]! },
    })),
    data: several('data-categories', 4).map((dataCategory) => ({
      dataCategory,
      dataSubjectCategories: several('data-subject-categories', 2),
      source: { kind: 'data-subject' },
      retentionPeriod: one('retention-periods'),
    })),
    recipients: several('recipients', 2).map((recipient) => ({ recipient })),
    subprocessors: subprocessors.map((subprocessor) => ({
      subprocessor,
      contract: { reference: `DPA-${n}-${subprocessor}`, signedOn: '2026-01-10' },
    })),
    transfers: subprocessors
      .filter((subprocessor) => !eea.includes(countryOf(subprocessor)))
      .map((subprocessor) => ({
        to: { subprocessor },
        destination: { country: countryOf(subprocessor) },
        mechanism: { article: '46(2)(c)', decision: '(EU) 2021/914', sccModule: 2 },
        documents: [{ kind: 'standard-contractual-clauses', reference: `SCC-${n}`, signedOn: '2026-02-01' }],
      })),
    securityMeasures: several('security-measures', 3),
    services: several('services', 1),
    owner: { unit: `Unit ${n % 20}` },
    automatedDecisions: { exists: false },
    review: { lastReviewedOn: '2026-03-01', nextReviewOn: '2027-03-01' },
    performedFrom: '2026-03-01',
  }
}

/** How many activities are written in a transaction. */
const batch = 250

/** Fills a register, which may have the examples in it. */
export const fillRegister = async (db: Database, activities: number): Promise<void> => {
  const principalId = await ensurePrincipal(db, 'bench')
  const author = { principalId, serviceId: null, service: null }
  const put = async (resource: string, entries: [key: string, content: EntryContent][]) => {
    const writes = entries.map(([key, content]) => importedEntry(resources.get(resource)!, key, () => content, author))
    const results = await inTransaction(db, (transaction) => writeEntries(transaction, writes))
    for (const result of results) if (result instanceof Error) throw result
  }
  const address = {
    contact: { name: 'Data protection', email: 'privacy@bench.example', address: 'Street 1, 10115 Berlin' },
  }
  await put('organisations', [
    ['organisations-0', { name: 'Bench GmbH', kind: 'own', country: 'DE', ...address }],
    ['organisations-1', { name: 'Bench Customer', kind: 'external', country: 'FR', ...address }],
  ])
  for (const [resource, count] of Object.entries(counts) as [keyof typeof counts, number][])
    await put(
      resource,
      Array.from({ length: count }, (_, n) => [`${resource}-${n}`, catalogueEntry[resource](n)]),
    )
  for (let from = 0; from < activities; from += batch)
    await put(
      activityResourceName,
      Array.from({ length: Math.min(batch, activities - from) }, (_, n) => [
        activityKey(from + n),
        activityContent(from + n),
      ]),
    )
  // As Postgres does by itself before long.
  await sql`vacuum analyze`.execute(db)
}
