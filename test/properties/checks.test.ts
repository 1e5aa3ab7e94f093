import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { ActivityContent } from '../../src/activities/index.ts'
import { evaluateCheck } from '../../src/checks/evaluate.ts'
import { createMemoryChecks } from '../../src/checks/from-memory.ts'
import type { CheckQuestion } from '../../src/checks/schema.ts'
import { today as actualDay, type EntryContent, facetText } from '../../src/entries/index.ts'
import { createModel, type LoadedEntry } from '../../src/register/model.ts'
import { resources } from '../../src/resources.ts'

/**
 * The truth table of `docs/checks.md` as a naive model: each thing that is asked is true, unknown or false of an activity;
 * an activity is as good as the worst of them, a category as the best of the activities, the check as the worst category.
 */

type Truth = 0 | 1 | 2
const [no, unknown, yes] = [0, 1, 2] as const
const outcomes = ['fail', 'undetermined', 'pass'] as const
const worst = (truths: Truth[]): Truth => Math.min(yes, ...truths) as Truth
const best = (truths: Truth[]): Truth => Math.max(no, ...truths) as Truth

/** `work-email` is a kind of `email`, which is a kind of `contact`. */
const parents: Record<string, string[]> = { 'work-email': ['email', 'contact'], email: ['contact'] }
const lineage = (category: string) => [category, ...(parents[category] ?? [])]
const today = '2026-06-01'

const truthOf = (question: CheckQuestion, category: string | undefined, activity: ActivityContent): Truth => {
  const said = (...pointers: string[]): Truth =>
    pointers.some((pointer) => activity.statements?.[pointer]?.state === 'unknown') ? unknown : no
  const rows = (activity.data ?? []).flatMap((row, index) =>
    category === undefined || lineage(category).includes(row.dataCategory) ? [{ ...row, index }] : [],
  )
  const truths: Truth[] = []
  if (activity.performedUntil && activity.performedUntil < today) truths.push(no)
  if (category !== undefined) truths.push(rows.length > 0 ? yes : said('/data'))
  for (const persons of question.dataSubjectCategories ?? [])
    truths.push(
      rows.some((row) => row.dataSubjectCategories?.includes(persons))
        ? yes
        : said('/data', ...rows.map(({ index }) => `/data/${index}/dataSubjectCategories`)),
    )
  for (const asked of question.recipients ?? [])
    truths.push(activity.recipients?.some(({ recipient }) => recipient === asked) ? yes : said('/recipients'))
  for (const asked of question.subprocessors ?? [])
    truths.push(
      activity.subprocessors?.some(
        ({ subprocessor, dataCategories }) =>
          subprocessor === asked &&
          (category === undefined ||
            !dataCategories ||
            lineage(category).some((each) => dataCategories.includes(each))),
      )
        ? yes
        : said('/subprocessors'),
    )
  for (const country of question.countries ?? []) {
    const there = (activity.transfers ?? []).flatMap((transfer, index) =>
      transfer.destination.country === country ? [{ transfer, index }] : [],
    )
    if (country === 'DE') truths.push(yes)
    else if (there.length === 0) truths.push(said('/transfers'))
    else if (there.some(({ transfer }) => transfer.mechanism?.article === '46(2)(b)')) truths.push(yes)
    else truths.push(said(...there.map(({ index }) => `/transfers/${index}/mechanism`)))
  }
  if (question.legalBasis) {
    const index = (activity.purposes ?? []).findIndex(({ purpose }) => purpose === question.purpose)
    const stands = activity.purposes?.[index]?.legalBasis?.article
    truths.push(stands === question.legalBasis ? yes : said(`/purposes/${index}/legalBasis`))
  }
  if (question.service) truths.push(activity.services?.includes(question.service) ? yes : said('/services'))
  return worst(truths)
}

