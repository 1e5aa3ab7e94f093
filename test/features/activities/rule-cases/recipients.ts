import { edit, type RuleCases, unknown } from './case.ts'

export const recipientCases: RuleCases = {
  'recipients-missing': {
    fires: [
      {
        when: 'neither recipients nor processors are recorded',
        change: ({ activity }) => {
          delete activity.recipients
          delete activity.subprocessors
        },
        expect: { pointer: '/recipients' },
      },
      {
        when: 'only processors are said to be none',
        change: ({ activity }) => {
          delete activity.recipients
          activity.subprocessors = []
        },
      },
    ],
    silent: [
      {
        when: 'both are said to be none',
        change: ({ activity }) => {
          activity.recipients = []
          activity.subprocessors = []
        },
      },
      {
        when: 'processors are recorded, which are recipients too',
        change: ({ activity }) => {
          delete activity.recipients
        },
      },
      {
        when: 'the role is processor',
        base: 'processor',
        change: ({ activity }) => {
          delete activity.subprocessors
        },
      },
    ],
  },
  'recipient-is-processor': {
    fires: [
      {
        when: 'a recipient is one',
        change: ({ activity, catalogue }) => {
          activity.recipients = [{ recipient: 'marketing-partner' }]
          edit(catalogue.recipients, 'marketing-partner', { processingRole: 'processor' })
        },
        expect: { pointer: '/recipients/0' },
      },
    ],
    silent: [
      {
        when: 'it is a controller',
        change: ({ activity }) => {
          activity.recipients = [{ recipient: 'marketing-partner' }]
        },
      },
    ],
  },
  'processor-contract-missing': {
    fires: [
      {
        when: 'a processor has none',
        change: ({ catalogue }) => edit(catalogue.subprocessors, 'mail-delivery', { contract: undefined }),
        expect: { pointer: '/subprocessors/0/contract', severity: 'error', article: 'Art. 28(3)' },
      },
      {
        when: 'a further processor has none',
        change: ({ activity, catalogue }) => {
          edit(catalogue.subprocessors, 'mail-delivery', { contract: undefined })
          activity.subprocessors = [
            { subprocessor: 'support-desk' },
            { subprocessor: 'mail-delivery', engagedBy: 'support-desk' },
          ]
        },
        expect: { pointer: '/subprocessors/1/contract', severity: 'warning', article: 'Art. 28(4)' },
      },
      {
        when: "a processor's processor has none",
        base: 'processor',
        change: ({ catalogue }) => edit(catalogue.subprocessors, 'mail-delivery', { contract: undefined }),
        expect: { severity: 'error', article: 'Art. 28(4)' },
      },
      {
        when: 'a company of unknown role has none',
        change: ({ catalogue }) =>
          edit(catalogue.subprocessors, 'mail-delivery', {
            contract: undefined,
            processingRole: undefined,
            statements: unknown('/processingRole'),
          }),
        expect: { severity: 'warning' },
      },
      {
        when: 'it is unknown',
        change: ({ catalogue }) =>
          edit(catalogue.subprocessors, 'mail-delivery', { contract: undefined, statements: unknown('/contract') }),
        expect: {
          severity: 'error',
          message: 'No contract with mail-delivery is recorded. It is stated as unknown: The policy does not say.',
        },
      },
    ],
    silent: [
      {
        when: 'the activity has it',
        change: ({ activity, catalogue }) => {
          edit(catalogue.subprocessors, 'mail-delivery', { contract: undefined })
          if (activity.subprocessors?.[0]) activity.subprocessors[0].contract = { reference: 'DPA-7' }
        },
      },
      {
        when: 'the company is a controller of its own',
        change: ({ catalogue }) =>
          edit(catalogue.subprocessors, 'mail-delivery', { contract: undefined, processingRole: 'controller' }),
      },
    ],
  },
  'processing-role-unknown': {
    fires: [
      {
        when: "a subprocessor's is",
        change: ({ catalogue }) =>
          edit(catalogue.subprocessors, 'mail-delivery', {
            processingRole: undefined,
            statements: unknown('/processingRole'),
          }),
        expect: { pointer: '/subprocessors/0' },
      },
      {
        when: "a recipient's is",
        change: ({ activity, catalogue }) => {
          activity.recipients = [{ recipient: 'marketing-partner' }]
          edit(catalogue.recipients, 'marketing-partner', {
            processingRole: undefined,
            statements: unknown('/processingRole'),
          })
        },
        expect: { pointer: '/recipients/0' },
      },
    ],
    silent: [
      {
        when: 'a recipient of the activity simply has none',
        change: ({ activity, catalogue }) => {
          activity.recipients = [{ recipient: 'marketing-partner' }]
          edit(catalogue.recipients, 'marketing-partner', { processingRole: undefined })
        },
      },
    ],
  },
  'processor-task-missing': {
    fires: [
      {
        when: 'the record does not say',
        change: ({ catalogue }) => edit(catalogue.subprocessors, 'mail-delivery', { processing: undefined }),
        expect: { pointer: '/subprocessors/0' },
      },
      {
        when: 'it is unknown',
        change: ({ catalogue }) =>
          edit(catalogue.subprocessors, 'mail-delivery', { processing: undefined, statements: unknown('/processing') }),
        expect: { severity: 'info' },
      },
    ],
    silent: [{ when: 'every processor has a task' }],
  },
  'engaging-processor-unlisted': {
    fires: [
      {
        when: 'the engaging processor does not take part',
        change: ({ activity }) => {
          activity.subprocessors = [{ subprocessor: 'mail-delivery', engagedBy: 'support-desk' }]
        },
        expect: { pointer: '/subprocessors/0/engagedBy' },
      },
    ],
    silent: [
      {
        when: 'it does',
        change: ({ activity }) => {
          activity.subprocessors = [
            { subprocessor: 'mail-delivery', engagedBy: 'support-desk' },
            { subprocessor: 'support-desk' },
          ]
        },
      },
    ],
  },
  'engagement-cycle': {
    fires: [
      {
        when: 'two engage each other',
        change: ({ activity }) => {
          activity.subprocessors = [
            { subprocessor: 'mail-delivery', engagedBy: 'support-desk' },
            { subprocessor: 'support-desk', engagedBy: 'mail-delivery' },
          ]
        },
        expect: {
          pointer: '/subprocessors/0/engagedBy',
          message:
            'The processors engage each other in a circle: mail-delivery, engaged by support-desk, engaged by mail-delivery.',
        },
      },
      {
        when: 'one engages itself',
        change: ({ activity }) => {
          activity.subprocessors = [{ subprocessor: 'mail-delivery', engagedBy: 'mail-delivery' }]
        },
      },
    ],
    silent: [
      {
        when: 'the chain has a start',
        change: ({ activity }) => {
          activity.subprocessors = [
            { subprocessor: 'mail-delivery', engagedBy: 'support-desk' },
            { subprocessor: 'support-desk' },
          ]
        },
      },
    ],
  },
  'processor-data-unlisted': {
    fires: [
      {
        when: 'a processor handles what the activity does not',
        change: ({ activity }) => {
          activity.subprocessors = [{ subprocessor: 'mail-delivery', dataCategories: ['email-address', 'health-data'] }]
        },
        expect: { pointer: '/subprocessors/0/dataCategories/1' },
      },
    ],
    silent: [
      {
        when: 'it handles part of what the activity does',
        change: ({ data }) => {
          data.dataCategory = 'contact-data'
        },
      },
      {
        when: 'a processor lists no data',
        base: 'processor',
        change: ({ activity }) => {
          activity.subprocessors = [{ subprocessor: 'mail-delivery', dataCategories: ['email-address'] }]
        },
      },
    ],
  },
}
