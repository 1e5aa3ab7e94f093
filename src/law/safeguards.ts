import type { TransferMechanism } from './articles.ts'
import { type DatedFact, eurLex, inForce, namesAct } from './dated.ts'
import { gdprTerm, type Provision } from './provision.ts'

/** What chapter V allows a transfer by, and the standard clauses that the Commission adopted. */

export type Mechanism = Provision & {
  /** `adequacy`: Art. 45. `safeguard`: Art. 46 and 47. `derogation`: Art. 49, for specific situations only. */
  kind: 'adequacy' | 'safeguard' | 'derogation'
  /**
   * `only`: an instrument between public authorities. `never`: not for what a public authority does in the exercise of
   * its public powers (Art. 49(3)).
   */
  publicBodies?: 'only' | 'never'
}

export const mechanisms: Readonly<Record<TransferMechanism, Mechanism>> = {
  '45': { kind: 'adequacy', title: 'Adequacy decision', iri: gdprTerm('A45-3') },
  '46(2)(a)': {
    kind: 'safeguard',
    title: 'Legally binding instrument between public authorities',
    iri: gdprTerm('A46-2-a'),
    publicBodies: 'only',
  },
  '46(2)(b)': { kind: 'safeguard', title: 'Binding corporate rules', iri: gdprTerm('A46-2-b') },
  '46(2)(c)': {
    kind: 'safeguard',
    title: 'Standard data protection clauses of the Commission',
    iri: gdprTerm('A46-2-c'),
  },
  '46(2)(d)': {
    kind: 'safeguard',
    title: 'Standard data protection clauses of a supervisory authority',
    iri: gdprTerm('A46-2-d'),
  },
  '46(2)(e)': { kind: 'safeguard', title: 'Approved code of conduct', iri: gdprTerm('A46-2-e') },
  '46(2)(f)': { kind: 'safeguard', title: 'Approved certification mechanism', iri: gdprTerm('A46-2-f') },
  '46(3)(a)': {
    kind: 'safeguard',
    title: 'Contractual clauses authorised by the supervisory authority',
    iri: gdprTerm('A46-3-a'),
  },
  '46(3)(b)': {
    kind: 'safeguard',
    title: 'Administrative arrangement between public authorities',
    iri: gdprTerm('A46-3-b'),
    publicBodies: 'only',
  },
  '47': { kind: 'safeguard', title: 'Binding corporate rules' },
  '49(1)(a)': { kind: 'derogation', title: 'Explicit consent', iri: gdprTerm('A49-1-a'), publicBodies: 'never' },
  '49(1)(b)': {
    kind: 'derogation',
    title: 'Contract with the data subject',
    iri: gdprTerm('A49-1-b'),
    publicBodies: 'never',
  },
  '49(1)(c)': {
    kind: 'derogation',
    title: 'Contract in the interest of the data subject',
    iri: gdprTerm('A49-1-c'),
    publicBodies: 'never',
  },
  '49(1)(d)': { kind: 'derogation', title: 'Important reasons of public interest', iri: gdprTerm('A49-1-d') },
  '49(1)(e)': { kind: 'derogation', title: 'Legal claims', iri: gdprTerm('A49-1-e') },
  '49(1)(f)': { kind: 'derogation', title: 'Vital interests', iri: gdprTerm('A49-1-f') },
  '49(1)(g)': { kind: 'derogation', title: 'Public register', iri: gdprTerm('A49-1-g') },
  '49(1)-second': {
    kind: 'derogation',
    title: 'Compelling legitimate interests (Art. 49(1), second subparagraph)',
    iri: gdprTerm('A49-2'),
    publicBodies: 'never',
  },
}

export type ClauseSet = DatedFact & {
  /** The decision that adopted the set, as it is cited. */
  decision: string
  title: string
  /** The last day on which a contract could be concluded on it; absent: it still can. */
  newContractsUntil?: string
  /** Whether it consists of the modules 1 to 4. */
  modules: boolean
}

// Art. 4 of Decision (EU) 2021/914: repealed with effect from 27 September 2021; what was concluded before counted until
// 27 December 2022.
const former = { newContractsUntil: '2021-09-26', effectiveUntil: '2022-12-27', modules: false }

export const clauseSets: readonly ClauseSet[] = [
  {
    decision: '2001/497/EC',
    title: 'Standard contractual clauses, controller to controller, set I',
    effectiveFrom: '2001-09-03',
    ...former,
    citation: eurLex('32001D0497', 'Commission Decision 2001/497/EC'),
    confirmed: true,
  },
  {
    decision: '2004/915/EC',
    title: 'Standard contractual clauses, controller to controller, set II',
    effectiveFrom: '2005-04-01',
    ...former,
    citation: eurLex('32004D0915', 'Commission Decision 2004/915/EC'),
    confirmed: false,
  },
  {
    decision: '2010/87/EU',
    title: 'Standard contractual clauses, controller to processor',
    effectiveFrom: '2010-05-15',
    ...former,
    citation: eurLex('32010D0087', 'Commission Decision 2010/87/EU'),
    confirmed: true,
  },
  {
    decision: '(EU) 2021/914',
    title: 'Standard contractual clauses of 2021',
    // The twentieth day after its publication on 7 June 2021.
    effectiveFrom: '2021-06-27',
    modules: true,
    citation: eurLex('32021D0914', 'Commission Implementing Decision (EU) 2021/914'),
    confirmed: true,
  },
]

type Party = 'controller' | 'processor'

/** The modules of Decision (EU) 2021/914: who exports and who imports. */
export const clauseModules: readonly { module: 1 | 2 | 3 | 4; exporter: Party; importer: Party; title: string }[] = [
  { module: 1, exporter: 'controller', importer: 'controller', title: 'Module 1: controller to controller' },
  { module: 2, exporter: 'controller', importer: 'processor', title: 'Module 2: controller to processor' },
  { module: 3, exporter: 'processor', importer: 'processor', title: 'Module 3: processor to processor' },
  { module: 4, exporter: 'processor', importer: 'controller', title: 'Module 4: processor to controller' },
]

/**
 * The set of standard clauses that a record means.
 * @param named what the record names: a decision's number somewhere in the text
 * @param signedOn the day of the contract, `YYYY-MM-DD`, which tells the set where none is named: before 2021-06-27 it
 *   can only have been a former one, from 2021-09-27 on only that of 2021
 * @returns undefined when the record leaves it open
 */
export const clauseSet = (named: string | undefined, signedOn?: string): ClauseSet | undefined => {
  const byName = clauseSets.find(({ decision }) => named !== undefined && namesAct(named, decision))
  if (byName !== undefined || signedOn === undefined) return byName
  const possible = clauseSets.filter((set) => canBeSigned(set, signedOn))
  // Of the former sets any will do: the same dates hold for all three.
  return possible.every((set) => !set.modules) || possible.length === 1 ? possible.at(-1) : undefined
}

/** Whether a contract could be concluded on a set of clauses on a day, `YYYY-MM-DD`. */
export const canBeSigned = (set: ClauseSet, signedOn: string): boolean =>
  inForce(set, signedOn) && (set.newContractsUntil === undefined || signedOn <= set.newContractsUntil)
