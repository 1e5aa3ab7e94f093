import { sql } from 'kysely'
import {
  type ActivityContent,
  activityResourceName,
  type Finding,
  findingsOfEach,
  type JudgedRow,
  judgeEach,
} from '../activities/index.ts'
import { type Catalogue, readCatalogueOf } from '../catalogue/index.ts'
import { type EntryContent, inReferenceOrder, lockEntry, today, type Writer, type Written } from '../entries/index.ts'
import { type Database, inTransaction, type Transaction } from '../platform/db/database.ts'
import { HttpProblem } from '../platform/http/problems.ts'
import { readOwned } from './declare.ts'
import { effectsOf } from './effects.ts'
import { type Declared, type ManifestDependencies, retireOmitted, type Tried, writeDeclared } from './plan-entry.ts'
import { type Declarations, type Manifest, type ManifestPlan, type PlannedEntry, propertyOf } from './schema.ts'

export type Service = { id: string; key: string }

/** Thrown to undo what was only tried. */
class Undone<T> extends Error {
  readonly result: T
  constructor(result: T) {
    super('Only tried.')
    this.result = result
  }
}

/** Does what is undone at once; only its result remains. */
const onlyTried = async <T>(db: Database, work: (transaction: Transaction) => Promise<T>): Promise<T> => {
  try {
    return await inTransaction(db, async (transaction) => {
      throw new Undone(await work(transaction))
    })
  } catch (error) {
    if (error instanceof Undone) return error.result
    throw error
  }
}

/**
 * Applies a manifest as a whole: everything that it says, or nothing. A dry run does the same and undoes it, so that its
 * plan is what would happen.
 * @param writer writes for the service, whoever it is
 * @throws HttpProblem 409 conflicts, or another apply of the service is under way; 422 references that do not exist
 */
export const applyManifest = async (
  db: Database,
  dependencies: ManifestDependencies,
  service: Service,
  manifest: Manifest,
  writer: Writer,
  dryRun: boolean,
): Promise<ManifestPlan> => {
  if (dryRun)
    return onlyTried(db, async (transaction) => {
      const version = await headOf(transaction)
      return planOf(service, await writeManifest(transaction, dependencies, service, manifest, writer), true, version)
    })
  return inTransaction(db, async (transaction) => {
    await holdService(transaction, service)
    const tried = await writeManifest(transaction, dependencies, service, manifest, writer)
    const plan = planOf(service, tried, false, await headOf(transaction))
    if (plan.outcome === 'conflict') throw refusal(tried)
    return plan
  })
}

/**
 * Asks the register as it would be with a manifest applied and approved. Nothing of it remains.
 * @param ask is told the version of the register as it is
 * @throws HttpProblem 400, 409, 422 when the manifest could not be applied
 */
export const assumingManifest = <T>(
  db: Database,
  dependencies: ManifestDependencies,
  service: Service,
  manifest: Manifest,
  writer: Writer,
  ask: (transaction: Transaction, registerVersion: number) => Promise<T>,
): Promise<T> =>
  onlyTried(db, async (transaction) => {
    const registerVersion = await headOf(transaction)
    const lifecycle = { ...dependencies.lifecycle, approvals: 'off' as const }
    const tried = await writeManifest(transaction, { ...dependencies, lifecycle }, service, manifest, writer)
    if (tried.some(({ action }) => action === 'conflict')) throw refusal(tried)
    return ask(transaction, registerVersion)
  })

/** One apply of a service at a time: the other is told, because what it planned may no longer hold. */
const holdService = async (db: Transaction, { id, key }: Service) => {
  const { rows } = await sql<{ held: boolean }>`
    select pg_try_advisory_xact_lock(hashtextextended(${`manifest ${id}`}, 0)) as held`.execute(db)
  if (!rows[0]!.held)
    throw new HttpProblem('conflict', `Another manifest of \`${key}\` is being applied. Plan again, then apply.`)
}

/** Writes everything that a manifest says, as far as it can be written. */
const writeManifest = async (
  db: Transaction,
  dependencies: ManifestDependencies,
  service: Service,
  manifest: Manifest,
  writer: Writer,
): Promise<Tried[]> => {
  const { resources } = dependencies
  await lockEntry(db, resources.get('services')!, service.key)
  const declared = declaredEntries(dependencies, service, manifest)
  const tried: Tried[] = []
  for (const part of partsOf(inReferenceOrder(declared, resources)))
    tried.push(...(await writeDeclared(db, dependencies, part, writer)))
  for (const { resource, key } of await omitted(db, service, declared, [...resources.keys()]))
    tried.push(await retireOmitted(db, dependencies, resources.get(resource)!, key, writer))
  return explain(db, tried)
}

/**
 * The parts of a manifest that are written at once. Activities are judged by the catalogue as it is written then, and what
 * is declared twice of an entry (the service itself) is written in turn.
 */
const partsOf = (entries: readonly Declared[]): Declared[][] => {
  const parts: Declared[][] = []
  for (const entry of entries) {
    const part = parts.at(-1)
    const isActivity = entry.resource.resource === activityResourceName
    const belongs = part?.every(
      ({ resource, key }) =>
        (resource.resource === activityResourceName) === isActivity &&
        (resource !== entry.resource || key !== entry.key),
    )
    if (part && belongs) part.push(entry)
    else parts.push([entry])
  }
  return parts
}

const declaredEntries = ({ resources }: ManifestDependencies, service: Service, manifest: Manifest): Declared[] => [
  ...(manifest.service
    ? [
        {
          resource: resources.get('services')!,
          key: service.key,
          content: manifest.service as EntryContent,
          pointer: '/service',
        },
      ]
    : []),
  ...[...resources.values()].flatMap((resource) => {
    const property = propertyOf(resource.resource)
    return Object.entries((manifest[property] ?? {}) as Declarations).map(([key, content]) => ({
      resource,
      key,
      content: content as EntryContent,
      pointer: `/${property}/${key}`,
    }))
  }),
]

