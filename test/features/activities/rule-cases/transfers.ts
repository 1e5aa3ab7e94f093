import { expect } from '@jest/globals'
import { edit, type RuleCases, unknown } from './case.ts'

/** What recorded transfers rely on. */
export const transferCases: RuleCases = {
  'transfer-mechanism-missing': {
    fires: [
      {
        when: 'none is named',
        change: ({ transfer }) => {
          delete transfer.mechanism
        },
        expect: { pointer: '/transfers/0', severity: 'error' },
      },
      {
        when: 'it is unknown',
        change: ({ activity, transfer }) => {
          delete transfer.mechanism
          activity.statements = unknown('/transfers/0/mechanism')
        },
        expect: { severity: 'error', message: expect.stringContaining('unknown: The policy does not say.') },
      },
      {
        when: 'it is unknown to the processor that brings it about',
        change: ({ activity, catalogue }) => {
          activity.transfers = []
          edit(catalogue.subprocessors, 'support-desk', {
            transfers: [{ destination: { country: 'US' } }],
            statements: unknown('/transfers/0/mechanism'),
          })
        },
        expect: {
          pointer: '/subprocessors/1',
          message: expect.stringContaining('unknown: The policy does not say.'),
          fix: expect.stringContaining('the transfer of the subprocessor support-desk'),
        },
      },
      {
        when: 'none is named for a country with an adequacy decision',
        change: ({ transfer }) => {
          delete transfer.mechanism
          transfer.destination = { country: 'CH' }
        },
        expect: { severity: 'warning', basis: 'guidance', article: 'Art. 45(1)' },
      },
      {
        when: 'none is named for what comes with a processor',
        change: ({ activity, catalogue }) => {
          activity.transfers = []
          edit(catalogue.subprocessors, 'support-desk', { transfers: [{ destination: { country: 'US' } }] })
        },
        expect: { pointer: '/subprocessors/1', severity: 'error' },
      },
    ],
    silent: [
      {
        when: 'the destination is in the EEA',
        change: ({ transfer }) => {
          delete transfer.mechanism
          transfer.destination = { country: 'IS' }
        },
      },
    ],
  },
  'transfer-mechanism-invalid': {
    fires: [
      {
        when: 'Privacy Shield has ended',
        change: ({ transfer }) => {
          transfer.mechanism = { article: '45', decision: '(EU) 2016/1250' }
          transfer.certification = { scheme: 'other', verifiedOn: '2020-01-01' }
        },
        expect: { pointer: '/transfers/0', message: expect.stringContaining('ended on 2020-07-16 (CJEU, C-311/18') },
      },
      {
        when: 'the recipient is not certified',
        change: ({ transfer }) => {
          transfer.mechanism = { article: '45' }
        },
        expect: { message: expect.stringContaining('no certification of the recipient (US-DPF)') },
      },
      {
        when: 'the former standard clauses have ended',
        change: ({ transfer }) => {
          transfer.mechanism = { article: '46(2)(c)', decision: '2010/87/EU' }
        },
      },
      {
        when: 'the clauses were signed when there were only former ones',
        change: ({ transfer }) => {
          transfer.mechanism = { article: '46(2)(c)' }
          transfer.documents = [{ kind: 'standard-contractual-clauses', signedOn: '2015-01-01' }]
        },
      },
      {
        when: 'there is no adequacy decision',
        change: ({ transfer }) => {
          transfer.mechanism = { article: '45' }
          transfer.destination = { country: 'IN' }
        },
      },
    ],
    silent: [
      {
        when: 'the activity ended while Privacy Shield was in force',
        change: ({ activity, transfer }) => {
          activity.performedFrom = '2018-06-01'
          activity.performedUntil = '2019-12-31'
          transfer.mechanism = { article: '45', decision: '(EU) 2016/1250' }
          transfer.certification = { scheme: 'other', verifiedOn: '2019-01-01' }
        },
      },
      {
        when: 'the clauses were signed again, and only other documents are old',
        change: ({ transfer }) => {
          transfer.mechanism = { article: '46(2)(c)' }
          transfer.documents = [
            { kind: 'standard-contractual-clauses', signedOn: '2022-10-01' },
            { kind: 'standard-contractual-clauses', signedOn: '2015-01-01' },
            { kind: 'standard-contractual-clauses' },
            { kind: 'other', signedOn: '2015-01-01' },
          ]
        },
      },
      {
        when: 'only another document is old',
        change: ({ transfer }) => {
          transfer.mechanism = { article: '46(2)(c)' }
          transfer.documents = [{ kind: 'other', signedOn: '2015-01-01' }]
        },
      },
      {
        when: 'the recipient is certified',
        change: ({ transfer }) => {
          transfer.mechanism = { article: '45' }
          transfer.certification = { scheme: 'US-DPF', verifiedOn: '2026-01-01' }
        },
      },
    ],
  },
  'certification-stale': {
    fires: [
      {
        when: 'it was verified more than a year ago',
        change: ({ transfer }) => {
          transfer.mechanism = { article: '45' }
          transfer.certification = { scheme: 'US-DPF', verifiedOn: '2025-05-31' }
        },
        expect: { pointer: '/transfers/0', message: expect.stringContaining('by 2026-05-31') },
      },
    ],
    silent: [
      {
        when: 'it was verified a year ago',
        change: ({ transfer }) => {
          transfer.mechanism = { article: '45' }
          transfer.certification = { scheme: 'US-DPF', verifiedOn: '2025-06-01' }
        },
      },
      {
        when: 'the scheme asks for no renewal',
        change: ({ transfer }) => {
          transfer.destination = { country: 'CA' }
          transfer.mechanism = { article: '45' }
          transfer.certification = { scheme: 'CA-PIPEDA', verifiedOn: '2020-01-01' }
        },
      },
    ],
  },
  'transfer-party-unlisted': {
    fires: [
      {
        when: 'the processor is not among the processors',
        change: ({ activity }) => {
          activity.subprocessors = [{ subprocessor: 'mail-delivery' }]
        },
        expect: { pointer: '/transfers/0/to' },
      },
      {
        when: 'the recipient is not among the recipients',
        change: ({ transfer }) => {
          transfer.to = { recipient: 'marketing-partner' }
        },
      },
    ],
    silent: [
      {
        when: 'it is an organisation of the group',
        change: ({ transfer }) => {
          transfer.to = { organisation: 'example-partner' }
        },
      },
      {
        when: "a processor's record has no recipients",
        base: 'processor',
        change: ({ activity }) => {
          activity.transfers = [{ to: { recipient: 'marketing-partner' }, destination: { country: 'CH' } }]
        },
      },
    ],
  },
  'transfer-not-needed': {
    fires: [
      {
        when: 'the destination is in the EEA',
        change: ({ transfer }) => {
          transfer.destination = { country: 'LI' }
        },
        expect: { pointer: '/transfers/0' },
      },
    ],
    silent: [
      {
        when: 'the destination has an adequacy decision',
        change: ({ transfer }) => {
          transfer.destination = { country: 'CH' }
          transfer.mechanism = { article: '45' }
        },
      },
    ],
  },
}
