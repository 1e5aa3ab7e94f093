import type { ActivityContent } from '../../activities/index.ts'
import type { Catalogue } from '../../catalogue/index.ts'
import { assessTransfer, type TransferMechanism } from '../../law/index.ts'
import type { Language } from '../language/language.ts'
import { element, entry, type Host, said, textElement } from './element.ts'
import type { ReportElement, ReportEntry } from './model.ts'
import { organisationName } from './parties.ts'

type Transfer = NonNullable<ActivityContent['transfers']>[number]

/** Transfers of the activity, and those that engaging its processors brings about: Art. 30(1)(e), (2)(c). */
export const transfersElement = (
  activity: ActivityContent,
  catalogue: Catalogue,
  article: string,
  at: string,
  t: Language,
): ReportElement => {
  const names = t.named('transfers', article)
  const own = element<Transfer[]>(names, activity as Host, '/transfers', (transfers) =>
    transfers.map((transfer, i) =>
      transferEntry(transfer, recipientOf(transfer, catalogue), activity as Host, `/transfers/${i}`, at, t),
    ),
  )
  const throughProcessors = (activity.subprocessors ?? []).flatMap(({ subprocessor }) => {
    const company = catalogue.subprocessors.get(subprocessor)
    return (company?.transfers ?? []).map((transfer, i) =>
      transferEntry(transfer, t.phrases.broughtAboutBy(company!.name), company as Host, `/transfers/${i}`, at, t),
    )
  })
  if (throughProcessors.length === 0) return own
  return { ...own, state: 'stated', entries: [...own.entries, ...throughProcessors] }
}

const recipientOf = ({ to }: Transfer, catalogue: Catalogue): string | undefined => {
  if (to?.recipient) return catalogue.recipients.get(to.recipient)?.name ?? to.recipient
  if (to?.subprocessor) return catalogue.subprocessors.get(to.subprocessor)?.name ?? to.subprocessor
  return to?.organisation && organisationName(to.organisation, catalogue)
}

export const transferEntry = (
  transfer: Omit<Transfer, 'to'>,
  to: string | undefined,
  host: Host,
  pointer: string,
  at: string,
  t: Language,
): ReportEntry => {
  const { destination, mechanism, certification } = transfer
  const place = destination.country ? t.country(destination.country) : destination.internationalOrganisation!
  const assessed = assessTransfer(transfer, at)
  return entry(to === undefined ? place : `${place}: ${to}`, {
    details: [
      element<NonNullable<Transfer['mechanism']>>(t.named('mechanism'), host, `${pointer}/mechanism`, (value) => [
        entry(mechanismText(value, t)),
      ]),
      ...(mechanism?.article === '49(1)-second'
        ? [textElement(t.named('safeguards'), host, `${pointer}/mechanism/safeguards`)]
        : []),
      ...(certification
        ? [
            textElement(
              t.named('certification'),
              { v: t.phrases.verifiedOn(certification.scheme, t.date(certification.verifiedOn)) } as Host,
              '/v',
            ),
          ]
        : []),
      ...said([
        element<NonNullable<Transfer['documents']>>(t.named('documents'), host, `${pointer}/documents`, (documents) =>
          documents.map(({ kind, reference, url, signedOn }) =>
            entry(
              [t.word(kind), reference, signedOn && t.phrases.signedOn(t.date(signedOn))].filter(Boolean).join(', '),
              {
                ...(url && { url }),
              },
            ),
          ),
        ),
      ]),
      ...(mechanism || assessed.state === 'not-needed'
        ? [textElement(t.named('assessment'), { v: t.transferGround(assessed.ground) } as Host, '/v')]
        : []),
    ],
  })
}

/** A mechanism of chapter V, with the decision or the clauses that it names. */
export const mechanismText = (
  { article, decision, sccModule }: { article: TransferMechanism; decision?: string; sccModule?: number },
  t: Language,
): string =>
  [
    `${t.cite(article)}: ${t.mechanisms[article]}`,
    decision,
    sccModule === undefined ? undefined : t.sccModule(sccModule),
  ]
    .filter((part) => part !== undefined)
    .join(', ')
