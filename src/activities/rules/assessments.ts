import { decisionsOf } from './automated-decisions.ts'
import { purposesOn } from './purposes.ts'
import { actsAsController, isSettled, personalData, type Rule, unlessStated } from './rule.ts'

/** Impact assessments and the assessment of legitimate interests: Art. 35, 6(1)(f). */
export const assessmentRules: readonly Rule[] = [
  {
    code: 'impact-assessment-missing',
    severity: 'warning',
    basis: 'law',
    article: 'Art. 35(3)(a)',
    title: 'An impact assessment is considered where Art. 35(3) suggests one.',
    *check(context) {
      const { activity } = context
      const dpia = activity.assessments?.dpia
      // Whoever says that one is required has considered it: see impact-assessment-outstanding.
      if (!actsAsController(activity) || isSettled(dpia)) return
      if (dpia?.status === 'required' || dpia?.status === 'in-progress') return
      const automated = decisionsOf(context) !== undefined
      const sensitive = personalData(context).find(({ special, criminal }) => special || criminal)
      if (!automated && sensitive === undefined) return
      const why = automated
        ? 'Decisions with significant effects are automated'
        : `${sensitive?.row.dataCategory} is data of Art. 9 or 10`
      const lacking = dpia === undefined ? 'no impact assessment is recorded' : 'no reason says why none is required'
      yield* unlessStated(activity, {
        pointer: dpia === undefined ? '/assessments/dpia' : '/assessments/dpia/reason',
        // (b) applies to processing on a large scale, which the record cannot tell.
        ...(automated ? {} : { basis: 'guidance' as const, article: 'Art. 35(3)(b), WP 248 rev.01' }),
        message: `${why}, but ${lacking}.`,
        fix: 'Decide whether an impact assessment is required, and record it in assessments.dpia, with the reason if it is not.',
      })
    },
  },
  {
    code: 'impact-assessment-outstanding',
    severity: 'error',
    basis: 'law',
    article: 'Art. 35(1)',
    title: 'A required impact assessment is completed before the processing starts.',
    *check({ activity, at }) {
      const status = activity.assessments?.dpia?.status
      if (!actsAsController(activity) || (status !== 'required' && status !== 'in-progress')) return
      if (activity.performedFrom !== undefined && activity.performedFrom > at) return
      yield {
        pointer: '/assessments/dpia/status',
        message: `The impact assessment is ${status === 'required' ? 'required' : 'in progress'}, but the processing is carried out.`,
        fix: 'Complete the assessment; until then the processing should not take place.',
      }
    },
  },
  {
    code: 'legitimate-interests-assessment-missing',
    severity: 'warning',
    basis: 'guidance',
    article: 'Art. 6(1)(f), EDPB Guidelines 1/2024',
    title: 'Legitimate interests were weighed against those of the data subject.',
    *check({ activity }) {
      const lia = activity.assessments?.lia
      const [first] = purposesOn(activity, '6(1)(f)')
      if (first === undefined || isSettled(lia)) return
      yield* unlessStated(activity, {
        pointer: lia === undefined ? '/assessments/lia' : '/assessments/lia/status',
        message: `The purpose ${first.purpose} rests on legitimate interests, but no completed assessment is recorded.`,
        fix: 'Weigh the interests, and record the assessment in assessments.lia.',
      })
    },
  },
]
