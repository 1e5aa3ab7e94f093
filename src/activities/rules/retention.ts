import type { CatalogueEntry } from '../../catalogue/index.ts'
import { actsAsController, personalData, type Rule, type RuleContext, unlessStated } from './rule.ts'

type Use = { dataCategory: string; pointer: string; period: CatalogueEntry<'retention-periods'> }

/** The retention periods that a controller's activity names, each with the row that names it. */
const periodsInUse = (context: RuleContext): Use[] =>
  (actsAsController(context.activity) ? personalData(context) : []).flatMap(({ row, pointer }) => {
    const period = context.catalogue['retention-periods'].get(row.retentionPeriod ?? '')
    return period === undefined ? [] : { dataCategory: row.dataCategory, pointer: `${pointer}/retentionPeriod`, period }
  })

/** How long data is kept and what happens then: Art. 30(1)(f), 5(1)(e). A processor's record has no periods. */
export const retentionRules: readonly Rule[] = [
  {
    code: 'retention-missing',
    severity: 'warning',
    basis: 'law',
    article: 'Art. 30(1)(f)',
    title: 'Each category of personal data has an envisaged time limit for erasure, where possible.',
    *check(context) {
      const { activity } = context
      if (!actsAsController(activity)) return
      for (const { row, pointer } of personalData(context)) {
        if (row.retentionPeriod !== undefined) continue
        yield* unlessStated(activity, {
          pointer: `${pointer}/retentionPeriod`,
          message: `${row.dataCategory} has no time limit for erasure.`,
          fix: 'Add retentionPeriod, or state why none can be given.',
        })
      }
    },
  },
  {
    code: 'retention-period-empty',
    severity: 'warning',
    basis: 'law',
    article: 'Art. 30(1)(f)',
    title: 'A retention period has a duration or a criterion.',
    *check(context) {
      for (const { dataCategory, pointer, period } of periodsInUse(context)) {
        if (period.duration !== undefined || period.criterion !== undefined) continue
        const observation = {
          pointer,
          message: `The retention period ${period.key} of ${dataCategory} has neither a duration nor a criterion.`,
          fix: `Add duration or criterion to the retention period ${period.key}.`,
        }
        yield* unlessStated(period, observation, '/duration')
      }
    },
  },
  {
    code: 'retention-start-missing',
    severity: 'warning',
    basis: 'guidance',
    article: 'Art. 5(1)(e), 13(2)(a)',
    title: 'A retention period says which event starts it.',
    *check(context) {
      for (const { dataCategory, pointer, period } of periodsInUse(context)) {
        if (period.duration === undefined || period.startsWith !== undefined) continue
        const observation = {
          pointer,
          message: `The retention period ${period.key} of ${dataCategory} does not say which event starts it.`,
          fix: `Add startsWith to the retention period ${period.key}.`,
        }
        yield* unlessStated(period, observation, '/startsWith')
      }
    },
  },
  {
    code: 'retention-disposal-missing',
    severity: 'warning',
    basis: 'guidance',
    article: 'Art. 5(1)(e)',
    title: 'A retention period says what happens to the data at its end.',
    *check(context) {
      for (const { dataCategory, pointer, period } of periodsInUse(context)) {
        if (period.disposal !== undefined) continue
        const observation = {
          pointer,
          message: `The retention period ${period.key} of ${dataCategory} does not say what happens to the data at its end.`,
          fix: `Add disposal to the retention period ${period.key}: delete, anonymise, delete-or-anonymise or archive.`,
        }
        yield* unlessStated(period, observation, '/disposal')
      }
    },
  },
  {
    code: 'archive-law-missing',
    severity: 'warning',
    basis: 'law',
    article: 'Art. 5(1)(e), 89(1)',
    title: 'Data is archived only for what Art. 89(1) allows, and the record says by which law.',
    *check(context) {
      for (const { dataCategory, pointer, period } of periodsInUse(context)) {
        if (period.disposal !== 'archive' || period.legalReference !== undefined) continue
        const observation = {
          pointer,
          message: `${dataCategory} is archived at the end of ${period.key}, but no law is named.`,
          fix: `Name in legalReference of the retention period ${period.key} what allows it (Art. 89(1)), or delete the data.`,
        }
        yield* unlessStated(period, observation, '/legalReference')
      }
    },
  },
]
