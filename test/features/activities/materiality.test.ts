import { describe, expect, test } from '@jest/globals'
import { activityMateriality, materialChangesOfActivity } from '../../../src/activities/lifecycle/materiality.ts'
import { Activity, type ActivityContent } from '../../../src/activities/schema.ts'
import { catalogueMateriality, materialChangesOfEntry } from '../../../src/catalogue/materiality.ts'
import { type CatalogueResource, catalogue } from '../../../src/catalogue/resources.ts'
import { contentComparer } from '../../../src/entries/index.ts'
import { components } from '../../../src/resources.ts'
import { cleanActivity, cleanCatalogue, cleanProcessorActivity } from '../../support/fixtures.ts'

/** The table of material and editorial changes: every row has a change that it decides, and the decision. */

type Change = (activity: ActivityContent) => void
type Case = [pattern: string, what: string, material: boolean, change: Change, base?: () => ActivityContent]

const first = <T>(list: readonly T[] | undefined): T => list![0]!
const joint = (): ActivityContent => ({
  ...cleanActivity(),
  role: 'joint-controller',
  jointControllers: [{ organisation: 'example-partner', arrangement: 'Contract 1' }],
})
const assessed = (): ActivityContent => ({
  ...cleanActivity(),
  assessments: Object.fromEntries(
    ['dpia', 'lia', 'tia'].map((name) => [name, { status: 'completed', reference: 'A', url: 'https://a.example/' }]),
  ) as ActivityContent['assessments'],
})
const certified = (): ActivityContent => {
  const activity = cleanActivity()
  first(activity.transfers).certification = { scheme: 'US-DPF', verifiedOn: '2026-01-01' }
  return activity
}
const contracted = (): ActivityContent => {
  const activity = cleanActivity()
  first(activity.subprocessors).contract = { reference: 'DPA-1' }
  return activity
}

