import { describe, expect, test } from '@jest/globals'
import { evaluateRules, rules } from '../../../src/activities/rules/index.ts'
import { cleanActivity, cleanCatalogue, cleanProcessorActivity, fixtureDate } from '../../support/fixtures.ts'
import { assessmentCases } from './rule-cases/assessments.ts'
import { edit, type RuleCases, type Scenario, world } from './rule-cases/case.ts'
import { dataCases } from './rule-cases/data.ts'
import { partyCases } from './rule-cases/parties.ts'
import { purposeCases } from './rule-cases/purposes.ts'
import { recipientCases } from './rule-cases/recipients.ts'
import { safeguardCases } from './rule-cases/safeguards.ts'
import { transferRecordCases } from './rule-cases/transfer-records.ts'
import { transferCases } from './rule-cases/transfers.ts'
import { upkeepCases } from './rule-cases/upkeep.ts'

const cases: RuleCases = {
  ...partyCases,
  ...purposeCases,
  ...dataCases,
  ...recipientCases,
  ...transferRecordCases,
  ...transferCases,
  ...safeguardCases,
  ...assessmentCases,
  ...upkeepCases,
}

const findingsIn = ({
  base = 'controller',
  change,
}: {
  base?: 'controller' | 'processor'
  change?: Scenario['change']
}) => {
  const changed = world(base)
  change?.(changed)
  return evaluateRules(changed)
}

test('every rule has a case in which it fires and one in which it does not', () => {
  const complete = Object.keys(cases).filter((code) => cases[code]?.fires.length && cases[code]?.silent.length)
  expect(complete.sort()).toEqual(rules.map(({ code }) => code).sort())
})

test('rules have distinct names and say what they ask for', () => {
  expect(new Set(rules.map(({ code }) => code)).size).toBe(rules.length)
  for (const { code, title, article } of rules) {
    expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/)
    expect(title).toMatch(/^[A-Z].*\.$/)
    expect(article).not.toBe('')
  }
})

describe('the clean fixtures', () => {
  test.each([
    ['a controller', cleanActivity()],
    ['a processor', cleanProcessorActivity()],
  ])('of %s give nothing', (_, activity) => {
    expect(evaluateRules({ activity, catalogue: cleanCatalogue(), at: fixtureDate })).toEqual([])
  })
})

