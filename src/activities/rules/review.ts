import { hasEnded, type Rule, unlessStated } from './rule.ts'

/** Whether the record is kept up to date, and by whom: Art. 5(2), 24(1). */
export const reviewRules: readonly Rule[] = [
  {
    code: 'owner-missing',
    severity: 'warning',
    basis: 'guidance',
    article: 'Art. 5(2)',
    title: 'Somebody in the organisation answers for the activity.',
    *check({ activity }) {
      if (activity.owner !== undefined) return
      yield* unlessStated(activity, {
        pointer: '/owner',
        message: 'The record does not say who answers for the activity.',
        fix: 'Add owner with the business unit or function.',
      })
    },
  },
  {
    code: 'review-missing',
    severity: 'warning',
    basis: 'good-practice',
    article: 'Art. 24(1)',
    title: 'A date is set on which the activity is reviewed.',
    *check(context) {
      const { activity } = context
      if (hasEnded(context) || activity.review?.nextReviewOn !== undefined) return
      yield* unlessStated(activity, {
        pointer: '/review/nextReviewOn',
        message: 'No date is set on which the activity is reviewed.',
        fix: 'Add nextReviewOn to review.',
      })
    },
  },
  {
    code: 'review-overdue',
    severity: 'warning',
    basis: 'good-practice',
    article: 'Art. 24(1)',
    title: 'The activity was reviewed when it was to be.',
    *check(context) {
      const { activity, at } = context
      const due = activity.review?.nextReviewOn
      if (hasEnded(context) || due === undefined || due >= at) return
      yield {
        pointer: '/review/nextReviewOn',
        message: `The review was due on ${due}.`,
        fix: 'Check the entry against what is really done, then set lastReviewedOn and nextReviewOn.',
      }
    },
  },
  {
    code: 'changed-since-approval',
    severity: 'warning',
    basis: 'good-practice',
    article: 'Art. 5(2)',
    title: 'What was approved together with the activity has not changed since.',
    *check({ changedSinceApproval = [] }) {
      if (changedSinceApproval.length === 0) return
      const names = changedSinceApproval.map(({ resource, key }) => `${resource}/${key}`).join(', ')
      yield {
        pointer: '',
        message: `Since the activity was approved, entries that it refers to have changed: ${names}.`,
        fix: 'Compare what changed, and have the activity approved again if it means something else now.',
      }
    },
  },
  {
    code: 'activity-ended',
    severity: 'info',
    basis: 'good-practice',
    article: 'Art. 30(1)',
    title: 'An activity that has ended is retired.',
    *check(context) {
      if (!hasEnded(context)) return
      yield {
        pointer: '/performedUntil',
        message: `The processing ended on ${context.activity.performedUntil}.`,
        fix: 'Retire the activity, once its data is erased.',
      }
    },
  },
  {
    code: 'period-reversed',
    severity: 'warning',
    basis: 'good-practice',
    article: 'Art. 30(1)',
    title: 'What is carried out ends after it began.',
    *check({ activity }) {
      const periods = [
        {
          from: activity.performedFrom,
          until: activity.performedUntil,
          pointer: '/performedUntil',
          what: 'The processing',
        },
        ...(activity.controllers ?? []).map(({ organisation, from, until }, index) => ({
          from,
          until,
          pointer: `/controllers/${index}/until`,
          what: `The processing for ${organisation}`,
        })),
      ]
      for (const { from, until, pointer, what } of periods) {
        if (from === undefined || until === undefined || from <= until) continue
        yield { pointer, message: `${what} ends on ${until}, before it begins on ${from}.`, fix: 'Correct the dates.' }
      }
    },
  },
]
