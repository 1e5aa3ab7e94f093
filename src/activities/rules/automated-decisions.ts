import { actsAsController, despiteReason, personalData, type Rule, type RuleContext, unlessStated } from './rule.ts'

/** The automated decisions of a controller's activity, if it takes any. A processor takes none of its own. */
export const decisionsOf = ({ activity }: RuleContext) =>
  actsAsController(activity) && activity.automatedDecisions?.exists === true ? activity.automatedDecisions : undefined

/** Decisions based solely on automated processing: Art. 22. */
export const automatedDecisionRules: readonly Rule[] = [
  {
    code: 'automated-decision-ground-missing',
    severity: 'error',
    basis: 'law',
    article: 'Art. 22(2)',
    title: 'A decision is automated only on a ground of Art. 22(2).',
    *check(context) {
      const decisions = decisionsOf(context)
      if (decisions === undefined || decisions.article !== undefined) return
      yield despiteReason(context.activity, {
        pointer: '/automatedDecisions/article',
        message: 'Decisions are automated, but no ground of Art. 22(2) is named.',
        fix: 'Add article to automatedDecisions: 22(2)(a), (b) or (c).',
      })
    },
  },
  {
    code: 'automated-decision-logic-missing',
    severity: 'warning',
    basis: 'law',
    article: 'Art. 13(2)(f)',
    title: 'The logic and the consequences of automated decisions are described, as the data subject must be told.',
    *check(context) {
      const decisions = decisionsOf(context)
      if (decisions === undefined) return
      for (const property of ['logic', 'consequences'] as const) {
        if (decisions[property] !== undefined) continue
        yield* unlessStated(context.activity, {
          pointer: `/automatedDecisions/${property}`,
          message: `Decisions are automated, but their ${property} ${property === 'logic' ? 'is' : 'are'} not described.`,
          fix: `Add ${property} to automatedDecisions.`,
        })
      }
    },
  },
  {
    code: 'automated-decision-safeguards-missing',
    severity: 'warning',
    basis: 'law',
    article: 'Art. 22(3)',
    title: 'The data subject obtains human intervention in automated decisions.',
    *check(context) {
      const decisions = decisionsOf(context)
      // Where a law authorises the decision, (b), that law lays down the safeguards.
      if (decisions === undefined || decisions.safeguards !== undefined || decisions.article === '22(2)(b)') return
      yield* unlessStated(context.activity, {
        pointer: '/automatedDecisions/safeguards',
        message: 'Decisions are automated, but the record does not say how human intervention is obtained.',
        fix: 'Say in safeguards how the data subject reaches a human, states a view and contests the decision.',
      })
    },
  },
  {
    code: 'automated-decision-special-category',
    severity: 'error',
    basis: 'law',
    article: 'Art. 22(4)',
    title: 'Automated decisions use special categories only on explicit consent or substantial public interest.',
    *check(context) {
      if (decisionsOf(context) === undefined) return
      for (const { row, pointer, special } of personalData(context)) {
        const article = row.condition?.article
        if (!special || article === '9(2)(a)' || article === '9(2)(g)') continue
        yield {
          pointer: `${pointer}/condition`,
          message: `Decisions are automated, and ${row.dataCategory} is a special category that is processed neither on Art. 9(2)(a) nor on (g).`,
          fix: 'Keep the category out of automated decisions, or record the condition that Art. 22(4) asks for.',
        }
      }
    },
  },
]
