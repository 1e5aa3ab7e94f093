import { expect } from '@jest/globals'
import { edit, notApplicable, type RuleCases, unknown } from './case.ts'

/** Whether transfers are recorded at all. */
export const transferRecordCases: RuleCases = {
  'transfers-not-stated': {
    fires: [
      {
        when: 'the record does not say',
        change: ({ activity }) => {
          delete activity.transfers
        },
        expect: { pointer: '/transfers', article: 'Art. 30(1)(e)' },
      },
      {
        when: "a processor's record does not say",
        base: 'processor',
        change: ({ activity }) => {
          delete activity.transfers
        },
        expect: { article: 'Art. 30(2)(c)' },
      },
      {
        when: 'it is unknown',
        change: ({ activity }) => {
          delete activity.transfers
          activity.statements = unknown('/transfers')
        },
        expect: { severity: 'info' },
      },
    ],
    silent: [
      { when: 'there is none', base: 'processor' },
      {
        when: 'one is not applicable',
        change: ({ activity }) => {
          delete activity.transfers
          activity.statements = notApplicable('/transfers')
        },
      },
      {
        when: 'one comes with a processor',
        change: ({ activity, catalogue, transfer: { to: _, ...transfer } }) => {
          delete activity.transfers
          edit(catalogue.subprocessors, 'support-desk', { transfers: [transfer] })
        },
      },
    ],
  },
  'transfer-undocumented': {
    fires: [
      {
        when: 'a processor in the United States has none',
        change: ({ activity }) => {
          activity.transfers = []
        },
        expect: { pointer: '/subprocessors/1', message: expect.stringContaining('support-desk receives data in US') },
      },
      {
        when: 'its transfer is to another country',
        change: ({ transfer }) => {
          transfer.destination = { country: 'CH' }
        },
      },
      {
        when: 'a recipient processes abroad by its organisation',
        change: ({ activity, catalogue }) => {
          activity.recipients = [{ recipient: 'marketing-partner' }]
          edit(catalogue.organisations, 'example-partner', { country: 'IN' })
          edit(catalogue.recipients, 'marketing-partner', { countries: undefined, organisation: 'example-partner' })
        },
        expect: { pointer: '/recipients/0' },
      },
      {
        when: 'a joint controller is abroad',
        change: ({ activity, catalogue }) => {
          activity.role = 'joint-controller'
          activity.jointControllers = [{ organisation: 'example-partner', arrangement: 'JC-1' }]
          edit(catalogue.organisations, 'example-partner', { country: 'IN' })
        },
        expect: { pointer: '/jointControllers/0', severity: 'error' },
      },
      {
        when: 'the controller that is acted for is abroad',
        base: 'processor',
        change: ({ catalogue }) => edit(catalogue.organisations, 'example-customer', { country: 'IN' }),
        expect: {
          pointer: '/controllers/0',
          severity: 'warning',
          basis: 'guidance',
          article: 'EDPB Guidelines 05/2021',
        },
      },
    ],
    silent: [
      {
        when: 'the processor has its seat abroad but processes in the Union',
        change: ({ activity, catalogue }) => {
          activity.transfers = []
          edit(catalogue.subprocessors, 'support-desk', { processingCountries: ['DE', 'RE'] })
        },
      },
      {
        when: 'the transfer names no party',
        change: ({ transfer }) => {
          delete transfer.to
        },
      },
      {
        when: 'the record says why there is none',
        change: ({ activity }) => {
          delete activity.transfers
          activity.statements = notApplicable('/transfers')
        },
      },
      {
        when: 'the United Kingdom was no third country yet',
        change: (w) => {
          w.activity.transfers = []
          edit(w.catalogue.subprocessors, 'support-desk', { country: 'GB' })
          w.at = '2021-06-01'
        },
      },
    ],
  },
}
