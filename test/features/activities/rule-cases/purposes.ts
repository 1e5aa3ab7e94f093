import { expect } from '@jest/globals'
import { edit, notApplicable, type RuleCases, unknown, type World } from './case.ts'

const own = 'example-hosting'
const on =
  (article: World['legalBasis']['article'], reference?: string) =>
  ({ activity }: World) => {
    activity.purposes = [{ purpose: 'newsletter', legalBasis: { article, reference } }]
  }
const withoutConsent = (property: 'obtained' | 'evidence' | 'withdrawal') => (w: World) => {
  delete w.legalBasis.consent?.[property]
}

export const purposeCases: RuleCases = {
  'purpose-missing': {
    fires: [
      {
        when: 'none is recorded',
        change: ({ activity }) => {
          delete activity.purposes
        },
        expect: { pointer: '/purposes' },
      },
      {
        when: 'it is unknown',
        change: ({ activity }) => {
          delete activity.purposes
          activity.statements = unknown('/purposes')
        },
        expect: {
          severity: 'error',
          message: 'No purpose is recorded. It is stated as unknown: The policy does not say.',
        },
      },
      {
        when: 'it is called not applicable, which it cannot be',
        change: ({ activity }) => {
          delete activity.purposes
          activity.statements = notApplicable('/purposes')
        },
        expect: { severity: 'error' },
      },
    ],
    silent: [{ when: 'a processor records none', base: 'processor' }],
  },
  'legal-basis-missing': {
    fires: [
      {
        when: 'a company names none',
        change: ({ activity }) => {
          activity.purposes = [{ purpose: 'newsletter' }]
        },
        expect: { pointer: '/purposes/0/legalBasis' },
      },
      {
        when: 'a public body in Spain names none',
        change: ({ activity, catalogue }) => {
          activity.purposes = [{ purpose: 'newsletter' }]
          edit(catalogue.organisations, own, { publicBody: true, country: 'ES' })
        },
        expect: { severity: 'error', basis: 'law', article: 'LOPDGDD Art. 31(2)' },
      },
      {
        when: 'a public body in Spain named none before that law',
        change: (w) => {
          w.activity.purposes = [{ purpose: 'newsletter' }]
          edit(w.catalogue.organisations, own, { publicBody: true, country: 'ES' })
          w.at = '2018-12-06'
        },
        expect: { severity: 'warning', basis: 'guidance' },
      },
      {
        when: 'a company in Spain names none',
        change: ({ activity, catalogue }) => {
          activity.purposes = [{ purpose: 'newsletter' }]
          edit(catalogue.organisations, own, { publicBody: false, country: 'ES' })
        },
        expect: { severity: 'warning', basis: 'guidance' },
      },
    ],
    silent: [{ when: 'it rests on a contract', change: on('6(1)(b)') }],
  },
  'legal-basis-law-missing': {
    fires: [
      { when: 'a legal obligation names no law', change: on('6(1)(c)') },
      { when: 'a public task names no law', change: on('6(1)(e)') },
      {
        when: 'the law is unknown',
        change: (w) => {
          on('6(1)(c)')(w)
          w.activity.statements = unknown('/purposes/0/legalBasis/reference')
        },
        expect: { severity: 'info' },
      },
    ],
    silent: [
      { when: 'the law is named', change: on('6(1)(c)', '§ 147 AO') },
      { when: 'a contract needs none', change: on('6(1)(b)') },
    ],
  },
  'legitimate-interest-missing': {
    fires: [
      { when: 'no interest is named', change: on('6(1)(f)'), expect: { pointer: '/purposes/0/legalBasis/reference' } },
    ],
    silent: [{ when: 'it is named', change: on('6(1)(f)', 'Preventing fraud') }],
  },
  'legitimate-interests-of-public-body': {
    fires: [
      {
        when: 'a public body relies on them',
        change: (w) => {
          on('6(1)(f)', 'Security')(w)
          edit(w.catalogue.organisations, own, { publicBody: true })
        },
      },
    ],
    silent: [
      { when: 'a company does', change: on('6(1)(f)', 'Security') },
      {
        when: 'a public body relies on its task',
        change: (w) => {
          on('6(1)(e)', '§ 3 BDSG')(w)
          edit(w.catalogue.organisations, own, { publicBody: true })
        },
      },
    ],
  },
  'consent-evidence-missing': {
    fires: [
      {
        when: 'nothing shows the consent',
        change: withoutConsent('evidence'),
        expect: { pointer: '/purposes/0/legalBasis/consent/evidence' },
      },
      {
        when: 'nothing is said of consent, for a reason',
        change: (w) => {
          delete w.legalBasis.consent
          w.activity.statements = unknown('/purposes/0/legalBasis/consent')
        },
        expect: { severity: 'error', message: expect.stringContaining('The policy does not say.') },
      },
    ],
    silent: [{ when: 'the purpose does not rest on consent', change: on('6(1)(b)') }],
  },
  'consent-withdrawal-missing': {
    fires: [{ when: 'the record does not say how', change: withoutConsent('withdrawal') }],
    silent: [{ when: 'only the way it is obtained is missing', change: withoutConsent('obtained') }],
  },
  'consent-obtained-missing': {
    fires: [{ when: 'the record does not say how', change: withoutConsent('obtained') }],
    silent: [{ when: 'only the evidence is missing', change: withoutConsent('evidence') }],
  },
  'explicit-consent-undocumented': {
    fires: [
      {
        when: 'health data is processed on consent and no purpose has evidence',
        change: (w) => {
          on('6(1)(b)')(w)
          w.process('health-data').condition = { article: '9(2)(a)' }
        },
        expect: { pointer: '/data/0/condition' },
      },
    ],
    silent: [
      {
        when: 'a purpose has it',
        change: (w) => {
          w.process('health-data').condition = { article: '9(2)(a)' }
        },
      },
      {
        when: 'the data is processed on another condition',
        change: (w) => {
          on('6(1)(b)')(w)
          w.process('health-data').condition = { article: '9(2)(b)', reference: '§ 26 BDSG' }
        },
      },
    ],
  },
  'consent-of-children': {
    fires: [
      {
        when: 'pupils consent and the record does not say how',
        change: (w) => {
          withoutConsent('obtained')(w)
          w.data.dataSubjectCategories = ['pupils']
        },
        expect: { pointer: '/purposes/0/legalBasis/consent/obtained' },
      },
    ],
    silent: [
      {
        when: 'the record says how',
        change: (w) => {
          w.data.dataSubjectCategories = ['pupils']
        },
      },
      { when: 'children are excluded', change: withoutConsent('obtained') },
    ],
  },
}