/** What the service owns and the manifest does not name: activities first, then what they refer to. */
const omitted = async (db: Transaction, { id }: Service, declared: Declared[], order: string[]) => {
  const named = new Set(declared.map(({ resource, key }) => `${resource.resource}/${key}`))
  return (await readOwned(db, id))
    .filter(({ resource, key }) => !named.has(`${resource}/${key}`))
    .toSorted((a, b) => order.indexOf(b.resource) - order.indexOf(a.resource))
}

const identityOf = ({ code, message }: Finding) => `${code} ${message}`

/** An activity as it will be when it is approved. */
const asDeclared = ({ id, state }: Written): JudgedRow => {
  const { id: revisionId, content } = (state.proposed ?? state.shown)!
  return { id, revisionId, status: state.proposal ?? state.status, content: JSON.stringify(content) }
}

/** An activity of a manifest, with what was in force of it and what is declared. */
type Explicable = Required<Pick<Tried, 'key' | 'contents' | 'written'>>

/** Adds what the changes of activities mean, and what the rules find in them. */
const explain = async (db: Transaction, tried: Tried[]): Promise<Tried[]> => {
  const explicable = tried.flatMap(({ resource, key, contents, written }): Explicable[] =>
    resource === activityResourceName && contents && written ? [{ key, contents, written }] : [],
  )
  const rows = explicable.map(({ written }) => asDeclared(written))
  const standing = explicable.flatMap(({ contents: { standing } }) => standing ?? [])
  const catalogue = await readCatalogueOf(db, [...standing, ...rows.map(({ revisionId }) => revisionId)])
  const findings = await judgeEach(db, rows, catalogue)
  const found = explicable.filter((_, index) => findings[index]!.length > 0)
  const before = await identitiesBefore(db, tried, found, catalogue)
  const explained = new Map(
    explicable.map(({ key, contents: { before: was, after } }, index) => [
      key,
      {
        effects: [
          ...effectsOf(was as ActivityContent | undefined, after as unknown as ActivityContent, catalogue, today()),
        ],
        findings: findings[index]!.map((finding) => ({
          finding,
          introduced: !before.get(key)?.has(identityOf(finding)),
        })),
      },
    ]),
  )
  return tried.map((entry) => ({
    ...entry,
    ...(entry.resource === activityResourceName ? explained.get(entry.key) : undefined),
  }))
}

/**
 * What the rules found in activities before the manifest, in what was in force of them. What is proposed is judged again until
 * it is in force: a build does not pass for having failed before.
 * @param catalogue as the manifest leaves it
 * @returns findings by the keys of the activities
 */
const identitiesBefore = async (
  db: Transaction,
  tried: readonly Tried[],
  activities: readonly Explicable[],
  catalogue: Catalogue,
): Promise<Map<string, Set<string>>> => {
  const stood = activities.flatMap(({ key, contents: { standing, before }, written: { id } }) =>
    standing && before
      ? [{ key, row: { id, revisionId: standing, status: 'in-force', content: JSON.stringify(before) } as const }]
      : [],
  )
  const rows = stood.map(({ row }) => row)
  const changes = tried.flatMap(({ resource, action, written }) =>
    written && action !== 'unchanged' ? [{ resource, action, position: written.position }] : [],
  )
  // Who records an event holds the head of history until the commit: what is from the first one on is the manifest's.
  const first = Math.min(...changes.map(({ position }) => position))
  const moment = changes.length === 0 ? undefined : { position: first - 1, date: today() }
  const catalogueStays = changes.every(
    ({ resource, action }) => resource === activityResourceName || action === 'create',
  )
  const findings = await (catalogueStays ? judgeEach(db, rows, catalogue, moment) : findingsOfEach(db, rows, moment))
  return new Map(stood.map(({ key }, index) => [key, new Set(findings[index]!.map(identityOf))]))
}

const headOf = async (db: Transaction): Promise<number> =>
  (await sql<{ position: number }>`select position from register_head`.execute(db)).rows[0]!.position

const planOf = ({ key }: Service, tried: Tried[], dryRun: boolean, registerVersion: number): ManifestPlan => {
  const entries = tried.map(({ contents: _, written: __, problem: ___, ...entry }): PlannedEntry => entry)
  const count = (action: PlannedEntry['action']) => entries.filter((entry) => entry.action === action).length
  return {
    service: key,
    dryRun,
    outcome: count('conflict') > 0 ? 'conflict' : dryRun ? 'would-apply' : 'applied',
    create: count('create'),
    update: count('update'),
    unchanged: count('unchanged'),
    retire: count('retire'),
    conflict: count('conflict'),
    approvalNeeded: entries.some(({ approval }) => approval === 'needed'),
    entries,
    registerVersion,
  }
}

/** Why a manifest was not applied: the worst of what stands in the way, with all of it. */
const refusal = (tried: Tried[]): HttpProblem => {
  const refused = tried.filter(({ action }) => action === 'conflict')
  const errors = refused.flatMap(({ errors }) => errors)
  const only = (code: Tried['problem']) => refused.every(({ problem }) => problem === code)
  if (only('invalid-request'))
    return new HttpProblem('invalid-request', 'The manifest is not valid; nothing was written.', { errors })
  if (only('unknown-reference'))
    return new HttpProblem(
      'unknown-reference',
      'The manifest refers to entries that do not exist; nothing was written.',
      {
        errors,
      },
    )
  return new HttpProblem('conflict', 'The manifest conflicts with the register; nothing was written.', { errors })
}
