import type { EntryContent } from '../entries/index.ts'
import { countValues } from './merge.ts'
import type { FileEntry } from './read-entries.ts'

/** Values that a file removes by cells that it leaves empty, of one column. */
export type Removal = { resource: string; column: string; removed: number; of: number }

/** From which part of a column's values on removing them has to be confirmed: a filter or a slip empties a whole column. */
const noticeable = 1 / 5

/** Whether values are removed that have to be confirmed, and are not: by their number, so that nothing else is meant. */
export const unconfirmed = (removals: readonly Removal[], confirmed: number | undefined): boolean =>
  removals.length > 0 && confirmed !== totalOf(removals)

/** How many values are removed, to be confirmed. */
export const totalOf = (removals: readonly Removal[]): number => removals.reduce((sum, { removed }) => sum + removed, 0)

/** Counts what a file removes, entry by entry. */
export const createRemovals = () => {
  const counts = new Map<string, Removal>()
  /** By entry: one that is written again, after a conflict, counts once. */
  const byEntry = new Map<FileEntry, Removal[]>()
  return {
    count(entry: FileEntry, before: EntryContent, after: EntryContent): void {
      const resource = entry.resource.resource
      byEntry.set(
        entry,
        entry.columns.present.flatMap((column) => {
          const of = countValues(before, column)
          if (of === 0) return []
          return [{ resource, column: column.name, removed: Math.max(0, of - countValues(after, column)), of }]
        }),
      )
    },
    /** The columns of which more than a fifth of the values is removed. */
    found(): Removal[] {
      counts.clear()
      for (const { resource, column, removed, of } of [...byEntry.values()].flat()) {
        const name = `${resource}/${column}`
        const sum = counts.get(name) ?? { resource, column, removed: 0, of: 0 }
        counts.set(name, { ...sum, removed: sum.removed + removed, of: sum.of + of })
      }
      return [...counts.values()].filter(({ removed, of }) => removed > of * noticeable)
    },
  }
}

export type Removals = ReturnType<typeof createRemovals>
