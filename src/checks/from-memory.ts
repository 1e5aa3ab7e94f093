import { type ActivityContent, activityResourceName } from '../activities/index.ts'
import { today } from '../entries/index.ts'
import { assessTransfer, isEea } from '../law/index.ts'
import { type EntryList, includes, type Model, type ModelEntry } from '../register/index.ts'
import { evaluateCheck } from './evaluate.ts'
import type { Candidate } from './judge.ts'
import { named } from './question.ts'
import type { CheckQuestion, CheckResult } from './schema.ts'

/** How many contents are kept parsed: those that are asked about again and again. */
const mostParsed = 5_000

/** Answers questions from the register in memory, as it is now. */
export const createMemoryChecks = (): ((model: Model, question: CheckQuestion) => CheckResult) => {
  const parsed = new Map<Buffer, object>()
  const contentOf = (body: Buffer): object => {
    let content = parsed.get(body)
    if (!content) {
      content = JSON.parse(body.toString()) as object
      if (parsed.size === mostParsed) parsed.delete(parsed.keys().next().value!)
      parsed.set(body, content)
    }
    return content
  }
  /** An activity whose content is read when it has to be judged, and not before. */
  const candidateOf = ({ key, revision, body }: ModelEntry, missingAtLeast: number): Candidate => ({
    key,
    revision,
    get content() {
      return contentOf(body) as ActivityContent
    },
    missingAtLeast,
  })

  return (model, question) => {
    const at = today()
    const roles = rolesOf(model)
    const isCandidate = (entry: ModelEntry) => entry.status === 'in-force' && isIn(entry, roles)
    const purpose = mentioned(model, 'purposes', [question.purpose])
    const asked = askedOf(model, question, at)
    const lineages = new Map(question.dataCategories.map((key) => [key, lineageOf(model, key, contentOf)]))
    const lineage = (category: string) => lineages.get(category)!

    function* candidatesFor(category: string | undefined) {
      const wanted = category === undefined ? asked : [mentioned(model, 'data-categories', lineage(category)), ...asked]
      // No other can cover it than those that mention all of it; they are found from the shortest list.
      const [shortest, ...others] = [purpose, ...wanted].sort((a, b) => lengthOf(a) - lengthOf(b))
      for (const entry of inOrder(shortest!))
        if (others.every((lists) => isIn(entry, lists)) && isCandidate(entry)) yield candidateOf(entry, 0)
      // Asked for only when none covers: there may be many.
      const byMissing: ModelEntry[][] = []
      for (const entry of inOrder(purpose)) {
        const missing = countMissing(entry, wanted)
        if (missing === 0 || !isCandidate(entry)) continue
        // What states something as unknown may mean any of it.
        const atLeast = entry.statesUnknown ? 0 : missing
        const alike = byMissing[atLeast]
        if (alike) alike.push(entry)
        else byMissing[atLeast] = [entry]
      }
      for (const [missing, entries] of byMissing.entries())
        for (const entry of entries ?? []) yield candidateOf(entry, missing)
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

/** Something that an activity has to be in one of some lists for. */
type Wanted = EntryList[]

const isIn = ({ terms }: ModelEntry, lists: Wanted): boolean => {
  for (const { term } of lists) if (includes(terms, term)) return true
  return false
}

const countMissing = (entry: ModelEntry, wanted: Wanted[]): number => {
  let missing = 0
  for (const lists of wanted) if (!isIn(entry, lists)) missing++
  return missing
}

const lengthOf = (lists: Wanted) => lists.reduce((sum, { entries }) => sum + entries.length, 0)

const inOrder = (lists: Wanted): ModelEntry[] =>
  lists.length === 1
    ? lists[0]!.entries
    : [...new Set(lists.flatMap(({ entries }) => entries))].sort((a, b) => (a.key < b.key ? -1 : 1))

const isInForce = (model: Model, resource: string, key: string) => model.find(resource, key)?.status === 'in-force'

const isAllKnown = (model: Model, question: CheckQuestion): boolean =>
  isInForce(model, 'purposes', question.purpose) &&
  question.dataCategories.every((key) => isInForce(model, 'data-categories', key)) &&
  (question.dataSubjectCategories ?? []).every((key) => isInForce(model, 'data-subject-categories', key)) &&
  (question.recipients ?? []).every((key) => isInForce(model, 'recipients', key)) &&
  (question.subprocessors ?? []).every((key) => isInForce(model, 'subprocessors', key)) &&
  (question.service === undefined || isInForce(model, 'services', question.service))

/** The lists of controllers' activities. */
const rolesOf = (model: Model): Wanted =>
  ['controller', 'joint-controller'].flatMap((role) => model.facet(activityResourceName, 'role', role) ?? [])

/** A category and its ancestors, nearest first. */
const lineageOf = (model: Model, category: string, contentOf: (body: Buffer) => object): string[] => {
  const found: string[] = []
  for (let key: string | undefined = category; key !== undefined && !found.includes(key); ) {
    const entry: ModelEntry | undefined = model.find('data-categories', key)
    if (!entry || (found.length === 0 && entry.status !== 'in-force')) break
    found.push(key)
    key = (contentOf(entry.body) as { parent?: string }).parent
  }
  return found
}

/** To refer to one of some entries. */
const mentioned = (model: Model, resource: string, keys: string[]): Wanted =>
  keys.flatMap((key) => {
    const target = model.find(resource, key)
    return (target && model.referrers(activityResourceName, target.id)) ?? []
  })

/** What an activity has to mention, at least, to cover what is asked beside purpose and category. */
const askedOf = (model: Model, question: CheckQuestion, at: string): Wanted[] => {
  const has = (kind: string, value: string) => [model.facet(activityResourceName, kind, value) ?? []].flat()
  return [
    ...(question.dataSubjectCategories ?? []).map((key) => mentioned(model, 'data-subject-categories', [key])),
    ...(question.recipients ?? []).map((key) => mentioned(model, 'recipients', [key])),
    ...(question.subprocessors ?? []).map((key) => mentioned(model, 'subprocessors', [key])),
    ...(question.countries ?? [])
      .filter((country) => needsTransfer(country, at))
      .map((country) => has('country', country)),
    ...(question.legalBasis === undefined ? [] : [has('legalBasis', question.legalBasis)]),
    ...(question.service === undefined ? [] : [mentioned(model, 'services', [question.service])]),
  ]
}

const needsTransfer = (country: string, at: string): boolean =>
  !isEea(country, at) && assessTransfer({ destination: { country } }, at).state !== 'not-needed'
