import { adequacyDecisions } from './adequacy.ts'
import { namesAct } from './dated.ts'
import { clauseSets } from './safeguards.ts'

/**
 * The act that a short name means: `adequacy:US-DPF` by its certification scheme, `adequacy:GB` by its country (the latest
 * one), `adequacy:(EU) 2023/1795` or `clauses:(EU) 2021/914` by its number.
 * @returns the act as it is cited; undefined when there is none of that name
 */
export const actNamed = (name: string): string | undefined => {
  const [kind, ...rest] = name.split(':')
  const what = rest.join(':').trim()
  if (kind === 'clauses') return clauseSets.find(({ decision }) => namesAct(what, decision))?.decision
  if (kind !== 'adequacy') return undefined
  return adequacyDecisions.findLast(
    ({ certification, country, decision }) => certification === what || country === what || namesAct(what, decision),
  )?.decision
}

/** Short names of the acts that transfers may rest on, for messages. */
export const actNames = (): string[] => [
  ...new Set(
    adequacyDecisions.map(({ certification, country, decision }) =>
      certification !== undefined && certification !== 'other'
        ? `adequacy:${certification}`
        : `adequacy:${country ?? decision}`,
    ),
  ),
  ...clauseSets.map(({ decision }) => `clauses:${decision}`),
]
