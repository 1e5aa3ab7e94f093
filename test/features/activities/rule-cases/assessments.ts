import { edit, notApplicable, type RuleCases, type World } from './case.ts'

const complete = {
  exists: true,
  article: '22(2)(a)',
  logic: 'A score of payment history',
  consequences: 'Payment in advance',
  safeguards: 'A clerk decides on request',
} as const
const automated = (changes: Partial<World['activity']['automatedDecisions']>) => (w: World) => {
  w.activity.automatedDecisions = { ...complete, ...changes }
}
const assessed = (dpia: NonNullable<World['activity']['assessments']>['dpia']) => (w: World) => {
  w.activity.assessments = { ...w.activity.assessments, dpia }
}
const onInterests = (lia?: NonNullable<World['activity']['assessments']>['lia']) => (w: World) => {
  w.activity.purposes = [{ purpose: 'newsletter', legalBasis: { article: '6(1)(f)', reference: 'Advertising' } }]
  w.activity.assessments = { ...w.activity.assessments, lia }
}

export const assessmentCases: RuleCases = {
  'automated-decision-ground-missing': {
    fires: [
      {
        when: 'no ground is named',
        change: automated({ article: undefined }),
        expect: { pointer: '/automatedDecisions/article' },
      },
    ],
    silent: [
      { when: 'there are none', change: automated({ exists: false, article: undefined }) },
      { when: 'one is named', change: automated({}) },
    ],
  },
  'automated-decision-logic-missing': {
    fires: [
      {
        when: 'the logic is not described',
        change: automated({ logic: undefined }),
        expect: { pointer: '/automatedDecisions/logic' },
      },
      {
        when: 'the consequences are not described',
        change: automated({ consequences: undefined }),
        expect: { pointer: '/automatedDecisions/consequences' },
      },
    ],
    silent: [{ when: 'both are', change: automated({}) }],
  },
  'automated-decision-safeguards-missing': {
    fires: [{ when: 'nobody can intervene', change: automated({ safeguards: undefined }) }],
    silent: [
      { when: 'a law authorises the decision', change: automated({ safeguards: undefined, article: '22(2)(b)' }) },
    ],
  },
  'automated-decision-special-category': {
    fires: [
      {
        when: 'health data is used under employment law',
        change: (w) => {
          automated({})(w)
          w.process('health-data').condition = { article: '9(2)(b)', reference: '§ 26 BDSG' }
        },
        expect: { pointer: '/data/0/condition' },
      },
    ],
    silent: [
      {
        when: 'it is used on explicit consent',
        change: (w) => {
          automated({})(w)
          w.process('health-data').condition = { article: '9(2)(a)' }
        },
      },
      {
        when: 'nothing is automated',
        change: (w) => {
          w.process('health-data').condition = { article: '9(2)(b)', reference: '§ 26 BDSG' }
        },
      },
    ],
  },
  'impact-assessment-missing': {
    fires: [
      {
        when: 'decisions are automated',
        change: automated({}),
        expect: { pointer: '/assessments/dpia', severity: 'warning', basis: 'law', article: 'Art. 35(3)(a)' },
      },
      {
        when: 'health data is processed',
        change: (w) => {
          w.process('health-data').condition = { article: '9(2)(a)' }
        },
        expect: { severity: 'warning', basis: 'guidance', article: 'Art. 35(3)(b), WP 248 rev.01' },
      },
      {
        when: 'it is called not required without a reason',
        change: (w) => {
          automated({})(w)
          assessed({ status: 'not-required' })(w)
        },
        expect: { pointer: '/assessments/dpia/reason' },
      },
    ],
    silent: [
      {
        when: 'it is not required, for a reason',
        change: (w) => {
          automated({})(w)
          assessed({ status: 'not-required', reason: 'Ten persons a year' })(w)
        },
      },
      {
        when: 'it is completed',
        change: (w) => {
          automated({})(w)
          assessed({ status: 'completed' })(w)
        },
      },
      {
        when: 'it is not applicable',
        change: (w) => {
          automated({})(w)
          w.activity.statements = notApplicable('/assessments/dpia')
        },
      },
      {
        when: 'it is required, which another rule watches',
        change: (w) => {
          automated({})(w)
          assessed({ status: 'required' })(w)
        },
      },
      {
        when: 'it is in progress, which another rule watches',
        change: (w) => {
          automated({})(w)
          assessed({ status: 'in-progress' })(w)
        },
      },
      {
        when: 'the persons are vulnerable, but nothing else suggests one',
        change: ({ data }) => {
          data.dataSubjectCategories = ['pupils']
        },
      },
    ],
  },
  'impact-assessment-outstanding': {
    fires: [
      {
        when: 'it is required and the processing goes on',
        change: assessed({ status: 'required' }),
        expect: { pointer: '/assessments/dpia/status' },
      },
      { when: 'it is in progress and the processing goes on', change: assessed({ status: 'in-progress' }) },
      {
        when: 'the processing begins today',
        change: (w) => {
          assessed({ status: 'required' })(w)
          w.activity.performedFrom = '2026-06-01'
        },
      },
    ],
    silent: [
      {
        when: 'the processing has not begun',
        change: (w) => {
          assessed({ status: 'in-progress' })(w)
          w.activity.performedFrom = '2026-06-02'
        },
      },
      { when: 'it is completed', change: assessed({ status: 'completed' }) },
    ],
  },
  'legitimate-interests-assessment-missing': {
    fires: [
      { when: 'there is none', change: onInterests(), expect: { pointer: '/assessments/lia' } },
      { when: 'it is in progress', change: onInterests({ status: 'in-progress' }) },
    ],
    silent: [
      { when: 'it is completed', change: onInterests({ status: 'completed' }) },
      {
        when: 'the purpose rests on consent',
        change: ({ catalogue }) => edit(catalogue.organisations, 'example-hosting', { publicBody: false }),
      },
    ],
  },
}
