import type { Components, EntryContent, JsonSchema, Resource } from '../entries/index.ts'
import type { ImportColumn } from './columns.ts'
import { cellsOf, isGiven } from './rows.ts'

/**
 * What a file says of an entry, put onto what stands. A column that the file does not have leaves alone; an empty cell of one that
 * it has removes.
 */

/** How the elements of the arrays of objects of a resource are told apart: by this property of theirs. */
export type Identities = ReadonlyMap<string, string | undefined>

export const identitiesOf = ({ Input }: Pick<Resource, 'Input'>, components: Components): Identities =>
  new Map(
    Object.entries(components(Input as JsonSchema).properties ?? {}).map(([name, schema]) => [
      name,
      components(schema)['x-unique-by'],
    ]),
  )

/** A file leaves out what it would take to know what becomes of an entry; the message names it. */
export class MissingColumns extends Error {}

type Nested = Record<string, unknown>

/**
 * @param stands what the entry is; `{}`: there is none yet
 * @param given what the rows of the file say, without what they leave empty
 * @param present the columns that the file has
 * @param all the columns of the resource
 * @throws MissingColumns
 */
export const merge = (
  stands: EntryContent | Nested,
  given: Nested,
  present: readonly ImportColumn[],
  all: readonly ImportColumn[],
  identities: Identities,
): Nested => {
  const merged: Nested = structuredClone(stands)
  const names = new Set(present.map(({ path }) => path[0]!))
  for (const name of names) {
    const own = all.filter(({ path }) => path[0] === name)
    const here = present.filter(({ path }) => path[0] === name)
    const value =
      here.length === own.length
        ? given[name]
        : own[0]!.array
          ? mergeElements(name, asArray(merged[name]), given[name] as Nested[] | undefined, here, own, identities)
          : mergeObject(asObject(merged[name]), asObject(given[name]), here)
    if (value === undefined) delete merged[name]
    else merged[name] = value
  }
  return merged
}

const asArray = (value: unknown) => (value ?? []) as Nested[]
const asObject = (value: unknown) => (value ?? {}) as Nested

/** An object of which the file has some of the columns; undefined: nothing of it is left. */
const mergeObject = (stands: Nested, given: Nested, present: readonly ImportColumn[]): Nested | undefined => {
  const merged = structuredClone(stands)
  for (const { path } of present) put(merged, path.slice(1), valueAt(given, path.slice(1)))
  return Object.keys(merged).length > 0 ? merged : undefined
}

const valueAt = (value: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((at, name) => (at as Nested | undefined)?.[name], value)

/** Sets a value, or takes it away with what is empty around it then. */
const put = (target: Nested, [name, ...rest]: readonly string[], value: unknown): void => {
  if (name === undefined) return
  if (rest.length > 0) {
    const inner = asObject(target[name])
    put(inner, rest, value)
    if (Object.keys(inner).length > 0) target[name] = inner
    else delete target[name]
  } else if (value === undefined) delete target[name]
  else target[name] = value
}

/** The elements of an array of which the file has some of the columns: each keeps what the file has no column for. */
const mergeElements = (
  name: string,
  stands: readonly Nested[],
  given: readonly Nested[] | undefined,
  present: readonly ImportColumn[],
  all: readonly ImportColumn[],
  identities: Identities,
): Nested[] | undefined => {
  const absent = all.filter(
    (column) =>
      !present.includes(column) && stands.some((element) => valueAt(element, column.path.slice(1)) !== undefined),
  )
  if (absent.length === 0) return given && [...given]
  const identity = identities.get(name)
  if (identity === undefined || !present.some(({ path }) => path[1] === identity && path.length === 2))
    throw new MissingColumns(
      `the file has some columns of \`${name}\` and lacks others that have a value: ${absent.map((column) => `\`${column.name}\``).join(', ')}; add them, or leave out all of \`${name}\``,
    )
  const known = new Map(stands.map((element) => [element[identity], element]))
  return given?.map((element) => mergeObject(known.get(element[identity]) ?? {}, element, present) ?? {})
}

/** How many values an entry has in a column. */
export const countValues = (content: EntryContent | Nested, column: ImportColumn): number =>
  cellsOf(content as EntryContent, column).filter(isGiven).length
