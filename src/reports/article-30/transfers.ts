import type { ActivityContent } from '../../activities/index.ts'
import type { Catalogue } from '../../catalogue/index.ts'
import { assessTransfer, mechanisms, type TransferMechanism } from '../../law/index.ts'
import { element, entry, type Host, said, textElement } from './element.ts'
import { country, word } from './format.ts'
import { organisationName } from './parties.ts'
import type { ReportElement, ReportEntry } from './schema.ts'

type Transfer = NonNullable<ActivityContent['transfers']>[number]

/** Transfers of the activity, and those that engaging its processors brings about: Art. 30(1)(e), (2)(c). */
export const transfersElement = (
  activity: ActivityContent,
  catalogue: Catalogue,
  article: string,
  at: string,
): ReportElement => {
  const names = { id: 'transfers', label: 'Transfers to third countries or international organisations', article }
  const own = element<Transfer[]>(names, activity as Host, '/transfers', (transfers) =>
    transfers.map((transfer, i) =>
      transferEntry(transfer, recipientOf(transfer, catalogue), activity as Host, `/transfers/${i}`, at),
    ),
  )
  const throughProcessors = (activity.subprocessors ?? []).flatMap(({ subprocessor }) => {
    const company = catalogue.subprocessors.get(subprocessor)
    return (company?.transfers ?? []).map((transfer, i) =>
      transferEntry(
        transfer,
        `${company!.name} (brought about by engaging it)`,
        company as Host,
        `/transfers/${i}`,
        at,
      ),
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

const transferEntry = (
  transfer: Omit<Transfer, 'to'>,
  to: string | undefined,
  host: Host,
  pointer: string,
  at: string,
): ReportEntry => {
  const { destination, mechanism, certification } = transfer
  const place = destination.country ? country(destination.country) : destination.internationalOrganisation!
  const assessed = assessTransfer(transfer, at)
  return entry(to === undefined ? place : `${place}: ${to}`, {
    details: [
      element<NonNullable<Transfer['mechanism']>>(
        { id: 'mechanism', label: 'Mechanism' },
        host,
        `${pointer}/mechanism`,
        (value) => [entry(mechanismText(value))],
      ),
      ...(mechanism?.article === '49(1)-second'
        ? [textElement({ id: 'safeguards', label: 'Suitable safeguards' }, host, `${pointer}/mechanism/safeguards`)]
        : []),
      ...(certification
        ? [
            textElement(
              { id: 'certification', label: 'Certification' },
              { v: `${certification.scheme}, verified on ${certification.verifiedOn}` } as Host,
              '/v',
            ),
          ]
        : []),
      ...said([
        element<NonNullable<Transfer['documents']>>(
          { id: 'documents', label: 'Documents' },
          host,
          `${pointer}/documents`,
          (documents) =>
            documents.map(({ kind, reference, url, signedOn }) =>
              entry([word(kind), reference, signedOn && `signed on ${signedOn}`].filter(Boolean).join(', '), {
                ...(url && { url }),
              }),
            ),
        ),
      ]),
      ...(mechanism || assessed.state === 'not-needed'
        ? [textElement({ id: 'assessment', label: `By the law on ${at}` }, { v: assessed.reason } as Host, '/v')]
        : []),
    ],
  })
}

const mechanismText = ({
  article,
  decision,
  sccModule,
}: {
  article: TransferMechanism
  decision?: string
  sccModule?: number
}): string =>
  [
    `Art. ${article.replace('-second', ', second subparagraph')}: ${mechanisms[article].title}`,
    decision,
    sccModule === undefined ? undefined : `module ${sccModule}`,
  ]
    .filter((part) => part !== undefined)
    .join(', ')
