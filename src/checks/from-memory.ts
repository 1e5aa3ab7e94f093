import { type ActivityContent, activityResourceName } from '../activities/index.ts'
import { today } from '../entries/index.ts'
import { assessTransfer, isEea } from '../law/index.ts'
import { includes, type Model, type ModelEntry } from '../register/index.ts'
import { type Candidate, evaluateCheck } from './evaluate.ts'
import { named } from './question.ts'
import type { CheckQuestion, CheckResult } from './schema.ts'

/** How many contents are kept parsed: those that are asked about again and again. */
const mostParsed = 5_000

/** An activity whose content is read when it has to be judged, and not before. */
type MemoryCandidate = Candidate & { entry: ModelEntry }

/** Answers questions from the register in memory, as it is now. */
export const createMemoryChecks = (): ((model: Model, question: CheckQuestion) => CheckResult) => {
  const parsed = new Map<Buffer, ActivityContent>()
  const contentOf = (body: Buffer): ActivityContent => {
    let content = parsed.get(body)
    if (!content) {
      content = JSON.parse(body.toString()) as ActivityContent
      if (parsed.size === mostParsed) parsed.delete(parsed.keys().next().value!)
      parsed.set(body, content)
    }
    return content
  }
  const candidateOf = (entry: ModelEntry): MemoryCandidate => ({
    entry,
    key: entry.key,
    revision: entry.revision,
    get content() {
      return contentOf(entry.body)
    },
  })

  return (model, question) => {
    const at = today()
    const lineage = memoized((category: string) => lineageOf(model, category, contentOf))
    const purpose = findInForce(model, 'purposes', question.purpose)
    const isController = anyTerm(roles.map((role) => model.facet(activityResourceName, 'role', role)?.term))
    return evaluateCheck(question, {
      candidates: (purpose ? (model.referrers(activityResourceName, purpose.id)?.entries ?? []) : [])
        .filter((entry) => entry.status === 'in-force' && isController(entry))
        .map(candidateOf),
      lineage,
      missingAtLeast: countMissing(model, question, lineage, at) as (
        candidate: Candidate,
        category: string | undefined,
      ) => number,
      unknownKeys: named(question).filter(({ resource, key }) => !findInForce(model, resource, key)),
      at,
      registerVersion: model.version,
    })
  }
}

const roles = ['controller', 'joint-controller']

const findInForce = (model: Model, resource: string, key: string): ModelEntry | undefined => {
  const entry = model.find(resource, key)
  return entry?.status === 'in-force' ? entry : undefined
}

/** A category and its ancestors, nearest first. */
const lineageOf = (model: Model, category: string, contentOf: (body: Buffer) => object): string[] => {
  const found: string[] = []
  for (let key: string | undefined = category; key !== undefined && !found.includes(key); ) {
    const entry: ModelEntry | undefined =
      found.length === 0 ? findInForce(model, 'data-categories', key) : model.find('data-categories', key)
    if (!entry) break
    found.push(key)
    key = (contentOf(entry.body) as { parent?: string }).parent
  }
  return found
}

/**
 * How much of what is asked an activity does not even mention, by the lists that it is in. One that states that something is
 * unknown may mean any of it.
 */
const countMissing = (model: Model, question: CheckQuestion, lineage: (category: string) => string[], at: string) => {
  const mentions = (resource: string, keys: string[]) =>
    anyTerm(
      keys.map((key) => {
        const target = model.find(resource, key)
        return target && model.referrers(activityResourceName, target.id)?.term
      }),
    )
  const has = (kind: string, value: string) => anyTerm([model.facet(activityResourceName, kind, value)?.term])
  const asked = [
    ...(question.dataSubjectCategories ?? []).map((key) => mentions('data-subject-categories', [key])),
    ...(question.recipients ?? []).map((key) => mentions('recipients', [key])),
    ...(question.subprocessors ?? []).map((key) => mentions('subprocessors', [key])),
    ...(question.countries ?? [])
      .filter((country) => needsTransfer(country, at))
      .map((country) => has('country', country)),
    ...(question.legalBasis === undefined ? [] : [has('legalBasis', question.legalBasis)]),
    ...(question.service === undefined ? [] : [mentions('services', [question.service])]),
  ]
  const hasCategory = memoized((category: string) => mentions('data-categories', lineage(category)))
  return ({ entry }: MemoryCandidate, category: string | undefined): number => {
    if (entry.statesUnknown) return 0
    const missing = asked.reduce((count, holds) => count + (holds(entry) ? 0 : 1), 0)
    return category === undefined || hasCategory(category)(entry) ? missing : missing + 1
  }
}

const needsTransfer = (country: string, at: string): boolean =>
  !isEea(country, at) && assessTransfer({ destination: { country } }, at).state !== 'not-needed'

const anyTerm = (terms: (number | undefined)[]) => {
  const known = terms.filter((term) => term !== undefined)
  return ({ terms }: ModelEntry): boolean => known.some((term) => includes(terms, term))
}

const memoized = <T>(compute: (name: string) => T) => {
  const known = new Map<string, T>()
  return (name: string): T => {
    let value = known.get(name)
    if (value === undefined) {
      value = compute(name)
      known.set(name, value)
    }
    return value
  }
}
