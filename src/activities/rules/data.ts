import { actsAsController, despiteReason, isEmpty, personalData, type Rule, unlessStated } from './rule.ts'

/** Which data, and about whom: Art. 30(1)(c), 9, 10. None of it is asked of a processor's record. */
export const dataRules: readonly Rule[] = [
  {
    code: 'data-missing',
    severity: 'error',
    basis: 'law',
    article: 'Art. 30(1)(c)',
    title: 'A controller records the categories of personal data.',
    *check({ activity }) {
      if (!actsAsController(activity) || !isEmpty(activity.data)) return
      yield despiteReason(activity, {
        pointer: '/data',
        message: 'No category of personal data is recorded.',
        fix: 'Add each category that is processed to data.',
      })
    },
  },
  {
    code: 'data-subjects-missing',
    severity: 'error',
    basis: 'law',
    article: 'Art. 30(1)(c)',
    title: 'Each category of personal data says whom it is about.',
    *check(context) {
      const { activity } = context
      if (!actsAsController(activity)) return
      for (const { row, pointer } of personalData(context)) {
        if (!isEmpty(row.dataSubjectCategories)) continue
        yield despiteReason(activity, {
          pointer: `${pointer}/dataSubjectCategories`,
          message: `${row.dataCategory} names no category of data subjects.`,
          fix: 'Add to dataSubjectCategories whom the data is about.',
        })
      }
    },
  },
  {
    code: 'special-category-condition-missing',
    severity: 'error',
    basis: 'law',
    article: 'Art. 9(2)',
    title: 'A special category is processed only under a condition of Art. 9(2).',
    *check(context) {
      const { activity } = context
      if (!actsAsController(activity)) return
      for (const { row, pointer, special } of personalData(context)) {
        if (!special || row.condition?.article.startsWith('9(2)')) continue
        yield despiteReason(activity, {
          pointer: `${pointer}/condition`,
          message: `${row.dataCategory} is a special category of personal data, but no condition of Art. 9(2) is named.`,
          fix: 'Add condition with the letter of Art. 9(2) that allows it.',
        })
      }
    },
  },
  {
    code: 'criminal-data-authority-missing',
    severity: 'error',
    basis: 'law',
    article: 'Art. 10',
    title:
      'Data on criminal convictions and offences is processed only under official authority or a law that authorises it.',
    *check(context) {
      const { activity } = context
      if (!actsAsController(activity)) return
      for (const { row, pointer, criminal } of personalData(context)) {
        if (!criminal || (row.condition?.article === '10' && row.condition.reference !== undefined)) continue
        yield despiteReason(activity, {
          pointer: `${pointer}/condition`,
          message: `${row.dataCategory} is data on criminal convictions or offences, but no authority or law is named.`,
          fix: 'Add condition with article 10, and name in its reference the authority or the law.',
        })
      }
    },
  },
  {
    code: 'condition-law-missing',
    severity: 'warning',
    basis: 'guidance',
    article: 'Art. 9(2)(b), (g), (i), (j)',
    title: 'A condition of Art. 9(2) that rests on law names the law.',
    *check(context) {
      const { activity } = context
      if (!actsAsController(activity)) return
      for (const { row, pointer } of personalData(context)) {
        const article = row.condition?.article
        if (article === undefined || !['9(2)(b)', '9(2)(g)', '9(2)(i)', '9(2)(j)'].includes(article)) continue
        if (row.condition?.reference !== undefined) continue
        yield* unlessStated(activity, {
          pointer: `${pointer}/condition/reference`,
          message: `The condition Art. ${article} for ${row.dataCategory} rests on law, but none is named.`,
          fix: 'Name in reference the Union or Member State law.',
        })
      }
    },
  },
  {
    code: 'condition-unexpected',
    severity: 'warning',
    basis: 'good-practice',
    article: 'Art. 9(1), 10',
    title: 'A condition of Art. 9(2) or 10 is named only for data that needs one.',
    *check(context) {
      if (!actsAsController(context.activity)) return
      for (const { row, pointer, special, criminal } of personalData(context)) {
        if (row.condition === undefined || special || criminal) continue
        yield {
          pointer: `${pointer}/condition`,
          message: `${row.dataCategory} has the condition Art. ${row.condition.article}, but is no special category and no criminal data.`,
          fix: `Say so on the category ${row.dataCategory} (specialCategory, criminal), or remove condition.`,
        }
      }
    },
  },
  {
    code: 'source-missing',
    severity: 'warning',
    basis: 'guidance',
    article: 'Art. 14(2)(f), 15(1)(g)',
    title: 'Each category of personal data says where it originates from.',
    *check(context) {
      const { activity } = context
      if (!actsAsController(activity)) return
      for (const { row, pointer } of personalData(context)) {
        if (row.source !== undefined) continue
        yield* unlessStated(activity, {
          pointer: `${pointer}/source`,
          message: `The record does not say where ${row.dataCategory} comes from.`,
          fix: 'Add source, so that it can be told to the data subject.',
        })
      }
    },
  },
  {
    code: 'anonymous-data',
    severity: 'info',
    basis: 'law',
    article: 'Art. 4(1), recital 26',
    title: 'Anonymous data is not personal data and need not be recorded.',
    *check({ activity, catalogue }) {
      for (const [index, { dataCategory }] of (activity.data ?? []).entries()) {
        if (catalogue['data-categories'].get(dataCategory)?.identifiability !== 'anonymous') continue
        yield {
          pointer: `/data/${index}`,
          message: `${dataCategory} is anonymous, so it is not personal data, and no rule asks anything of it.`,
          fix: 'Keep it where it explains the processing. Making data anonymous is itself a processing of personal data.',
        }
      }
    },
  },
  {
    code: 'anonymity-reason-missing',
    severity: 'warning',
    basis: 'guidance',
    article: 'Recital 26, Art. 29 Working Party Opinion 05/2014',
    title: 'Who calls data anonymous says why nobody can be told from it.',
    *check({ activity, catalogue }) {
      for (const [index, { dataCategory }] of (activity.data ?? []).entries()) {
        const entry = catalogue['data-categories'].get(dataCategory)
        if (entry?.identifiability !== 'anonymous' || entry.identifiabilityReason !== undefined) continue
        const observation = {
          pointer: `/data/${index}`,
          message: `The category ${dataCategory} is called anonymous without a reason.`,
          fix: `Add identifiabilityReason to the category ${dataCategory}, or change its identifiability.`,
        }
        yield* unlessStated(entry, observation, '/identifiabilityReason')
      }
    },
  },
]