const cases: Case[] = [
  [
    '/name',
    'another name',
    false,
    (a) => {
      a.name = 'Other'
    },
  ],
  [
    '/description',
    'a description',
    false,
    (a) => {
      a.description = 'Words'
    },
  ],
  [
    '/references',
    'a file number',
    false,
    (a) => {
      a.references = [{ title: 'File 1' }]
    },
  ],
  [
    '/tags',
    'a word',
    false,
    (a) => {
      a.tags = ['x']
    },
  ],
  [
    '/owner',
    'another owner',
    false,
    (a) => {
      a.owner = { unit: 'Sales' }
    },
  ],
  [
    '/review',
    'another date',
    false,
    (a) => {
      a.review = { nextReviewOn: '2028-01-01' }
    },
  ],
  [
    '/services',
    'another system',
    false,
    (a) => {
      a.services = []
    },
  ],
  [
    '/role',
    'another role',
    true,
    (a) => {
      a.role = 'joint-controller'
    },
  ],
  [
    '/organisation',
    'another organisation',
    true,
    (a) => {
      a.organisation = 'example-partner'
    },
  ],
  [
    '/jointControllers',
    'a joint controller',
    true,
    (a) => {
      a.jointControllers = [{ organisation: 'example-partner' }]
    },
  ],
  [
    '/jointControllers/*/arrangement',
    'the arrangement filed elsewhere',
    false,
    (a) => {
      first(a.jointControllers).arrangement = 'Contract 2'
    },
    joint,
  ],
  [
    '/jointControllers/*/arrangement',
    'the arrangement removed',
    true,
    (a) => {
      delete first(a.jointControllers).arrangement
    },
    joint,
  ],
  [
    '/controllers',
    'none is stated',
    false,
    (a) => {
      a.controllers = []
    },
  ],
  [
    '/controllers/*',
    'another controller, for the same',
    false,
    (a) => {
      a.controllers!.push({ organisation: 'example-partner', categoriesOfProcessing: ['Backups'] })
    },
    cleanProcessorActivity,
  ],
  [
    '/controllers/*',
    'another controller, for something new',
    true,
    (a) => {
      a.controllers!.push({ organisation: 'example-partner', categoriesOfProcessing: ['Analysis'] })
    },
    cleanProcessorActivity,
  ],
  [
    '/controllers/*',
    'something new for the same controller',
    true,
    (a) => {
      first(a.controllers).categoriesOfProcessing!.push('Analysis')
    },
    cleanProcessorActivity,
  ],
  [
    '/controllers/*',
    'the end of a contract',
    false,
    (a) => {
      first(a.controllers).until = '2027-01-01'
    },
    cleanProcessorActivity,
  ],
  [
    '/controllers/*',
    'a controller less',
    false,
    (a) => {
      a.controllers = []
    },
    cleanProcessorActivity,
  ],
  [
    '/purposes',
    'another legal basis',
    true,
    (a) => {
      first(a.purposes).legalBasis = { article: '6(1)(f)' }
    },
  ],
  [
    '/purposes',
    'a purpose less',
    true,
    (a) => {
      a.purposes = []
    },
  ],
  [
    '/data',
    'another category',
    true,
    (a) => {
      a.data!.push({ dataCategory: 'contact-data' })
    },
  ],
  [
    '/data',
    'other persons',
    true,
    (a) => {
      first(a.data).dataSubjectCategories = ['pupils']
    },
  ],
  [
    '/data/*/source/description',
    'words on the source',
    false,
    (a) => {
      first(a.data).source = { kind: 'data-subject', description: 'A form' }
    },
  ],
  [
    '/data/*/provision',
    'whether the data has to be provided',
    false,
    (a) => {
      first(a.data).provision = { requirement: 'voluntary' }
    },
  ],
  [
    '/data/*/retentionPeriod',
    'a shorter period',
    false,
    (a) => {
      first(a.data).retentionPeriod = 'shorter'
    },
  ],
  [
    '/data/*/retentionPeriod',
    'a longer period',
    true,
    (a) => {
      first(a.data).retentionPeriod = 'longer'
    },
  ],
  [
    '/data/*/retentionPeriod',
    'a period that starts otherwise',
    true,
    (a) => {
      first(a.data).retentionPeriod = 'other-start'
    },
  ],
  [
    '/data/*/retentionPeriod',
    'no period any more',
    true,
    (a) => {
      delete first(a.data).retentionPeriod
    },
  ],
  [
    '/recipients',
    'a recipient',
    true,
    (a) => {
      a.recipients = [{ recipient: 'marketing-partner' }]
    },
  ],
  [
    '/recipients',
    'unknown instead of none',
    true,
    (a) => {
      delete a.recipients
      a.statements = { '/recipients': { state: 'unknown', reason: 'Being asked' } }
    },
  ],
  [
    '/recipients/*/description',
    'words on a recipient',
    false,
    (a) => {
      first(a.recipients).description = 'Monthly'
    },
    () => ({ ...cleanActivity(), recipients: [{ recipient: 'marketing-partner' }] }),
  ],
  [
    '/subprocessors',
    'a processor less',
    true,
    (a) => {
      a.subprocessors!.pop()
    },
  ],
  [
    '/subprocessors/*/contract',
    'a renewed contract',
    false,
    (a) => {
      first(a.subprocessors).contract = { reference: 'DPA-2' }
    },
    contracted,
  ],
  [
    '/subprocessors/*/contract',
    'no contract any more',
    true,
    (a) => {
      delete first(a.subprocessors).contract
    },
    contracted,
  ],
  [
    '/transfers',
    'another country',
    true,
    (a) => {
      first(a.transfers).destination = { country: 'IN' }
    },
  ],
  [
    '/transfers',
    'another mechanism',
    true,
    (a) => {
      first(a.transfers).mechanism = { article: '45' }
    },
  ],
  [
    '/transfers/*/documents',
    'documents at all',
    false,
    (a) => {
      first(a.transfers).documents = []
    },
    () => {
      const a = cleanActivity()
      delete first(a.transfers).documents
      return a
    },
  ],
  [
    '/transfers/*/documents/*',
    'one document more',
    false,
    (a) => {
      first(a.transfers).documents!.push({ kind: 'other' })
    },
  ],
  [
    '/transfers/*/documents/*',
    'one document less',
    true,
    (a) => {
      first(a.transfers).documents = []
    },
  ],
  [
    '/transfers/*/certification/verifiedOn',
    'verified again',
    false,
    (a) => {
      first(a.transfers).certification!.verifiedOn = '2026-06-01'
    },
    certified,
  ],
  [
    '/securityMeasures',
    'one measure more',
    false,
    (a) => {
      a.securityMeasures!.push('backup')
    },
  ],
  [
    '/securityMeasures',
    'one measure less',
    true,
    (a) => {
      a.securityMeasures = []
    },
  ],
  [
    '/automatedDecisions',
    'automated decisions',
    true,
    (a) => {
      a.automatedDecisions = { exists: true }
    },
  ],
  [
    '/assessments',
    'an assessment that is not completed',
    true,
    (a) => {
      a.assessments!.dpia!.status = 'required'
    },
    assessed,
  ],
  ...(['dpia', 'lia', 'tia'] as const).flatMap((name): Case[] => [
    [
      `/assessments/${name}/reference`,
      'filed elsewhere',
      false,
      (a) => {
        a.assessments![name]!.reference = 'B'
      },
      assessed,
    ],
    [
      `/assessments/${name}/url`,
      'to be read elsewhere',
      false,
      (a) => {
        a.assessments![name]!.url = 'https://b.example/'
      },
      assessed,
    ],
  ]),
  [
    '/performedFrom',
    'since another day',
    true,
    (a) => {
      a.performedFrom = '2025-01-01'
    },
  ],
  [
    '/performedUntil',
    'ended',
    true,
    (a) => {
      a.performedUntil = '2026-12-31'
    },
  ],
]

const periods = cleanCatalogue()['retention-periods']
const standing = periods.get('until-withdrawal')!
periods.set('shorter', { ...standing, key: 'shorter', duration: 'P2W' })
periods.set('longer', { ...standing, key: 'longer', duration: 'P1M1D' })
periods.set('other-start', { ...standing, key: 'other-start', startsWith: 'End of the year' })

const compare = contentComparer(Activity.Input, components)