const expected = (question: CheckQuestion, activities: ActivityContent[]) => {
  const categories = question.dataCategories.length > 0 ? question.dataCategories : [undefined]
  return outcomes[
    worst(categories.map((category) => best(activities.map((activity) => truthOf(question, category, activity)))))
  ]
}

const some = (...values: string[]) => fc.subarray(values)
const sometimes = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 })
const categories = ['email', 'work-email', 'contact', 'address']

const activityArbitrary = fc
  .record({
    data: sometimes(
      some(...categories).chain((keys) =>
        fc.tuple(
          ...keys.map((dataCategory) =>
            sometimes(some('staff', 'guests')).map((dataSubjectCategories) => ({
              dataCategory,
              ...(dataSubjectCategories && { dataSubjectCategories }),
            })),
          ),
        ),
      ),
    ),
    recipients: sometimes(some('bank', 'post').map((keys) => keys.map((recipient) => ({ recipient })))),
    subprocessors: sometimes(
      fc.uniqueArray(
        fc.record({ subprocessor: fc.constantFrom('host', 'mail'), dataCategories: sometimes(some(...categories)) }),
        { selector: ({ subprocessor }) => subprocessor },
      ),
    ),
    transfers: sometimes(
      fc.array(
        fc.record({
          destination: fc.record({ country: fc.constantFrom('IN', 'BR') }),
          mechanism: sometimes(fc.constant({ article: '46(2)(b)' })),
        }),
        { maxLength: 3 },
      ),
    ),
    legalBasis: sometimes(fc.constantFrom('6(1)(a)', '6(1)(b)')),
    services: sometimes(some('shop', 'crm')),
    performedUntil: sometimes(fc.constantFrom('2026-05-31', today)),
    unknowns: some(
      ...['/data', '/data/0/dataSubjectCategories', '/recipients', '/subprocessors', '/transfers'],
      ...['/transfers/0/mechanism', '/transfers/1/mechanism', '/purposes/0/legalBasis', '/services'],
    ),
  })
  .map(({ legalBasis, unknowns, ...content }) => ({
    name: 'Activity',
    role: 'controller',
    organisation: 'example',
    ...JSON.parse(JSON.stringify(content)),
    purposes: [{ purpose: 'letters', ...(legalBasis && { legalBasis: { article: legalBasis } }) }],
    statements: Object.fromEntries(unknowns.map((at) => [at, { state: 'unknown', reason: 'Nobody knows.' }])),
  })) as fc.Arbitrary<ActivityContent>

const questionArbitrary = fc
  .record({
    dataCategories: some(...categories),
    dataSubjectCategories: sometimes(some('staff', 'guests')),
    recipients: sometimes(some('bank', 'post')),
    subprocessors: sometimes(some('host', 'mail')),
    countries: sometimes(some('DE', 'IN', 'BR')),
    legalBasis: sometimes(fc.constantFrom('6(1)(a)', '6(1)(b)')),
    service: sometimes(fc.constantFrom('shop', 'crm')),
  })
  .map((asked) => ({ purpose: 'letters', ...JSON.parse(JSON.stringify(asked)) })) as fc.Arbitrary<CheckQuestion>

test('a check comes out as the truth table says, whatever is asked of whatever is recorded', () => {
  const seen = new Map<string, number>()
  fc.assert(
    fc.property(questionArbitrary, fc.array(activityArbitrary, { maxLength: 3 }), (question, activities) => {
      const { outcome, reasons, coveredBy } = evaluateCheck(question, {
        candidatesFor: () => activities.map((content, index) => ({ key: `a${index}`, revision: 1, content })),
        lineage,
        unknownKeys: [],
        at: today,
        registerVersion: 1,
      })
      seen.set(outcome, (seen.get(outcome) ?? 0) + 1)
      expect(outcome).toBe(expected(question, activities))
      expect(reasons.some(({ severity }) => severity === 'error')).toBe(outcome === 'fail')
      if (outcome === 'pass') expect(coveredBy.length).toBeGreaterThan(0)
    }),
    { numRuns: 20_000 },
  )
  for (const outcome of outcomes) expect(seen.get(outcome)).toBeGreaterThan(200)
})

