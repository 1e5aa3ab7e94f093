import { isEmpty, type Rule, recordArticle, unlessStated } from './rule.ts'

/** Technical and organisational measures: Art. 30(1)(g), (2)(d), 32. */
export const securityRules: readonly Rule[] = [
  {
    code: 'security-measures-missing',
    severity: 'warning',
    basis: 'law',
    article: 'Art. 30(1)(g)',
    title: 'The record describes the technical and organisational security measures, where possible.',
    *check({ activity }) {
      if (!isEmpty(activity.securityMeasures)) return
      yield* unlessStated(activity, {
        pointer: '/securityMeasures',
        article: recordArticle(activity, '(1)(g)', '(2)(d)'),
        message:
          activity.securityMeasures === undefined
            ? 'No security measure is recorded.'
            : 'The record says that there are no security measures, which Art. 32(1) asks for.',
        fix: 'Add the measures to securityMeasures, or state why they cannot be described.',
      })
    },
  },
]
