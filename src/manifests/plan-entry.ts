import {
  activityResourceName,
  activityWriteRules,
  findMaterialChanges,
  type Lifecycle,
  retireActivity,
} from '../activities/index.ts'
import { type CatalogueResource, catalogueWriteRules, materialChangesOfEntry } from '../catalogue/index.ts'
import {
  type Components,
  type ContentChange,
  contentComparer,
  type EntryContent,
  type EntryToWrite,
  type EntryWrite,
  noPreconditions,
  type Resource,
  retireEntry,
  unlessRefused,
  type ValidateEntry,
  type Writer,
  type Written,
  writeEntries,
} from '../entries/index.ts'
import type { Transaction } from '../platform/db/database.ts'
import { type FieldError, HttpProblem, type ProblemCode } from '../platform/http/problems.ts'
import type { PlannedEntry } from './schema.ts'

/** What writing the entries of a manifest needs. */
export type ManifestDependencies = {
  resources: ReadonlyMap<string, Resource>
  components: Components
  lifecycle: Lifecycle
  validate: ValidateEntry
}

/** An entry of a manifest; its content has what is declared of it. */
export type Declared = EntryToWrite & { pointer: string }

/** What was in force, with the id of its revision, and what is declared, completed. */
type Contents = { standing: string | undefined; before: EntryContent | undefined; after: EntryContent }

/** What became of an entry, with what the plan needs beyond what it shows. */
export type Tried = PlannedEntry & {
  contents?: Contents
  written?: Written
  /** Why it was refused. */
  problem?: ProblemCode
}

const conflict = (planned: PlannedEntry, { code, message, errors }: HttpProblem): Tried => ({
  ...planned,
  action: 'conflict',
  problem: code,
  errors: (errors ?? [{ pointer: '', message }]).map(
    (error): FieldError => ({ ...error, pointer: `${planned.pointer}${error.pointer}` }),
  ),
})

/**
 * Writes what is declared of entries, and says what that meant.
 * @param declared each of another entry, in the order in which they can be written; activities, or entries of the catalogue
 */
export const writeDeclared = async (
  db: Transaction,
  dependencies: ManifestDependencies,
  declared: readonly Declared[],
  writer: Writer,
): Promise<Tried[]> => {
  const contents: Contents[] = []
  const writes = declared.map(
    ({ resource, key, content }, n): EntryWrite => ({
      resource,
      key,
      content: (entry) => {
        const after = complete((entry.proposed ?? entry.shown)?.content, content)
        const errors = dependencies.validate(resource, after)
        if (errors.length > 0) throw new HttpProblem('invalid-request', 'The entry is not valid.', { errors })
        contents[n] = { standing: entry.inForce?.id, before: entry.inForce?.content, after }
        return after
      },
      rules: rulesOf(dependencies, resource, writer),
      author: writer.author,
    }),
  )
  const results = await writeEntries(db, writes)
  const changes = declared.map(({ resource }, n) => {
    if (results[n] instanceof HttpProblem) return []
    const { before = {}, after } = contents[n]!
    return contentComparer(resource.Input, dependencies.components)(before, after)
  })
  const material = await materialOf(db, declared, changes, contents)
  return declared.map(({ resource, key, pointer }, n): Tried => {
    const planned = plannedEntry(resource.resource, key, pointer)
    const result = results[n]!
    if (result instanceof HttpProblem) return conflict(planned, result)
    return {
      ...planned,
      action: actions[result.outcome],
      approval: approvalOf(result),
      changes: changes[n]!.map(({ pattern: _, ...change }, place) => ({
        ...change,
        material: material[n]!.has(changes[n]![place]!),
      })),
      contents: contents[n]!,
      written: result,
      ...(result.outcome === 'unchanged' &&
        result.state.proposed && { note: 'It was proposed before, and waits for an approval.' }),
    }
  })
}

const actions = { created: 'create', updated: 'update', unchanged: 'unchanged' } as const

const approvalOf = ({ state }: Written) => (state.proposed ? 'needed' : 'not-needed')

const isActivity = ({ resource }: Resource) => resource === activityResourceName

const rulesOf = ({ lifecycle, components }: ManifestDependencies, resource: Resource, writer: Writer) =>
  isActivity(resource)
    ? activityWriteRules(lifecycle, writer.author)
    : catalogueWriteRules(resource, components, lifecycle.approvals !== 'off', writer)

const plannedEntry = (resource: string, key: string, pointer: string): PlannedEntry => ({
  resource,
  key,
  pointer,
  action: 'unchanged',
  approval: 'not-needed',
  changes: [],
  effects: [],
  findings: [],
  errors: [],
})

/** What a manifest leaves out is kept; what was stated about a property goes when the property is declared. */
const complete = (base: EntryContent | undefined, declared: EntryContent): EntryContent => {
  if (!base) return declared
  const kept = Object.entries((base.statements as Record<string, unknown> | undefined) ?? {}).filter(
    ([pointer]) => !(pointer.split('/')[1]! in declared),
  )
  const statements = { ...Object.fromEntries(kept), ...(declared.statements as object | undefined) }
  const { statements: _, ...content } = { ...base, ...declared }
  return (Object.keys(statements).length > 0 ? { ...content, statements } : content) as EntryContent
}

/** Which changes of each entry are material. What is new is. */
const materialOf = async (
  db: Transaction,
  declared: readonly Declared[],
  changes: readonly ContentChange[][],
  contents: readonly Contents[],
): Promise<Set<ContentChange>[]> => {
  const changed = changes.flatMap((changes, n) => {
    const before = contents[n]?.before
    return before && isActivity(declared[n]!.resource) ? [{ changes, before }] : []
  })
  const ofActivities = new Set((await findMaterialChanges(db, changed)).flat())
  return declared.map(({ resource }, n) => {
    const { before, after } = contents[n] ?? {}
    if (isActivity(resource)) return before ? ofActivities : new Set(changes[n])
    if (!before || !after) return new Set()
    return new Set(materialChangesOfEntry(resource.resource as CatalogueResource, changes[n]!, { before, after }))
  })
}

/** Retires an entry that a manifest leaves out. A catalogue entry that is still used stays, and goes with a later manifest. */
export const retireOmitted = async (
  db: Transaction,
  { lifecycle }: ManifestDependencies,
  resource: Resource,
  key: string,
  { author }: Writer,
): Promise<Tried> => {
  const planned = plannedEntry(resource.resource, key, '')
  const result = await unlessRefused(() =>
    isActivity(resource)
      ? retireActivity(db, lifecycle, key, author, noPreconditions)
      : retireEntry(db, resource, key, author, noPreconditions),
  )
  if (result instanceof HttpProblem)
    return isActivity(resource)
      ? conflict(planned, result)
      : { ...planned, note: `It is left out, and stays: ${result.message}` }
  const approval = approvalOf(result)
  if (result.outcome === 'unchanged')
    return { ...planned, approval, note: 'Its retirement was proposed before, and waits for an approval.' }
  return {
    ...planned,
    action: 'retire',
    approval,
    written: result,
    effects: isActivity(resource) ? ['Ends the processing activity.'] : [],
  }
}