test('only what the law asks for is an error, and every finding says where and what to do', () => {
  const scenarios = Object.values(cases).flatMap(({ fires, silent }) => [...fires, ...silent])
  const findings = scenarios.flatMap((scenario) => findingsIn(scenario))
  expect(findings.filter(({ severity, basis }) => severity === 'error' && basis !== 'law')).toEqual([])
  for (const { pointer, message, fix } of findings) {
    expect(pointer).toMatch(/^(\/[A-Za-z0-9]+)*$/)
    expect(message).toMatch(/^\S.*\.$/)
    expect(fix).toMatch(/^[A-Z].*\.$/)
    expect(`${message}${fix}`).not.toMatch(/undefined|\[object/)
  }
})

test('what Art. 30(1)(a)-(d), 30(2)(a)-(b) and other articles demand is an error, and nothing else', () => {
  expect(rules.filter(({ severity }) => severity === 'error').map(({ code }) => code)).toEqual([
    'contact-missing',
    'representative-missing',
    'joint-controllers-missing',
    'joint-controller-contact-missing',
    'arrangement-missing',
    'controllers-missing',
    'controller-contact-missing',
    'categories-of-processing-missing',
    'controller-contract-missing',
    'purpose-missing',
    'consent-evidence-missing',
    'consent-withdrawal-missing',
    'explicit-consent-undocumented',
    'data-missing',
    'data-subjects-missing',
    'special-category-condition-missing',
    'criminal-data-authority-missing',
    'recipients-missing',
    'processor-contract-missing',
    'transfer-undocumented',
    'transfer-mechanism-missing',
    'transfer-mechanism-invalid',
    'derogation-safeguards-missing',
    'automated-decision-ground-missing',
    'automated-decision-special-category',
    'impact-assessment-outstanding',
  ])
})

test('of purposes, data, retention and decisions nothing is asked of a processor, whatever it records', () => {
  const activity = cleanProcessorActivity({
    purposes: [
      { purpose: 'newsletter' },
      { purpose: 'newsletter', legalBasis: { article: '6(1)(a)' } },
      { purpose: 'newsletter', legalBasis: { article: '6(1)(c)' } },
      { purpose: 'newsletter', legalBasis: { article: '6(1)(f)' } },
    ],
    data: [
      { dataCategory: 'email-address', condition: { article: '9(2)(b)' }, dataSubjectCategories: ['pupils'] },
      { dataCategory: 'health-data', retentionPeriod: 'until-withdrawal' },
      { dataCategory: 'health-data', condition: { article: '9(2)(a)' } },
      { dataCategory: 'criminal-record' },
    ],
    subprocessors: [{ subprocessor: 'mail-delivery', dataCategories: ['contact-data'] }],
    automatedDecisions: { exists: true },
    assessments: { dpia: { status: 'required' }, lia: { status: 'required' } },
  })
  const catalogue = cleanCatalogue()
  edit(catalogue.organisations, 'example-hosting', { publicBody: true })
  edit(catalogue['retention-periods'], 'until-withdrawal', {
    duration: undefined,
    startsWith: undefined,
    disposal: undefined,
  })
  expect(evaluateRules({ activity, catalogue, at: fixtureDate })).toEqual([])
})

test('parties that do not belong to the role are named as such, and not judged further', () => {
  const codes = (activity: ReturnType<typeof cleanActivity>) =>
    evaluateRules({ activity, catalogue: cleanCatalogue(), at: fixtureDate }).map(({ code }) => code)
  expect(codes(cleanActivity({ controllers: [{ organisation: 'example-customer' }] }))).toEqual([
    'controllers-unexpected',
  ])
  expect(codes(cleanProcessorActivity({ jointControllers: [{ organisation: 'example-partner' }] }))).toEqual([
    'joint-controllers-unexpected',
  ])
})

test('findings come in the order of the rules, whatever is evaluated', () => {
  const order = rules.map(({ code }) => code)
  const activity = { name: 'Nothing else', role: 'controller' as const, organisation: 'example-hosting' }
  const found = evaluateRules({ activity, catalogue: cleanCatalogue(), at: fixtureDate }).map(({ code }) => code)
  expect(found).toEqual([...found].sort((a, b) => order.indexOf(a) - order.indexOf(b)))
  expect(found).toEqual(expect.arrayContaining(['purpose-missing', 'data-missing', 'recipients-missing']))
})

test('entries that the catalogue does not have are not judged', () => {
  const empty = Object.fromEntries(Object.keys(cleanCatalogue()).map((resource) => [resource, new Map()]))
  const context = { activity: cleanActivity(), catalogue: empty as ReturnType<typeof cleanCatalogue>, at: fixtureDate }
  expect(evaluateRules(context)).toEqual([])
})

describe.each(rules.map((rule) => [rule.code, rule] as const))('%s', (code, rule) => {
  test.each(cases[code]?.fires ?? [])('fires when $when', ({ expect: expected, ...scenario }) => {
    const found = findingsIn(scenario).filter((finding) => finding.code === code)
    expect(found).not.toEqual([])
    // Severity, basis and article are the rule's own, unless the case says that they depend on the facts.
    const { severity, basis, article } = rule
    expect(found[0]).toMatchObject({ severity, basis, article, ...expected })
  })

  test.each(cases[code]?.silent ?? [])('does not when $when', (scenario) => {
    expect(findingsIn(scenario).filter((finding) => finding.code === code)).toEqual([])
  })
})
