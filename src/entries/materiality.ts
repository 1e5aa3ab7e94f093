import type { ContentChange } from './changes.ts'

/**
 * Which changes of a content are material, so that someone has to approve them, and which are editorial. A table, one row
 * a property: the row with the longest pattern that the changed property begins with decides.
 */
export type MaterialityRow<Context> = {
  /** The property, as in `ContentChange`. */
  pattern: string
  /** When a change of it is material. */
  material: 'always' | 'never' | 'when-removed' | ((change: ContentChange, context: Context) => boolean)
  /** What decides, where it is a function; and why, for the documentation. */
  because: string
}

const covers = (pattern: string, changed: string) => changed === pattern || changed.startsWith(`${pattern}/`)

/**
 * The material ones of some changes.
 * @param otherwise whether a change of a property without a row is material
 */
export const materialChanges = <Context>(
  table: readonly MaterialityRow<Context>[],
  otherwise: boolean,
  changes: readonly ContentChange[],
  context: Context,
): ContentChange[] =>
  changes.filter((change) => {
    const [row] = table
      .filter(({ pattern }) => covers(pattern, change.pattern))
      .sort((a, b) => b.pattern.length - a.pattern.length)
    if (!row) return otherwise
    if (typeof row.material === 'function') return row.material(change, context)
    return row.material === 'always' || (row.material === 'when-removed' && change.kind === 'removed')
  })