/** An entry as it is loaded; its key is its id. */
const loaded = (resource: string, key: string, content: object, status = 'in-force', revision = 1): LoadedEntry => {
  const { references, facets = () => [] } = resources.get(resource)!
  return {
    ...{ id: `${resource}/${key}`, resource, key, status, revision, position: revision, etag: `"${revision}"` },
    body: JSON.stringify({ key, ...content }),
    facets: facets(content as EntryContent).map(facetText),
    references: references(content as EntryContent).map((target) => `${target.resource}/${target.key}`),
  }
}

const catalogued = Object.entries({
  purposes: ['letters', 'orders'],
  'data-categories': categories,
  'data-subject-categories': ['staff', 'guests'],
  recipients: ['bank', 'post'],
  subprocessors: ['host', 'mail'],
  services: ['shop', 'crm'],
}).flatMap(([resource, keys]) => keys.map((key) => [resource, key] as const))

const changeArbitrary = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      activity: activityArbitrary,
      key: fc.integer({ min: 0, max: 5 }).map((n) => `a${n}`),
      role: fc.constantFrom('controller', 'controller', 'joint-controller', 'processor'),
      purpose: fc.constantFrom('letters', 'letters', 'orders'),
      status: fc.constantFrom('in-force', 'in-force', 'in-force', 'draft', 'retired'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      category: fc.constantFrom(...categories),
      parent: sometimes(fc.constantFrom(...categories)),
    }),
  },
)

test('from memory a check comes out as it does when all activities are judged, whatever changes', () => {
  const seen = new Map<string, number>()
  const steps = fc.array(fc.tuple(changeArbitrary, questionArbitrary, fc.constantFrom('letters', 'orders')), {
    minLength: 1,
    maxLength: 12,
  })
  fc.assert(
    fc.property(steps, (steps) => {
      const model = createModel()
      const answer = createMemoryChecks()
      const activities = new Map<string, { key: string; revision: number; content: ActivityContent; covers: boolean }>()
      const parentOf = new Map<string, string | undefined>()
      const lineageOf = (category: string) => {
        const found: string[] = []
        for (let key: string | undefined = category; key && !found.includes(key); key = parentOf.get(key))
          found.push(key)
        return found
      }
      model.apply(
        catalogued.map(([resource, key]) => loaded(resource, key, { name: key })),
        1,
      )
      for (const [step, [change, asked, purpose]] of steps.entries()) {
        const revision = step + 2
        if ('activity' in change) {
          const { key, role, status } = change
          const { purposes, ...rest } = change.activity
          const content = {
            ...rest,
            role,
            purposes: [{ ...purposes![0]!, purpose: change.purpose }],
          } as ActivityContent
          activities.set(key, { key, revision, content, covers: status === 'in-force' && role !== 'processor' })
          model.apply([loaded('processing-activities', key, content, status, revision)], revision)
        } else {
          const { category, parent } = change
          parentOf.set(category, parent)
          model.apply([loaded('data-categories', category, { name: category, ...(parent && { parent }) })], revision)
        }
        const question = { ...asked, purpose }
        const result = evaluateCheck(question, {
          candidatesFor: () =>
            [...activities.values()]
              .filter(({ covers, content }) => covers && content.purposes![0]!.purpose === purpose)
              .sort((a, b) => (a.key < b.key ? -1 : 1)),
          lineage: lineageOf,
          unknownKeys: [],
          at: actualDay(),
          registerVersion: revision,
        })
        seen.set(result.outcome, (seen.get(result.outcome) ?? 0) + 1)
        expect(answer(model, question)).toEqual(result)
      }
    }),
    { numRuns: 2_000 },
  )
  for (const outcome of outcomes) expect(seen.get(outcome)).toBeGreaterThan(50)
})
