import { edit, notApplicable, type RuleCases, unknown, type World } from './case.ts'

const own = 'example-hosting'
const jointly = ({ activity }: World) => {
  activity.role = 'joint-controller'
  activity.jointControllers = [{ organisation: 'example-partner', arrangement: 'Agreement JC-1' }]
}

export const partyCases: RuleCases = {
  'organisation-not-own': {
    fires: [
      {
        when: 'the organisation is a customer',
        change: ({ activity }) => {
          activity.organisation = 'example-customer'
        },
        expect: { pointer: '/organisation' },
      },
    ],
    silent: [
      {
        when: 'a subsidiary is an own organisation too',
        change: ({ catalogue }) => edit(catalogue.organisations, own, { parent: 'example-partner' }),
      },
    ],
  },
  'contact-missing': {
    fires: [
      {
        when: 'the organisation has no contact',
        change: ({ catalogue }) => edit(catalogue.organisations, own, { contact: undefined }),
        expect: { article: 'Art. 30(1)(a)' },
      },
      {
        when: 'a processor has none',
        base: 'processor',
        change: ({ catalogue }) => edit(catalogue.organisations, own, { contact: undefined }),
        expect: { article: 'Art. 30(2)(a)' },
      },
      {
        when: 'it is unknown',
        change: ({ catalogue }) =>
          edit(catalogue.organisations, own, { contact: undefined, statements: unknown('/contact') }),
        expect: {
          severity: 'error',
          message:
            'The organisation example-hosting has no contact details. It is stated as unknown: The policy does not say.',
        },
      },
    ],
    silent: [
      {
        when: 'there is only an address',
        change: ({ catalogue }) => edit(catalogue.organisations, own, { contact: { address: 'Köln' } }),
      },
    ],
  },
  'data-protection-officer-missing': {
    fires: [
      {
        when: 'a company names none',
        change: ({ catalogue }) => edit(catalogue.organisations, own, { dataProtectionOfficer: undefined }),
      },
      {
        when: 'a public body names none',
        change: ({ catalogue }) =>
          edit(catalogue.organisations, own, { dataProtectionOfficer: undefined, publicBody: true }),
        expect: { severity: 'error', article: 'Art. 37(1)(a)' },
      },
    ],
    silent: [
      {
        when: 'the company says why it needs none',
        change: ({ catalogue }) =>
          edit(catalogue.organisations, own, {
            dataProtectionOfficer: undefined,
            statements: notApplicable('/dataProtectionOfficer'),
          }),
      },
    ],
  },
  'representative-missing': {
    fires: [
      {
        when: 'the organisation is in the United States',
        change: ({ catalogue }) => edit(catalogue.organisations, own, { country: 'US' }),
      },
      {
        when: 'it is in the United Kingdom, even while sending data there is no transfer',
        change: (w) => {
          edit(w.catalogue.organisations, own, { country: 'GB' })
          w.at = '2021-03-01'
        },
      },
    ],
    silent: [
      {
        when: 'it has one',
        change: ({ catalogue }) =>
          edit(catalogue.organisations, own, { country: 'US', representative: 'example-representative' }),
      },
      { when: 'it is in Norway', change: ({ catalogue }) => edit(catalogue.organisations, own, { country: 'NO' }) },
      {
        when: 'it is a public body (Art. 27(2)(b))',
        change: ({ catalogue }) => edit(catalogue.organisations, own, { country: 'US', publicBody: true }),
      },
      {
        when: 'it says why it needs none',
        change: ({ catalogue }) =>
          edit(catalogue.organisations, own, { country: 'US', statements: notApplicable('/representative') }),
      },
    ],
  },
  'joint-controllers-missing': {
    fires: [
      {
        when: 'a joint controller names nobody',
        change: ({ activity }) => {
          activity.role = 'joint-controller'
        },
        expect: { pointer: '/jointControllers' },
      },
      {
        when: 'it says that there is none',
        change: ({ activity }) => {
          activity.role = 'joint-controller'
          activity.jointControllers = []
        },
      },
    ],
    silent: [{ when: 'it names one', change: jointly }],
  },
  'joint-controller-contact-missing': {
    fires: [
      {
        when: 'the joint controller has no contact',
        change: (w) => {
          jointly(w)
          edit(w.catalogue.organisations, 'example-partner', { contact: undefined })
        },
        expect: { pointer: '/jointControllers/0/organisation' },
      },
    ],
    silent: [{ when: 'it has one', change: jointly }],
  },
  'arrangement-missing': {
    fires: [
      {
        when: 'there is no arrangement',
        change: (w) => {
          jointly(w)
          w.activity.jointControllers = [{ organisation: 'example-partner' }]
        },
        expect: { pointer: '/jointControllers/0/arrangement' },
      },
    ],
    silent: [{ when: 'there is one', change: jointly }],
  },
  'joint-controllers-unexpected': {
    fires: [
      {
        when: 'a sole controller names a joint one',
        change: (w) => {
          jointly(w)
          w.activity.role = 'controller'
        },
      },
    ],
    silent: [
      { when: 'the role is joint-controller', change: jointly },
      {
        when: 'a sole controller says that there is none',
        change: ({ activity }) => {
          activity.jointControllers = []
        },
      },
    ],
  },
  'controllers-unexpected': {
    fires: [
      {
        when: 'a controller names one that it acts for',
        change: ({ activity }) => {
          activity.controllers = [{ organisation: 'example-customer' }]
        },
      },
    ],
    silent: [{ when: 'a processor does', base: 'processor' }],
  },
  'controllers-missing': {
    fires: [
      {
        when: 'a processor names none',
        base: 'processor',
        change: ({ activity }) => {
          delete activity.controllers
        },
      },
      {
        when: 'it says that there is none',
        base: 'processor',
        change: ({ activity }) => {
          activity.controllers = []
        },
      },
    ],
    silent: [{ when: 'a controller names none' }],
  },
  'controller-contact-missing': {
    fires: [
      {
        when: 'the customer has no contact',
        base: 'processor',
        change: ({ catalogue }) => edit(catalogue.organisations, 'example-customer', { contact: undefined }),
        expect: { pointer: '/controllers/0/organisation' },
      },
    ],
    silent: [
      {
        when: 'the role is another one',
        change: ({ activity, catalogue }) => {
          activity.controllers = [{ organisation: 'example-customer' }]
          edit(catalogue.organisations, 'example-customer', { contact: undefined })
        },
      },
    ],
  },
  'categories-of-processing-missing': {
    fires: [
      {
        when: 'a controller is named without them',
        base: 'processor',
        change: ({ activity }) => {
          delete activity.controllers?.[0]?.categoriesOfProcessing
        },
        expect: { pointer: '/controllers/0/categoriesOfProcessing' },
      },
    ],
    silent: [{ when: 'they are there', base: 'processor' }],
  },
  'controller-contract-missing': {
    fires: [
      {
        when: 'a controller is named without a contract',
        base: 'processor',
        change: ({ activity }) => {
          delete activity.controllers?.[0]?.contract
        },
        expect: { pointer: '/controllers/0/contract' },
      },
    ],
    silent: [
      {
        when: 'only its day is known',
        base: 'processor',
        change: ({ activity }) => {
          if (activity.controllers?.[0]) activity.controllers[0].contract = { signedOn: '2026-01-10' }
        },
      },
    ],
  },
}
