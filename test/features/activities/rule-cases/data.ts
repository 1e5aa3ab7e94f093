import { edit, notApplicable, type RuleCases, unknown } from './case.ts'

export const dataCases: RuleCases = {
  'data-missing': {
    fires: [
      {
        when: 'none is recorded',
        change: ({ activity }) => {
          delete activity.data
        },
        expect: { pointer: '/data' },
      },
      {
        when: 'the record says that there is none',
        change: ({ activity }) => {
          activity.data = []
        },
      },
    ],
    silent: [{ when: 'a processor records none', base: 'processor' }],
  },
  'data-subjects-missing': {
    fires: [
      {
        when: 'a category names none',
        change: ({ data }) => {
          delete data.dataSubjectCategories
        },
        expect: { pointer: '/data/0/dataSubjectCategories' },
      },
      {
        when: 'they are unknown',
        change: ({ activity, data }) => {
          delete data.dataSubjectCategories
          activity.statements = unknown('/data/0/dataSubjectCategories')
        },
        expect: { severity: 'error' },
      },
    ],
    silent: [
      {
        when: 'the category is anonymous',
        change: ({ process }) => {
          delete process('usage-statistics').dataSubjectCategories
        },
      },
    ],
  },
  'special-category-condition-missing': {
    fires: [
      {
        when: 'health data has none',
        change: ({ process }) => {
          process('health-data')
        },
        expect: { pointer: '/data/0/condition' },
      },
      {
        when: 'what is part of health data has none',
        change: ({ process }) => {
          process('sick-notes')
        },
      },
      {
        when: 'it has the authority for criminal data',
        change: ({ process }) => {
          process('health-data').condition = { article: '10' }
        },
      },
    ],
    silent: [
      {
        when: 'it has one',
        change: ({ process }) => {
          process('sick-notes').condition = { article: '9(2)(b)', reference: '§ 26 BDSG' }
        },
      },
      { when: 'the category is an ordinary one' },
    ],
  },
  'criminal-data-authority-missing': {
    fires: [
      {
        when: 'a criminal record has none',
        change: ({ process }) => {
          process('criminal-record')
        },
      },
      {
        when: 'neither authority nor law is named',
        change: ({ process }) => {
          process('criminal-record').condition = { article: '10' }
        },
      },
    ],
    silent: [
      {
        when: 'the law is named',
        change: ({ process }) => {
          process('criminal-record').condition = { article: '10', reference: '§ 30a BZRG' }
        },
      },
    ],
  },
  'condition-law-missing': {
    fires: [
      {
        when: 'employment law is not named',
        change: ({ process }) => {
          process('health-data').condition = { article: '9(2)(b)' }
        },
        expect: { pointer: '/data/0/condition/reference' },
      },
    ],
    silent: [
      {
        when: 'it is named',
        change: ({ process }) => {
          process('health-data').condition = { article: '9(2)(b)', reference: '§ 26 BDSG' }
        },
      },
      {
        when: 'the condition rests on no law',
        change: ({ process }) => {
          process('health-data').condition = { article: '9(2)(e)' }
        },
      },
    ],
  },
  'condition-unexpected': {
    fires: [
      {
        when: 'an ordinary category has one',
        change: ({ data }) => {
          data.condition = { article: '9(2)(a)' }
        },
      },
    ],
    silent: [
      {
        when: 'a special one has',
        change: ({ process }) => {
          process('health-data').condition = { article: '9(2)(a)' }
        },
      },
    ],
  },
  'source-missing': {
    fires: [
      {
        when: 'the record does not say',
        change: ({ data }) => {
          delete data.source
        },
        expect: { pointer: '/data/0/source', severity: 'warning' },
      },
      {
        when: 'it is unknown',
        change: ({ activity, data }) => {
          delete data.source
          activity.statements = unknown('/data/0/source')
        },
        expect: { severity: 'info' },
      },
    ],
    silent: [
      {
        when: 'it is not applicable',
        change: ({ activity, data }) => {
          delete data.source
          activity.statements = notApplicable('/data/0/source')
        },
      },
    ],
  },
  'anonymous-data': {
    fires: [
      {
        when: 'a category is anonymous',
        change: ({ process }) => {
          process('usage-statistics')
        },
        expect: { pointer: '/data/0' },
      },
    ],
    silent: [
      {
        when: 'it is pseudonymous, which is personal data',
        change: ({ catalogue }) =>
          edit(catalogue['data-categories'], 'email-address', { identifiability: 'pseudonymous' }),
      },
    ],
  },
  'anonymity-reason-missing': {
    fires: [
      {
        when: 'no reason is given',
        change: ({ catalogue, process }) => {
          process('usage-statistics')
          edit(catalogue['data-categories'], 'usage-statistics', { identifiabilityReason: undefined })
        },
      },
    ],
    silent: [
      {
        when: 'one is',
        change: ({ process }) => {
          process('usage-statistics')
        },
      },
    ],
  },
}
