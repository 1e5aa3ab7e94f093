import { purposesOn } from './purposes.ts'
import { actsAsController, despiteReason, personalData, type Rule, unlessStated } from './rule.ts'

/** Consent, and what the controller must be able to show of it: Art. 7, 8. */
export const consentRules: readonly Rule[] = [
  {
    code: 'consent-evidence-missing',
    severity: 'error',
    basis: 'law',
    article: 'Art. 7(1)',
    title: 'Who relies on consent can show that it was given.',
    *check({ activity }) {
      for (const { purpose, legalBasis, pointer } of purposesOn(activity, '6(1)(a)')) {
        if (legalBasis.consent?.evidence !== undefined) continue
        yield despiteReason(activity, {
          pointer: `${pointer}/consent/evidence`,
          message: `The purpose ${purpose} rests on consent, but the record does not say what shows it.`,
          fix: 'Say in consent.evidence what is kept to show who consented to what and when.',
        })
      }
    },
  },
  {
    code: 'consent-withdrawal-missing',
    severity: 'error',
    basis: 'law',
    article: 'Art. 7(3)',
    title: 'Consent can be withdrawn as easily as it is given.',
    *check({ activity }) {
      for (const { purpose, legalBasis, pointer } of purposesOn(activity, '6(1)(a)')) {
        if (legalBasis.consent?.withdrawal !== undefined) continue
        yield despiteReason(activity, {
          pointer: `${pointer}/consent/withdrawal`,
          message: `The purpose ${purpose} rests on consent, but the record does not say how it is withdrawn.`,
          fix: 'Say in consent.withdrawal how the data subject withdraws it.',
        })
      }
    },
  },
  {
    code: 'consent-obtained-missing',
    severity: 'warning',
    basis: 'guidance',
    article: 'Art. 4(11), 7(2), EDPB Guidelines 05/2020',
    title: 'The record says how consent is obtained.',
    *check({ activity }) {
      for (const { purpose, legalBasis, pointer } of purposesOn(activity, '6(1)(a)')) {
        if (legalBasis.consent?.obtained !== undefined) continue
        yield* unlessStated(activity, {
          pointer: `${pointer}/consent/obtained`,
          message: `The purpose ${purpose} rests on consent, but the record does not say how it is obtained.`,
          fix: 'Say in consent.obtained where and how the data subject is asked.',
        })
      }
    },
  },
  {
    code: 'explicit-consent-undocumented',
    severity: 'error',
    basis: 'law',
    article: 'Art. 7(1), 9(2)(a)',
    title: 'Explicit consent to processing special categories can be shown.',
    *check(context) {
      const { activity } = context
      if (!actsAsController(activity)) return
      if (activity.purposes?.some(({ legalBasis }) => legalBasis?.consent?.evidence !== undefined)) return
      for (const { row, pointer } of personalData(context)) {
        if (row.condition?.article !== '9(2)(a)') continue
        yield {
          pointer: `${pointer}/condition`,
          message: `${row.dataCategory} is processed on explicit consent, but no purpose says what shows it.`,
          fix: 'Add consent.evidence to the legal basis of the purpose that the data serves.',
        }
      }
    },
  },
  {
    code: 'consent-of-children',
    severity: 'warning',
    basis: 'law',
    article: 'Art. 8',
    title: 'Where children may be concerned, the record says how consent is obtained from those responsible for them.',
    *check(context) {
      const { activity, catalogue } = context
      const undescribed = purposesOn(activity, '6(1)(a)').filter(
        ({ legalBasis }) => legalBasis.consent?.obtained === undefined,
      )
      const children = new Set(
        personalData(context)
          .flatMap(({ row }) => row.dataSubjectCategories ?? [])
          .filter((key) => catalogue['data-subject-categories'].get(key)?.children === 'included'),
      )
      for (const category of children) {
        for (const { purpose, pointer } of undescribed) {
          yield {
            pointer: `${pointer}/consent/obtained`,
            message: `The purpose ${purpose} rests on consent, and ${category} includes children.`,
            fix: 'Say in consent.obtained how age is checked and how the holder of parental responsibility authorises it.',
          }
        }
      }
    },
  },
]
