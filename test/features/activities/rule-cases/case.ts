import type { expect } from '@jest/globals'
import type { Finding } from '../../../../src/activities/finding.ts'
import type { ActivityContent } from '../../../../src/activities/schema.ts'
import { cleanActivity, cleanCatalogue, cleanProcessorActivity, fixtureDate } from '../../../support/fixtures.ts'

/** The clean fixture as one case changes it. */
export const world = (base: 'controller' | 'processor') => {
  const activity = base === 'processor' ? cleanProcessorActivity() : cleanActivity()
  const catalogue = cleanCatalogue()
  return {
    activity,
    catalogue,
    at: fixtureDate,
    changedSinceApproval: [] as { resource: string; key: string }[],
    /** The fixture's first purpose, row of data and transfer, for changes in place. */
    legalBasis: activity.purposes?.[0]?.legalBasis as LegalBasis,
    data: activity.data?.[0] as NonNullable<ActivityContent['data']>[number],
    transfer: activity.transfers?.[0] as NonNullable<ActivityContent['transfers']>[number],
    /** Makes the first row of data one of a category. */
    process: (dataCategory: string) => {
      activity.data = [{ ...(activity.data?.[0] ?? {}), dataCategory }]
      for (const row of activity.subprocessors ?? []) delete row.dataCategories
      return activity.data[0] as NonNullable<ActivityContent['data']>[number]
    },
  }
}
type LegalBasis = NonNullable<NonNullable<ActivityContent['purposes']>[number]['legalBasis']>

export type World = ReturnType<typeof world>

/** How the clean fixture is changed for a rule to fire, or not to although it comes close. */
export type Scenario = {
  when: string
  /** Default: the controller's activity. */
  base?: 'processor'
  change?: (world: World) => void
  /** What the finding looks like besides the rule's own severity, basis and article. */
  expect?: { [P in keyof Finding]?: Finding[P] | ReturnType<typeof expect.stringContaining> }
}

export type RuleCases = Record<string, { fires: readonly Scenario[]; silent: readonly Scenario[] }>

/** Changes an entry of the catalogue; `undefined` takes a property away. */
export const edit = <E extends object>(entries: Map<string, E>, key: string, changes: Partial<E>) => {
  const entry = entries.get(key)
  if (entry === undefined) throw new Error(`The fixture has no ${key}.`)
  entries.set(key, { ...entry, ...changes })
}

export const unknown = (pointer: string) => ({
  [pointer]: { state: 'unknown' as const, reason: 'The policy does not say.' },
})
export const notApplicable = (pointer: string) => ({
  [pointer]: { state: 'notApplicable' as const, reason: 'There is none.' },
})
