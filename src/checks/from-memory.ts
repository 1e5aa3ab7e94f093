import { activityResourceName } from '../activities/index.ts'
import { today } from '../entries/index.ts'
import { assessTransfer, isEea } from '../law/index.ts'
import { type EntryList, includesAny, type Model, type ModelEntry } from '../register/index.ts'
import { type Contents, createContents } from './contents.ts'
import { evaluateCheck } from './evaluate.ts'
import type { Candidate } from './judge.ts'
import { named } from './question.ts'
import { ranked, type Wanted } from './ranking.ts'
import type { CheckQuestion, CheckResult } from './schema.ts'

/** Answers questions from the register in memory, as it is now. */
export const createMemoryChecks = (): ((model: Model, question: CheckQuestion) => CheckResult) => {
  const contents = createContents()

  return (model, question) => {
    const at = today()
    const roles = rolesOf(model)
    const lineages = new Map(question.dataCategories.map((key) => [key, lineageOf(model, key, contents)]))
    const lineage = (category: string) => lineages.get(category)!
    const asked = askedOf(model, question, at)

    function* candidatesFor(category: string | undefined, most: () => number): Generator<Candidate> {
      const [purpose] = mentioning(model, 'purposes', question.purpose)
      if (!purpose) return
      const wanted = category === undefined ? asked : [categoryIn(model, lineage(category)), ...asked]
      for (const { entry, missing } of ranked(model, purpose, wanted, most)) {
        const { key, revision, status, terms } = entry
        if (status === 'in-force' && includesAny(terms, roles))
          yield { key, revision, content: contents.activity(entry), missingAtLeast: missing }
      }
    }

    return evaluateCheck(question, {
      candidatesFor,
      lineage,
      unknownKeys: isAllKnown(model, question)
        ? []
        : named(question).filter(({ resource, key }) => !isInForce(model, resource, key)),
      at,
      registerVersion: model.version,
    })
  }
}

const isInForce = (model: Model, resource: string, key: string) => model.find(resource, key)?.status === 'in-force'

const isAllKnown = (model: Model, question: CheckQuestion): boolean =>
  isInForce(model, 'purposes', question.purpose) &&
  question.dataCategories.every((key) => isInForce(model, 'data-categories', key)) &&
  (question.dataSubjectCategories ?? []).every((key) => isInForce(model, 'data-subject-categories', key)) &&
  (question.recipients ?? []).every((key) => isInForce(model, 'recipients', key)) &&
  (question.subprocessors ?? []).every((key) => isInForce(model, 'subprocessors', key)) &&
  (question.service === undefined || isInForce(model, 'services', question.service))

/** The terms of controllers' activities. */
const rolesOf = (model: Model): number[] =>
  ['controller', 'joint-controller'].flatMap((role) => model.facet(activityResourceName, 'role', role)?.term ?? [])

/** A category and its ancestors, nearest first. */
const lineageOf = (model: Model, category: string, contents: Contents): string[] => {
  const found: string[] = []
  for (let key: string | undefined = category; key !== undefined && !found.includes(key); ) {
    const entry: ModelEntry | undefined = model.find('data-categories', key)
    if (!entry || (found.length === 0 && entry.status !== 'in-force')) break
    found.push(key)
    key = contents.parent(entry)
  }
  return found
}

const present = <T>(value: T | undefined): T[] => (value === undefined ? [] : [value])

/** What refers to an entry. */
const mentioning = (model: Model, resource: string, key: string): EntryList[] => {
  const target = model.find(resource, key)
  return target ? present(model.referrers(activityResourceName, target.id)) : []
}

const unknownIn = (model: Model, member: string) => present(model.unknown(activityResourceName, member))

const categoryIn = (model: Model, lineage: readonly string[]): Wanted => [
  ...lineage.flatMap((key) => mentioning(model, 'data-categories', key)),
  ...unknownIn(model, 'data'),
]

/** What an activity has to mention, or to state as unknown, to cover what is asked beside purpose and category. */
const askedOf = (model: Model, question: CheckQuestion, at: string): Wanted[] => {
  const asked: Wanted[] = []
  const each = (keys: readonly string[] | undefined, member: string, listsOf: (key: string) => EntryList[]) => {
    if (!keys || keys.length === 0) return
    const unknown = unknownIn(model, member)
    for (const key of keys) asked.push([...listsOf(key), ...unknown])
  }
  each(question.dataSubjectCategories, 'data', (key) => mentioning(model, 'data-subject-categories', key))
  each(question.recipients, 'recipients', (key) => mentioning(model, 'recipients', key))
  each(question.subprocessors, 'subprocessors', (key) => mentioning(model, 'subprocessors', key))
  each(
    question.countries?.filter((country) => needsTransfer(country, at)),
    'transfers',
    (country) => present(model.facet(activityResourceName, 'country', country)),
  )
  each(present(question.legalBasis), 'purposes', (basis) =>
    present(model.facet(activityResourceName, 'legalBasis', basis)),
  )
  each(present(question.service), 'services', (key) => mentioning(model, 'services', key))
  return asked
}

const needsTransfer = (country: string, at: string): boolean =>
  !isEea(country, at) && assessTransfer({ destination: { country } }, at).state !== 'not-needed'
