import { type Static, Type } from 'typebox'
import { type ActivityContent, viewOf } from '../../activities/index.ts'
import type { Catalogue } from '../../catalogue/index.ts'
import { key } from '../../entries/index.ts'
import { assessTransfer } from '../../law/index.ts'
import { closed, oneOf } from '../../platform/http/schema.ts'
import { named } from '../parameters.ts'
import { activityBatches, inForce, type Reading } from '../reading.ts'

/** The companies that activities in force engage, as they are made public (Art. 28(2)): no contract, no contact person. */

const country = (description: string) =>
  Type.String({ pattern: '^[A-Z]{2}$', description: `${description} ISO 3166-1 alpha-2.`, examples: ['IE'] })

export const SubprocessorItem = closed(
  {
    key: key('The company.', 'mail-delivery'),
    name: Type.String({ description: 'Its name.' }),
    processing: Type.Optional(Type.String({ description: 'What it does with the data.' })),
    processingRole: Type.Optional(Type.String({ description: 'What it is: a processor, or a controller of its own.' })),
    country: Type.Optional(country('Where it is established.')),
    processingCountries: Type.Array(country('Where it processes the data.'), {
      description: 'Where it processes the data.',
    }),
    transfers: Type.Array(
      closed(
        {
          destination: Type.String({ description: 'A country (ISO 3166-1 alpha-2) or an international organisation.' }),
          article: Type.Optional(
            Type.String({ description: 'The safeguard: a provision of chapter V.', examples: ['46(2)(c)'] }),
          ),
          decision: Type.Optional(Type.String({ description: 'The decision or the set of clauses.' })),
          state: oneOf(['not-needed', 'valid', 'invalid', 'missing'], 'What the law of the day says of it.'),
        },
        { description: 'A transfer that engaging it brings about.' },
      ),
      { description: 'Transfers to third countries, with their safeguards.' },
    ),
    engagedSince: Type.Optional(Type.String({ format: 'date', description: 'Since when it has been engaged.' })),
    engagedBy: Type.Array(named('A processor that engaged it.'), {
      description: 'The processors that engage it (Art. 28(4)); empty: only the organisation itself does.',
    }),
    activities: Type.Array(named('An activity.'), { description: 'The activities that it takes part in.' }),
    statements: Type.Record(Type.String(), Type.String(), {
      description: 'What is known to be unknown, or not applicable, by property: the reason.',
    }),
  },
  { description: 'A company that takes part in processing.' },
)

export type SubprocessorItem = Static<typeof SubprocessorItem>

type Transfer = Omit<NonNullable<ActivityContent['transfers']>[number], 'to'>

type Engagement = {
  by: Set<string>
  activities: Map<string, string>
  /** Transfers to the company that activities record themselves. */
  transfers: Transfer[]
}

/** The list at the moment of the reading, ordered by name. */
export const listSubprocessors = async (
  reading: Reading,
  organisation: string | undefined,
): Promise<SubprocessorItem[]> => {
  const engagements = new Map<string, Engagement>()
  for await (const rows of activityBatches(reading, inForce(organisation)))
    for (const { key: activity, name, subprocessors = [], transfers = [] } of rows.map(viewOf))
      for (const { subprocessor, engagedBy } of subprocessors) {
        const engagement: Engagement = engagements.get(subprocessor) ?? {
          by: new Set(),
          activities: new Map(),
          transfers: [],
        }
        engagements.set(subprocessor, engagement)
        engagement.activities.set(activity, name)
        if (engagedBy !== undefined) engagement.by.add(engagedBy)
        engagement.transfers.push(...transfers.filter(({ to }) => to?.subprocessor === subprocessor))
      }
  return [...engagements]
    .map(([company, { by, activities, transfers }]) => ({
      ...describe(company, transfers, reading),
      engagedBy: [...by].sort().map((other) => ({ key: other, name: nameOf(other, reading.catalogue) })),
      activities: [...activities].map(([activity, name]) => ({ key: activity, name })),
    }))
    .sort((a, b) => a.name.localeCompare(b.name) || (a.key < b.key ? -1 : 1))
}

const nameOf = (company: string, catalogue: Catalogue) => {
  const { legalName, name } = catalogue.subprocessors.get(company) ?? {}
  return legalName ?? name ?? company
}

const describe = (
  company: string,
  own: Transfer[],
  { catalogue, at }: Reading,
): Omit<SubprocessorItem, 'engagedBy' | 'activities'> => {
  const facts = catalogue.subprocessors.get(company)
  const { processing, processingRole, country: place, engagedSince } = facts ?? {}
  return {
    key: company,
    name: nameOf(company, catalogue),
    ...(processing !== undefined && { processing }),
    ...(processingRole !== undefined && { processingRole }),
    ...(place !== undefined && { country: place }),
    processingCountries: facts?.processingCountries ?? [],
    transfers: distinct([...(facts?.transfers ?? []), ...own].map((transfer) => summary(transfer, at))),
    ...(engagedSince !== undefined && { engagedSince }),
    statements: Object.fromEntries(
      Object.entries(facts?.statements ?? {}).map(([pointer, { reason }]) => [pointer.slice(1), reason]),
    ),
  }
}

const summary = (transfer: Transfer, at: string): SubprocessorItem['transfers'][number] => ({
  destination: transfer.destination.country ?? transfer.destination.internationalOrganisation!,
  ...(transfer.mechanism && { article: transfer.mechanism.article }),
  ...(transfer.mechanism?.decision !== undefined && { decision: transfer.mechanism.decision }),
  state: assessTransfer(transfer, at).state,
})

const distinct = <T>(values: T[]): T[] => [...new Map(values.map((value) => [JSON.stringify(value), value])).values()]

export const SubprocessorChange = closed(
  {
    change: oneOf(['added', 'removed', 'changed'], 'What happened.'),
    key: key('The company.', 'mail-delivery'),
    name: Type.String({ description: 'Its name.' }),
    properties: Type.Array(Type.String({ description: 'A property of the list.', examples: ['country'] }), {
      description: 'What changed, for a company that was in the list before.',
    }),
  },
  { description: 'A change of the list.' },
)

export type SubprocessorChange = Static<typeof SubprocessorChange>

/** What changed between two lists. */
export const compareLists = (before: SubprocessorItem[], after: SubprocessorItem[]): SubprocessorChange[] => {
  const former = new Map(before.map((item) => [item.key, item]))
  const present = new Set(after.map((item) => item.key))
  const kept = after.flatMap((item): SubprocessorChange[] => {
    const { key: company, name } = item
    const old = former.get(company)
    if (!old) return [{ change: 'added', key: company, name, properties: [] }]
    const properties = differing(old, item)
    return properties.length === 0 ? [] : [{ change: 'changed', key: company, name, properties }]
  })
  const removed = before
    .filter((item) => !present.has(item.key))
    .map(({ key: company, name }): SubprocessorChange => ({ change: 'removed', key: company, name, properties: [] }))
  return [...kept, ...removed]
}

const differing = (a: SubprocessorItem, b: SubprocessorItem): string[] =>
  [...new Set([...Object.keys(a), ...Object.keys(b)])].filter(
    (property) =>
      JSON.stringify(a[property as keyof SubprocessorItem]) !== JSON.stringify(b[property as keyof SubprocessorItem]),
  )
