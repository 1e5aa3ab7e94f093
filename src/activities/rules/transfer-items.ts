import { assessTransfer, eeaStanding, type TransferAssessment } from '../../law/index.ts'
import type { ActivityContent } from '../schema.ts'
import { lawDate, oncePerContext, type RuleContext, type Stating } from './rule.ts'

type Transfer = NonNullable<ActivityContent['transfers']>[number]
type PartyKind = keyof NonNullable<Transfer['to']>

/** Somebody who receives data, by the kind of its entry and its key. */
export type Party = { kind: PartyKind; key: string }

/** A transfer that the activity brings about: its own, or one that comes with engaging a subprocessor. */
export type TransferItem = {
  transfer: Transfer
  pointer: string
  /** What to call it in a message. */
  label: string
  party: Party | undefined
  /** Whether it is recorded with the subprocessor, not in the activity. */
  ofSubprocessor: boolean
  /** The entry that records it and may state why a part of it is absent, and the pointer to it there. */
  entry: Stating
  place: string
  assessment: TransferAssessment
}

const partyOf = ({ to }: Transfer): Party | undefined => {
  for (const kind of ['recipient', 'subprocessor', 'organisation'] as const) {
    const key = to?.[kind]
    if (key !== undefined) return { kind, key }
  }
  return undefined
}

const destinationName = ({ destination }: Transfer) => destination.country ?? destination.internationalOrganisation

/** The transfers of the activity and of its subprocessors, each judged by the law of the day. */
export const transferItems = oncePerContext((context): readonly TransferItem[] => {
  const { activity, catalogue } = context
  const date = lawDate(context)
  const describe = (transfer: Transfer, party: Party | undefined) => ({
    transfer,
    party,
    label: `The transfer to ${[party?.key, destinationName(transfer)].filter(Boolean).join(' in ')}`,
    assessment: assessTransfer(transfer, date),
  })
  const own = (activity.transfers ?? []).map((transfer, index) => ({
    ...describe(transfer, partyOf(transfer)),
    pointer: `/transfers/${index}`,
    ofSubprocessor: false,
    entry: activity,
    place: `/transfers/${index}`,
  }))
  const ofSubprocessors = (activity.subprocessors ?? []).flatMap(({ subprocessor }, index) => {
    const entry = catalogue.subprocessors.get(subprocessor)
    return (entry?.transfers ?? []).map((transfer, position) => ({
      ...describe(transfer, { kind: 'subprocessor', key: subprocessor }),
      pointer: `/subprocessors/${index}`,
      ofSubprocessor: true,
      entry: entry ?? {},
      place: `/transfers/${position}`,
    }))
  })
  return [...own, ...ofSubprocessors]
})

/** The transfers in the sense of Art. 44: those to a country that was none on the day need nothing. */
export const realTransfers = (context: RuleContext) =>
  transferItems(context).filter(({ assessment }) => assessment.state !== 'not-needed')

/** Where a correction belongs: into the activity, or into the entry of the subprocessor. */
export const placeOf = ({ ofSubprocessor, party, pointer }: TransferItem) =>
  ofSubprocessor ? `the transfer of the subprocessor ${party?.key}` : pointer

type PartyAbroad = Party & { pointer: string; countries: string[] }

/** Those who receive data of the activity, with the third countries in which they do. */
export const partiesAbroad = oncePerContext((context): readonly PartyAbroad[] => {
  const { activity, catalogue } = context
  const { organisations, recipients, subprocessors } = catalogue
  const date = lawDate(context)
  const abroad = (kind: PartyKind, key: string, pointer: string, countries: readonly (string | undefined)[]) => {
    const third = countries.filter((country) => country !== undefined && eeaStanding(country, date) === undefined)
    return third.length === 0 ? [] : [{ kind, key, pointer, countries: third as string[] }]
  }
  return [
    ...(activity.recipients ?? []).flatMap(({ recipient }, index) => {
      const entry = recipients.get(recipient)
      const seat = organisations.get(entry?.organisation ?? '')?.country
      return abroad('recipient', recipient, `/recipients/${index}`, entry?.countries ?? [seat])
    }),
    ...(activity.subprocessors ?? []).flatMap(({ subprocessor }, index) => {
      const entry = subprocessors.get(subprocessor)
      // Where it processes decides; its seat, where the record does not say.
      return abroad(
        'subprocessor',
        subprocessor,
        `/subprocessors/${index}`,
        entry?.processingCountries ?? [entry?.country],
      )
    }),
    ...(activity.jointControllers ?? []).flatMap(({ organisation }, index) =>
      abroad('organisation', organisation, `/jointControllers/${index}`, [organisations.get(organisation)?.country]),
    ),
    ...(activity.controllers ?? []).flatMap(({ organisation }, index) =>
      abroad('organisation', organisation, `/controllers/${index}`, [organisations.get(organisation)?.country]),
    ),
  ]
})
