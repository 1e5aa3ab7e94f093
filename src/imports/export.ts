import { activityResourceName } from '../activities/index.ts'
import { type Components, contentOf, listEntries, type Resource, renderEntry } from '../entries/index.ts'
import type { Cell, Table } from '../platform/tables/table.ts'
import type { Reading } from '../reports/index.ts'
import { columnsOf } from './columns.ts'
import { type ImportCell, toRows } from './rows.ts'

/** The whole register in force, as tables that an import takes: one a resource, with the key in the first column. */

const batch = 200

export const exportTables = (
  reading: Reading,
  resources: ReadonlyMap<string, Resource>,
  components: Components,
): Table[] =>
  [...resources.values()].map((resource) => {
    const columns = columnsOf(resource.Input, components)
    return {
      name: resource.resource,
      plain: true,
      columns: [
        { heading: 'key', width: 30, text: true },
        ...columns.map(({ name, kind }) => ({
          heading: name,
          width: 24,
          text: kind !== 'number' && kind !== 'boolean',
        })),
      ],
      rows: rows(reading, resource, (content) => toRows(content, columns)),
    }
  })

/** One table of all resources, for formats that have no sheets: the resource comes before the key. */
export const exportTable = (tables: Table[]): Table => {
  const names = [...new Set(tables.flatMap(({ columns }) => columns.slice(1).map(({ heading }) => heading)))]
  return {
    name: 'register',
    plain: true,
    columns: ['resource', 'key', ...names].map((heading) => ({ heading, width: 24 })),
    rows: merged(tables, names),
  }
}

async function* merged(tables: Table[], names: string[]): AsyncGenerator<Cell[]> {
  for (const { name, columns, rows: own } of tables) {
    const places = columns.slice(1).map(({ heading }) => names.indexOf(heading))
    for await (const [key, ...cells] of own) {
      const row: Cell[] = [name, key, ...names.map(() => undefined)]
      for (const [i, cell] of cells.entries()) row[places[i]! + 2] = cell
      yield row
    }
  }
}

async function* rows(
  { db, moment }: Reading,
  { resource }: Resource,
  split: (content: ReturnType<typeof contentOf>) => ImportCell[][],
): AsyncGenerator<Cell[]> {
  const filter = {
    resource,
    status: resource === activityResourceName ? ('in-force' as const) : undefined,
    q: undefined,
    facets: [],
    references: [],
    conditions: [],
  }
  for (let after: string | undefined; ; ) {
    const { result } = await listEntries(db, filter, after, batch, moment)
    for (const row of result)
      for (const cells of split(contentOf(JSON.parse(renderEntry(row)), row.key)))
        yield [row.key, ...cells.map((cell) => (typeof cell === 'boolean' ? String(cell) : cell))]
    if (result.length < batch) return
    after = result.at(-1)!.key
  }
}
