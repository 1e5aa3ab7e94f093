import { edit, notApplicable, type RuleCases, unknown, type World } from './case.ts'

const period = (changes: object) => (w: World) => edit(w.catalogue['retention-periods'], 'until-withdrawal', changes)

export const upkeepCases: RuleCases = {
  'retention-missing': {
    fires: [
      {
        when: 'a category has none',
        change: ({ data }) => {
          delete data.retentionPeriod
        },
        expect: { pointer: '/data/0/retentionPeriod', severity: 'warning' },
      },
      {
        when: 'it is unknown',
        change: ({ activity, data }) => {
          delete data.retentionPeriod
          activity.statements = unknown('/data/0/retentionPeriod')
        },
        expect: { severity: 'info' },
      },
    ],
    silent: [
      {
        when: 'none can be given, for a reason',
        change: ({ activity, data }) => {
          delete data.retentionPeriod
          activity.statements = notApplicable('/data/0/retentionPeriod')
        },
      },
    ],
  },
  'retention-period-empty': {
    fires: [
      { when: 'it has neither duration nor criterion', change: period({ duration: undefined }) },
      {
        when: 'the duration is unknown',
        change: period({ duration: undefined, statements: unknown('/duration') }),
        expect: { severity: 'info' },
      },
    ],
    silent: [
      { when: 'it has a criterion', change: period({ duration: undefined, criterion: 'The contract has ended' }) },
    ],
  },
  'retention-start-missing': {
    fires: [{ when: 'a duration has no start', change: period({ startsWith: undefined }) }],
    silent: [
      {
        when: 'a criterion needs none',
        change: period({ startsWith: undefined, duration: undefined, criterion: 'The contract has ended' }),
      },
    ],
  },
  'retention-disposal-missing': {
    fires: [{ when: 'it does not say', change: period({ disposal: undefined }) }],
    silent: [{ when: 'the data is made anonymous', change: period({ disposal: 'anonymise' }) }],
  },
  'archive-law-missing': {
    fires: [{ when: 'no law is named', change: period({ disposal: 'archive' }) }],
    silent: [
      { when: 'one is', change: period({ disposal: 'archive', legalReference: '§ 28 BDSG' }) },
      { when: 'the data is deleted', change: period({ disposal: 'delete', legalReference: undefined }) },
    ],
  },
  'security-measures-missing': {
    fires: [
      {
        when: 'none is recorded',
        change: ({ activity }) => {
          delete activity.securityMeasures
        },
        expect: {
          pointer: '/securityMeasures',
          article: 'Art. 30(1)(g)',
          message: 'No security measure is recorded.',
        },
      },
      {
        when: 'a processor says that there are none',
        base: 'processor',
        change: ({ activity }) => {
          activity.securityMeasures = []
        },
        expect: { article: 'Art. 30(2)(d)' },
      },
    ],
    silent: [
      {
        when: 'they cannot be described, for a reason',
        change: ({ activity }) => {
          delete activity.securityMeasures
          activity.statements = notApplicable('/securityMeasures')
        },
      },
    ],
  },
  'owner-missing': {
    fires: [
      {
        when: 'nobody is named',
        change: ({ activity }) => {
          delete activity.owner
        },
        expect: { pointer: '/owner' },
      },
    ],
    silent: [
      {
        when: 'a contact is',
        change: ({ activity }) => {
          activity.owner = { contact: { email: 'marketing@hosting.example' } }
        },
      },
    ],
  },
  'review-missing': {
    fires: [
      {
        when: 'only the last one is recorded',
        change: ({ activity }) => {
          activity.review = { lastReviewedOn: '2026-03-01' }
        },
        expect: { pointer: '/review/nextReviewOn' },
      },
    ],
    silent: [
      {
        when: 'the activity has ended',
        change: ({ activity }) => {
          delete activity.review
          activity.performedUntil = '2026-05-31'
        },
      },
    ],
  },
  'review-overdue': {
    fires: [
      {
        when: 'it was due yesterday',
        change: ({ activity }) => {
          activity.review = { nextReviewOn: '2026-05-31' }
        },
      },
    ],
    silent: [
      {
        when: 'it is due today',
        change: ({ activity }) => {
          activity.review = { nextReviewOn: '2026-06-01' }
        },
      },
    ],
  },
  'changed-since-approval': {
    fires: [
      {
        when: 'a processor that it refers to was changed',
        change: (context) => {
          context.changedSinceApproval = [{ resource: 'subprocessors', key: 'mail-delivery' }]
        },
        expect: { pointer: '' },
      },
    ],
    silent: [
      {
        when: 'nothing was changed',
        change: (context) => {
          context.changedSinceApproval = []
        },
      },
    ],
  },
  'activity-ended': {
    fires: [
      {
        when: 'yesterday was its last day',
        change: ({ activity }) => {
          activity.performedUntil = '2026-05-31'
        },
        expect: { pointer: '/performedUntil' },
      },
    ],
    silent: [
      {
        when: 'today is',
        change: ({ activity }) => {
          activity.performedUntil = '2026-06-01'
        },
      },
    ],
  },
  'period-reversed': {
    fires: [
      {
        when: 'it ends before it begins',
        change: ({ activity }) => {
          activity.performedUntil = '2026-02-28'
        },
        expect: { pointer: '/performedUntil' },
      },
      {
        when: 'it does so for one controller',
        base: 'processor',
        change: ({ activity }) => {
          if (activity.controllers?.[0]) activity.controllers[0].until = '2026-01-09'
        },
        expect: { pointer: '/controllers/0/until' },
      },
    ],
    silent: [
      {
        when: 'it lasted one day',
        change: ({ activity }) => {
          activity.performedUntil = '2026-03-01'
        },
      },
    ],
  },
}
