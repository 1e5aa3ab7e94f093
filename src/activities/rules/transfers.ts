import { certificationDue } from '../../law/index.ts'
import {
  actsAsController,
  despiteReason,
  lawDate,
  type Observation,
  type Rule,
  recordArticle,
  statementOn,
  unlessStated,
} from './rule.ts'
import { type Party, partiesAbroad, placeOf, realTransfers, transferItems } from './transfer-items.ts'

const name = ({ kind, key }: Party) => `${kind}/${key}`

/** Transfers to third countries and international organisations: Art. 30(1)(e), (2)(c), 44, 45. */
export const transferRules: readonly Rule[] = [
  {
    code: 'transfers-not-stated',
    severity: 'warning',
    basis: 'law',
    article: 'Art. 30(1)(e)',
    title: 'The record says whether data is transferred to a third country.',
    *check(context) {
      const { activity } = context
      if (activity.transfers !== undefined || transferItems(context).length > 0) return
      yield* unlessStated(activity, {
        pointer: '/transfers',
        article: recordArticle(activity, '(1)(e)', '(2)(c)'),
        message: 'The record does not say whether data is transferred to a third country.',
        fix: 'Add each transfer to transfers, or write [] if there is none.',
      })
    },
  },
  {
    code: 'transfer-undocumented',
    severity: 'error',
    basis: 'law',
    article: 'Art. 30(1)(e)',
    title: 'Whoever receives data in a third country does so by a transfer that is recorded.',
    *check(context) {
      const { activity } = context
      if (statementOn(activity, '/transfers')?.state === 'notApplicable') return
      const documented = new Set(
        transferItems(context).flatMap(({ transfer, party }) =>
          transfer.destination.country === undefined
            ? []
            : `${party === undefined ? '' : name(party)} ${transfer.destination.country}`,
        ),
      )
      for (const party of partiesAbroad(context)) {
        const missing = party.countries.filter(
          (country) => !documented.has(`${name(party)} ${country}`) && !documented.has(` ${country}`),
        )
        if (missing.length === 0) continue
        const observation: Observation = {
          pointer: party.pointer,
          article: recordArticle(activity, '(1)(e)', '(2)(c)'),
          // That data goes back to the controller it came from is a transfer only as the Board reads Art. 44.
          ...(party.pointer.startsWith('/controllers/')
            ? { severity: 'warning', basis: 'guidance', article: 'EDPB Guidelines 05/2021' }
            : {}),
          message: `${party.key} receives data in ${missing.join(', ')}, but no transfer to it is recorded.`,
          fix: `Add a transfer with this ${party.kind} as to, its destination and what allows it.`,
        }
        yield despiteReason(activity, observation, '/transfers')
      }
    },
  },
  {
    code: 'transfer-mechanism-missing',
    severity: 'error',
    basis: 'law',
    article: 'Art. 44',
    title: 'Each transfer names what chapter V allows it by.',
    *check(context) {
      for (const item of transferItems(context)) {
        const { state, available } = item.assessment
        if (state !== 'missing') continue
        const observation: Observation =
          available === undefined
            ? {
                pointer: item.pointer,
                message: `${item.label} names no mechanism of chapter V.`,
                fix: `Add mechanism to ${placeOf(item)}: Art. 45, 46, 47 or 49.`,
              }
            : {
                pointer: item.pointer,
                severity: 'warning',
                basis: 'guidance',
                article: 'Art. 45(1)',
                message: `${item.label} names no mechanism, although Decision ${available.decision} is in force.`,
                fix: `Add mechanism with article 45 to ${placeOf(item)}, if the recipient is covered by it.`,
              }
        yield despiteReason(item.entry, observation, `${item.place}/mechanism`)
      }
    },
  },
  {
    code: 'transfer-mechanism-invalid',
    severity: 'error',
    basis: 'law',
    article: 'Art. 44',
    title: 'What a transfer relies on is in force and covers the recipient.',
    *check(context) {
      for (const item of transferItems(context)) {
        const { state, reason, available } = item.assessment
        if (state !== 'invalid') continue
        yield {
          pointer: item.pointer,
          message: `${item.label} is not allowed by what it names. ${reason}`,
          fix:
            available === undefined
              ? `Name in ${placeOf(item)} a mechanism that is in force and covers the recipient, or end the transfer.`
              : `Name in ${placeOf(item)} Decision ${available.decision}, if it covers the recipient.`,
        }
      }
    },
  },
  {
    code: 'certification-stale',
    severity: 'warning',
    basis: 'good-practice',
    article: 'Art. 45(1)',
    title: 'A certification that must be renewed was verified since.',
    *check(context) {
      for (const item of realTransfers(context)) {
        const { certification, mechanism } = item.transfer
        if (certification === undefined || mechanism?.article !== '45') continue
        const due = certificationDue(certification.scheme, certification.verifiedOn)
        if (due === undefined || lawDate(context) <= due) continue
        yield {
          pointer: item.pointer,
          message: `${item.label} relies on a certification that was verified on ${certification.verifiedOn} and had to be renewed by ${due}.`,
          fix: `Look the recipient up in the list of ${certification.scheme}, and update verifiedOn in ${placeOf(item)}.`,
        }
      }
    },
  },
  {
    code: 'transfer-party-unlisted',
    severity: 'warning',
    basis: 'law',
    article: 'Art. 30(1)(d)',
    title: 'Who receives data by a transfer is among the recipients or processors.',
    *check({ activity }) {
      const recipients = new Set(activity.recipients?.map(({ recipient }) => recipient))
      const subprocessors = new Set(activity.subprocessors?.map(({ subprocessor }) => subprocessor))
      for (const [index, { to }] of (activity.transfers ?? []).entries()) {
        // A processor's record has no recipients (Art. 30(2)).
        const recipient = actsAsController(activity) ? to?.recipient : undefined
        const unlisted =
          recipient !== undefined && !recipients.has(recipient)
            ? { key: recipient, list: 'recipients' }
            : to?.subprocessor !== undefined && !subprocessors.has(to.subprocessor)
              ? { key: to.subprocessor, list: 'subprocessors' }
              : undefined
        if (unlisted === undefined) continue
        yield {
          pointer: `/transfers/${index}/to`,
          article: recordArticle(activity, '(1)(d)', '(2)(a)'),
          message: `Data is transferred to ${unlisted.key}, which is not among the activity's ${unlisted.list}.`,
          fix: `Add ${unlisted.key} to ${unlisted.list}, or correct the transfer.`,
        }
      }
    },
  },
  {
    code: 'transfer-not-needed',
    severity: 'info',
    basis: 'law',
    article: 'Art. 44',
    title: 'Sending data within the European Economic Area is no transfer.',
    *check(context) {
      for (const { pointer, label, assessment } of transferItems(context)) {
        if (assessment.state !== 'not-needed') continue
        yield {
          pointer,
          message: `${label} is none in the sense of Art. 44. ${assessment.reason}`,
          fix: 'It may stay recorded; no mechanism is needed.',
        }
      }
    },
  },
]
