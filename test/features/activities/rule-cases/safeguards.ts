import { expect } from '@jest/globals'
import { edit, notApplicable, type RuleCases, type World } from './case.ts'

const own = 'example-hosting'
const withModule = (sccModule: number) => (w: World) => {
  w.transfer.mechanism = { article: '46(2)(c)', decision: '(EU) 2021/914', sccModule }
}
const withMechanism = (mechanism: World['transfer']['mechanism']) => (w: World) => {
  w.transfer.mechanism = mechanism
}

export const safeguardCases: RuleCases = {
  'clauses-module-missing': {
    fires: [
      { when: 'no module is named', change: withMechanism({ article: '46(2)(c)', decision: '(EU) 2021/914' }) },
      { when: 'not even the set is named', change: withMechanism({ article: '46(2)(c)' }) },
    ],
    silent: [
      { when: 'the former sets have none', change: withMechanism({ article: '46(2)(c)', decision: '2010/87/EU' }) },
      { when: 'the safeguard is another one', change: withMechanism({ article: '46(2)(b)' }) },
    ],
  },
  'clauses-module-mismatch': {
    fires: [
      {
        when: 'a controller uses module 3 towards its processor',
        change: withModule(3),
        expect: { fix: expect.stringContaining('What fits is: Module 2: controller to processor.') },
      },
      { when: 'a processor is treated as a controller', change: withModule(1) },
      {
        when: 'a controller is treated as a processor',
        change: (w) => {
          w.activity.recipients = [{ recipient: 'marketing-partner' }]
          w.transfer.to = { recipient: 'marketing-partner' }
        },
        expect: { fix: expect.stringContaining('Module 1: controller to controller') },
      },
      {
        when: 'a joint controller is treated as a processor',
        change: ({ activity, transfer }) => {
          activity.role = 'joint-controller'
          activity.jointControllers = [{ organisation: 'example-partner', arrangement: 'JC-1' }]
          transfer.to = { organisation: 'example-partner' }
        },
      },
      {
        when: 'a processor uses module 2 towards its processor',
        base: 'processor',
        change: ({ activity }) => {
          activity.subprocessors = [{ subprocessor: 'support-desk' }]
          activity.transfers = [
            {
              to: { subprocessor: 'support-desk' },
              destination: { country: 'US' },
              mechanism: { article: '46(2)(c)', sccModule: 2 },
            },
          ]
        },
      },
    ],
    silent: [
      {
        when: 'the exporter is a processor that engaged the importer',
        change: (w) => {
          withModule(3)(w)
          w.activity.subprocessors = [
            { subprocessor: 'mail-delivery' },
            { subprocessor: 'support-desk', engagedBy: 'mail-delivery' },
          ]
        },
      },
      {
        when: "the role of the importer isn't known",
        change: (w) => {
          withModule(1)(w)
          edit(w.catalogue.subprocessors, 'support-desk', { processingRole: undefined })
        },
      },
      {
        when: 'the importer is an organisation of the group, whatever it is',
        change: ({ transfer }) => {
          transfer.to = { organisation: 'example-partner' }
        },
      },
      {
        when: 'a processor returns data to its controller',
        base: 'processor',
        change: ({ activity }) => {
          activity.transfers = [
            {
              to: { organisation: 'example-customer' },
              destination: { country: 'US' },
              mechanism: { article: '46(2)(c)', sccModule: 4 },
            },
          ]
        },
      },
    ],
  },
  'transfer-document-missing': {
    fires: [
      {
        when: 'there is none',
        change: ({ transfer }) => {
          transfer.documents = []
        },
        expect: { pointer: '/transfers/0' },
      },
      {
        when: 'there is only an assessment',
        change: ({ transfer }) => {
          transfer.documents = [{ kind: 'transfer-impact-assessment' }]
        },
      },
    ],
    silent: [
      {
        when: 'an adequacy decision needs none',
        change: ({ transfer }) => {
          transfer.destination = { country: 'CH' }
          transfer.mechanism = { article: '45' }
          transfer.documents = []
        },
      },
    ],
  },
  'transfer-impact-assessment-missing': {
    fires: [
      {
        when: 'there is none',
        change: ({ activity }) => {
          delete activity.assessments
        },
        expect: { pointer: '/transfers/0', severity: 'warning' },
      },
      {
        when: 'it is called not required without a reason',
        change: ({ activity }) => {
          activity.assessments = { tia: { status: 'not-required' } }
        },
      },
    ],
    silent: [
      {
        when: 'it is a document of the transfer',
        change: ({ activity, transfer }) => {
          delete activity.assessments
          transfer.documents?.push({ kind: 'transfer-impact-assessment', reference: 'TIA-1' })
        },
      },
      {
        when: 'it is not applicable',
        change: ({ activity }) => {
          delete activity.assessments
          activity.statements = notApplicable('/assessments/tia')
        },
      },
      {
        when: 'the transfer relies on a derogation',
        change: (w) => {
          delete w.activity.assessments
          withMechanism({ article: '49(1)(e)' })(w)
        },
      },
    ],
  },
  'derogation-safeguards-missing': {
    fires: [
      {
        when: 'compelling legitimate interests are recorded without them',
        change: withMechanism({ article: '49(1)-second' }),
        expect: { pointer: '/transfers/0', article: 'Art. 30(1)(e)' },
      },
    ],
    silent: [
      {
        when: 'they are recorded',
        change: withMechanism({ article: '49(1)-second', safeguards: 'Encrypted; keys stay in the Union' }),
      },
      { when: 'another derogation needs none', change: withMechanism({ article: '49(1)(e)' }) },
    ],
  },
  'mechanism-not-for-organisation': {
    fires: [
      {
        when: 'a public body relies on explicit consent',
        change: (w) => {
          withMechanism({ article: '49(1)(a)' })(w)
          edit(w.catalogue.organisations, own, { publicBody: true })
        },
        expect: {
          article: 'Art. 49(3)',
          message: expect.stringContaining('not for what a public authority does in its powers'),
        },
      },
      {
        when: 'a company relies on an instrument between authorities',
        change: (w) => {
          withMechanism({ article: '46(2)(a)' })(w)
          edit(w.catalogue.organisations, own, { publicBody: false })
        },
        expect: { article: 'Art. 46(2)(a)', message: expect.stringContaining('for public authorities only') },
      },
    ],
    silent: [
      {
        when: 'a public body relies on public interest',
        change: (w) => {
          withMechanism({ article: '49(1)(d)' })(w)
          edit(w.catalogue.organisations, own, { publicBody: true })
        },
      },
      { when: 'it is not said whether it is a public body', change: withMechanism({ article: '46(2)(a)' }) },
    ],
  },
}