test.each(cases)('%s: %s: material %s', (pattern, _, material, change, base = cleanActivity) => {
  const [before, after] = [base(), base()]
  change(after)
  const changes = compare(before, after)
  expect(changes.length).toBeGreaterThan(0)
  expect(
    changes.every(
      (found) =>
        `${found.pattern}/`.startsWith(pattern === '/controllers/*' ? '/controllers/' : `${pattern}/`) ||
        found.pattern.startsWith('/review'),
    ),
  ).toBe(true)
  expect(materialChangesOfActivity(changes, { before, retentionPeriod: (key) => periods.get(key) }).length > 0).toBe(
    material,
  )
})

test('every row has a case, and every property of an activity has a row', () => {
  const tested = new Set(cases.map(([pattern]) => pattern))
  expect(activityMateriality.map(({ pattern }) => pattern).filter((pattern) => !tested.has(pattern))).toEqual([])
  const rows = new Set(activityMateriality.map(({ pattern }) => pattern.split('/')[1]))
  const own = Object.keys(Activity.Input.properties).filter((name) => !['key', 'meta', 'statements'].includes(name))
  expect(own.filter((name) => !rows.has(name))).toEqual([])
})

test('what is only in another order is no change', () => {
  const [before, after] = [cleanActivity(), cleanActivity()]
  after.subprocessors!.reverse()
  expect(compare(before, after)).toEqual([])
})

type EntryCase = [resource: CatalogueResource, pattern: string, material: boolean, before: object, after: object]

const entryCases: EntryCase[] = [
  ['organisations', '/country', true, { country: 'DE' }, { country: 'US' }],
  ['organisations', '/kind', true, { kind: 'own' }, { kind: 'other' }],
  ['data-categories', '/specialCategory', true, {}, { specialCategory: 'health' }],
  ['data-categories', '/specialCategory', false, { specialCategory: 'health' }, {}],
  ['data-categories', '/criminal', true, {}, { criminal: true }],
  ['data-categories', '/criminal', false, { criminal: true }, { criminal: false }],
  ['data-categories', '/identifiability', true, { identifiability: 'identified' }, { identifiability: 'anonymous' }],
  ['data-categories', '/parent', true, {}, { parent: 'health-data' }],
  ['data-subject-categories', '/children', true, { children: 'excluded' }, { children: 'included' }],
  ['data-subject-categories', '/vulnerable', true, {}, { vulnerable: true }],
  ['recipients', '/countries', true, { countries: ['DE'] }, { countries: ['DE', 'US'] }],
  ['recipients', '/processingRole', true, { processingRole: 'controller' }, { processingRole: 'processor' }],
  ['recipients', '/organisation', true, {}, { organisation: 'acme' }],
  ['subprocessors', '/country', true, { country: 'IE' }, { country: 'US' }],
  ['subprocessors', '/processingCountries', true, {}, { processingCountries: ['US'] }],
  ['subprocessors', '/transfers', true, { transfers: [] }, { transfers: [{ destination: { country: 'US' } }] }],
  ['subprocessors', '/processingRole', true, { processingRole: 'processor' }, { processingRole: 'controller' }],
  [
    'subprocessors',
    '/contract',
    false,
    { contract: { reference: 'A' } },
    { contract: { reference: 'B', signedOn: '2026-01-01' } },
  ],
  ['subprocessors', '/contract', true, { contract: { reference: 'A' } }, {}],
  ['retention-periods', '/duration', true, { duration: 'P1Y' }, { duration: 'P10Y' }],
  ['retention-periods', '/duration', false, { duration: 'P1Y' }, { duration: 'P12M' }],
  ['retention-periods', '/duration', false, { duration: 'P1Y' }, { duration: 'P30D' }],
  ['retention-periods', '/criterion', true, { criterion: 'A' }, { criterion: 'B' }],
  ['retention-periods', '/startsWith', true, { startsWith: 'A' }, { startsWith: 'B' }],
  ['services', '/countries', true, { countries: ['DE'] }, { countries: ['US'] }],
]

describe('the catalogue', () => {
  test.each(entryCases)('%s %s: material %s', (resource, _, material, before, after) => {
    const { Input } = catalogue.find((definition) => definition.resource === resource)!
    const [from, to] = [
      { name: 'x', ...before },
      { name: 'x', ...after },
    ]
    const changes = contentComparer(Input, components)(from, to)
    expect(materialChangesOfEntry(resource, changes, { before: from, after: to }).length > 0).toBe(material)
  })

  test('every row has a case; other properties are editorial', () => {
    const tested = new Set(entryCases.map(([resource, pattern]) => `${resource} ${pattern}`))
    const rows = Object.entries(catalogueMateriality).flatMap(([resource, table]) =>
      table.map(({ pattern }) => `${resource} ${pattern}`),
    )
    expect(rows.filter((row) => !tested.has(row))).toEqual([])
    const { Input } = catalogue[0]
    const changes = contentComparer(Input, components)({ name: 'A' }, { name: 'B', description: 'C' })
    expect(materialChangesOfEntry('organisations', changes, { before: {}, after: {} })).toEqual([])
  })
})
