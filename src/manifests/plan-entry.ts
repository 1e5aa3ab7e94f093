import { sql } from 'kysely'
import {
  activityResourceName,
  findMaterialChanges,
  type Lifecycle,
  putActivity,
  retireActivity,
} from '../activities/index.ts'
import { type CatalogueResource, catalogueWrites, materialChangesOfEntry } from '../catalogue/index.ts'
import {
  type Components,
  type ContentChange,
  contentComparer,
  type EntryContent,
  type EntryToWrite,
  findEntry,
  type LockedEntry,
  lockEntry,
  noPreconditions,
  type Resource,
  readContent,
  type ValidateEntry,
  type Writer,
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

/** What became of an entry, with what the plan needs beyond what it shows. */
export type Tried = PlannedEntry & {
  /** What was in force, or is proposed when nothing was, and what is declared, completed. */
  contents?: { before: EntryContent | undefined; after: EntryContent }
  /** Why it was refused. */
  problem?: ProblemCode
}

/** Runs a write that leaves nothing behind when it is refused, so that every conflict of a manifest can be told. */
const tryWrite = async <T>(db: Transaction, work: () => Promise<T>): Promise<T | HttpProblem> => {
  await sql`savepoint entry`.execute(db)
  try {
    const result = await work()
    await sql`release savepoint entry`.execute(db)
    return result
  } catch (error) {
    if (!(error instanceof HttpProblem)) throw error
    await sql`rollback to savepoint entry`.execute(db)
    return error
  }
}

const conflict = (planned: PlannedEntry, { code, message, errors }: HttpProblem): Tried => ({
  ...planned,
  action: 'conflict',
  problem: code,
  errors: (errors ?? [{ pointer: '', message }]).map(
    (error): FieldError => ({ ...error, pointer: `${planned.pointer}${error.pointer}` }),
  ),
})

/** Writes what is declared of an entry, and says what that meant. */
export const writeDeclared = async (
  db: Transaction,
  dependencies: ManifestDependencies,
  declared: Declared,
  writer: Writer,
): Promise<Tried> => {
  const { resource, key, pointer } = declared
  const planned = plannedEntry(resource.resource, key, pointer)
  const result = await tryWrite(db, async () => {
    const standing = await lockIfThere(db, resource, key)
    const before = standing?.inForce ? await readContent(db, standing.inForce.id) : undefined
    const base = standing?.proposed ?? standing?.shown
    const after = complete(base ? await readContent(db, base.id) : undefined, declared.content)
    const errors = dependencies.validate(resource, after)
    if (errors.length > 0) throw new HttpProblem('invalid-request', 'The entry is not valid.', { errors })
    const outcome = await write(db, dependencies, resource, key, after, writer)
    const row = (await findEntry(db, resource.resource, key))!
    const changes = contentComparer(resource.Input, dependencies.components)(before ?? {}, after)
    const material = new Set(await materialOf(db, resource.resource, changes, before, after))
    return {
      ...planned,
      action: outcome,
      approval: row.proposed ? ('needed' as const) : ('not-needed' as const),
      changes: changes.map(({ pattern: _, ...change }, index) => ({
        ...change,
        material: material.has(changes[index]!),
      })),
      contents: { before, after },
      ...(outcome === 'unchanged' && row.proposed && { note: 'It was proposed before, and waits for an approval.' }),
    }
  })
  return result instanceof HttpProblem ? conflict(planned, result) : result
}

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

const lockIfThere = async (db: Transaction, resource: Resource, key: string): Promise<LockedEntry | undefined> => {
  try {
    return await lockEntry(db, resource, key)
  } catch (error) {
    if (error instanceof HttpProblem && error.code === 'not-found') return undefined
    throw error
  }
}

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

const actions = { created: 'create', updated: 'update', unchanged: 'unchanged' } as const

const write = async (
  db: Transaction,
  { lifecycle, components }: ManifestDependencies,
  resource: Resource,
  key: string,
  content: EntryContent,
  writer: Writer,
) => {
  const { outcome } =
    resource.resource === activityResourceName
      ? await putActivity(db, lifecycle, key, content, writer.author)
      : await catalogueWrites(resource, components, lifecycle.approvals !== 'off').put(db, key, content, writer)
  return actions[outcome]
}

const materialOf = async (
  db: Transaction,
  resource: string,
  changes: ContentChange[],
  before: EntryContent | undefined,
  after: EntryContent,
): Promise<ContentChange[]> => {
  if (resource === activityResourceName) return before ? await findMaterialChanges(db, changes, before) : changes
  return before ? materialChangesOfEntry(resource as CatalogueResource, changes, { before, after }) : []
}

/** Retires an entry that a manifest leaves out. A catalogue entry that is still used stays, and goes with a later manifest. */
export const retireOmitted = async (
  db: Transaction,
  { lifecycle, components }: ManifestDependencies,
  resource: Resource,
  key: string,
  writer: Writer,
): Promise<Tried> => {
  const planned = plannedEntry(resource.resource, key, '')
  const isActivity = resource.resource === activityResourceName
  const before = (await findEntry(db, resource.resource, key))!
  const result = await tryWrite(db, async () => {
    if (isActivity) await retireActivity(db, lifecycle, key, writer.author, noPreconditions)
    else
      await catalogueWrites(resource, components, lifecycle.approvals !== 'off').retire(db, key, {
        ...writer,
        preconditions: noPreconditions,
      })
  })
  if (result instanceof HttpProblem)
    return isActivity ? conflict(planned, result) : { ...planned, note: `It is left out, and stays: ${result.message}` }
  const after = (await findEntry(db, resource.resource, key))!
  const approval = after.proposed ? 'needed' : 'not-needed'
  if (after.position === before.position)
    return { ...planned, approval, note: 'Its retirement was proposed before, and waits for an approval.' }
  return { ...planned, action: 'retire', approval, effects: isActivity ? ['Ends the processing activity.'] : [] }
}
