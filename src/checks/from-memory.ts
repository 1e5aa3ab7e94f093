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
    const isCandidate = all([
      anyOf(roles.flatMap((role) => model.facet(activityResourceName, 'role', role) ?? [])),
      { lists: [], holds: ({ status }) => status === 'in-force' },
    ])
    const purpose = mentioned(model, 'purposes', [question.purpose])
    const asked = askedOf(model, question, at)
    const mentionsCategory = memoized((category: string) => mentioned(model, 'data-categories', lineage(category)))
    return evaluateCheck(question, {
      // Asked for only when none covers: there may be many.
      get candidates() {
        return purpose.lists.flatMap(({ entries }) => entries.filter(isCandidate).map(candidateOf))
      },
      *mentioningAll(category) {
        const wanted = [purpose, ...asked, ...(category === undefined ? [] : [mentionsCategory(category)])]
        const [shortest, ...others] = wanted.sort((a, b) => lengthOf(a) - lengthOf(b))
        const holdsAll = all(others)
        for (const entry of inOrder(shortest!)) if (holdsAll(entry) && isCandidate(entry)) yield candidateOf(entry)
      },
      missingAtLeast: (candidate, category) => {
        const { entry } = candidate as MemoryCandidate
        // It may mean any of it.
        if (entry.statesUnknown) return 0
        const missing = asked.reduce((count, { holds }) => count + (holds(entry) ? 0 : 1), 0)
        return category === undefined || mentionsCategory(category).holds(entry) ? missing : missing + 1
      },
      lineage,
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

/** Something that an activity has to be in one of some lists for. */
type Wanted = { lists: EntryList[]; holds(entry: ModelEntry): boolean }

const anyOf = (lists: EntryList[]): Wanted => ({
  lists,
  holds: ({ terms }) => lists.some(({ term }) => includes(terms, term)),
})

const all = (wanted: Wanted[]) => (entry: ModelEntry) => wanted.every(({ holds }) => holds(entry))

const lengthOf = ({ lists }: Wanted) => lists.reduce((sum, { entries }) => sum + entries.length, 0)

const inOrder = ({ lists }: Wanted): ModelEntry[] =>
  lists.length === 1
    ? lists[0]!.entries
    : [...new Set(lists.flatMap(({ entries }) => entries))].sort((a, b) => (a.key < b.key ? -1 : 1))

/** To refer to one of some entries. */
const mentioned = (model: Model, resource: string, keys: string[]): Wanted =>
  anyOf(
    keys.flatMap((key) => {
      const target = model.find(resource, key)
      return (target && model.referrers(activityResourceName, target.id)) ?? []
    }),
  )

/** What an activity has to mention, at least, to cover what is asked beside purpose and category. */
const askedOf = (model: Model, question: CheckQuestion, at: string): Wanted[] => {
  const has = (kind: string, value: string) => anyOf([model.facet(activityResourceName, kind, value) ?? []].flat())
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
