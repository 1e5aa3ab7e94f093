import { legalBasisDuty } from '../../law/index.ts'
import type { ActivityContent } from '../schema.ts'
import { actsAsController, despiteReason, isEmpty, ownOrganisation, type Rule, unlessStated } from './rule.ts'

type LegalBasis = NonNullable<NonNullable<ActivityContent['purposes']>[number]['legalBasis']>

/** The purposes of a controller's activity that rest on one of some legal bases, with the pointer of the basis. */
export const purposesOn = (activity: ActivityContent, ...articles: LegalBasis['article'][]) =>
  (actsAsController(activity) ? (activity.purposes ?? []) : []).flatMap(({ purpose, legalBasis }, index) =>
    legalBasis !== undefined && articles.includes(legalBasis.article)
      ? { purpose, legalBasis, pointer: `/purposes/${index}/legalBasis` }
      : [],
  )

/** What the data is processed for, and what makes that lawful: Art. 30(1)(b), 6. A processor's record has no purposes. */
export const purposeRules: readonly Rule[] = [
  {
    code: 'purpose-missing',
    severity: 'error',
    basis: 'law',
    article: 'Art. 30(1)(b)',
    title: 'A controller records the purposes of the processing.',
    *check({ activity }) {
      if (!actsAsController(activity) || !isEmpty(activity.purposes)) return
      yield despiteReason(activity, {
        pointer: '/purposes',
        message: 'No purpose is recorded.',
        fix: 'Add each purpose that the data is processed for to purposes.',
      })
    },
  },
  {
    code: 'legal-basis-missing',
    severity: 'warning',
    basis: 'guidance',
    article: 'Art. 6(1)',
    title: 'Each purpose has its legal basis, which some national laws want in the record of a public body.',
    *check(context) {
      const { activity, at } = context
      if (!actsAsController(activity)) return
      const organisation = ownOrganisation(context)
      const duty = organisation?.publicBody === true ? legalBasisDuty(organisation.country ?? '', at) : undefined
      for (const [index, { purpose, legalBasis }] of (activity.purposes ?? []).entries()) {
        if (legalBasis !== undefined) continue
        yield despiteReason(activity, {
          pointer: `/purposes/${index}/legalBasis`,
          ...(duty === undefined ? {} : { severity: 'error', basis: 'law', article: duty.article }),
          message: `The purpose ${purpose} has no legal basis.`,
          fix: 'Add legalBasis with the letter of Art. 6(1) that makes the processing lawful.',
        })
      }
    },
  },
  {
    code: 'legal-basis-law-missing',
    severity: 'warning',
    basis: 'guidance',
    article: 'Art. 6(3)',
    title: 'A legal obligation or a task in the public interest names the law that lays it down.',
    *check({ activity }) {
      for (const { purpose, legalBasis, pointer } of purposesOn(activity, '6(1)(c)', '6(1)(e)')) {
        if (legalBasis.reference !== undefined) continue
        yield* unlessStated(activity, {
          pointer: `${pointer}/reference`,
          message: `The purpose ${purpose} rests on Art. ${legalBasis.article}, but no law is named.`,
          fix: 'Name in reference the Union or Member State law that lays it down.',
        })
      }
    },
  },
  {
    code: 'legitimate-interest-missing',
    severity: 'warning',
    basis: 'guidance',
    article: 'Art. 13(1)(d), EDPB Guidelines 1/2024',
    title: 'Legitimate interests are named.',
    *check({ activity }) {
      for (const { purpose, legalBasis, pointer } of purposesOn(activity, '6(1)(f)')) {
        if (legalBasis.reference !== undefined) continue
        yield* unlessStated(activity, {
          pointer: `${pointer}/reference`,
          message: `The purpose ${purpose} rests on legitimate interests, but no interest is named.`,
          fix: 'Say in reference which interest is pursued, and whose it is.',
        })
      }
    },
  },
  {
    code: 'legitimate-interests-of-public-body',
    severity: 'warning',
    basis: 'law',
    article: 'Art. 6(1), last sentence',
    title: 'A public authority does not rely on legitimate interests in the performance of its tasks.',
    *check(context) {
      if (ownOrganisation(context)?.publicBody !== true) return
      for (const { purpose, pointer } of purposesOn(context.activity, '6(1)(f)')) {
        yield {
          pointer: `${pointer}/article`,
          message: `The purpose ${purpose} rests on legitimate interests, but ${context.activity.organisation} is a public body.`,
          fix: 'Use another letter of Art. 6(1), unless the purpose is no task of the body.',
        }
      }
    },
  },
]
