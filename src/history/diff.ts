import { createPatch, type Operation } from 'rfc6902'
import type { ContentChange } from '../entries/index.ts'

export type DiffChange = Pick<ContentChange, 'kind' | 'pointer' | 'place'> & { text: string }

/** Longest value that a sentence quotes, in characters. */
const quotable = 200

const quote = (value: unknown): string => {
  if (Array.isArray(value) && value.length === 0) return 'that there is none'
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > quotable ? `“${text.slice(0, quotable)}…”` : `“${text}”`
}

const sentence = ({ kind, place, before, after }: ContentChange): string => {
  if (kind === 'added') return `${place}: added ${quote(after)}`
  if (kind === 'removed') return `${place}: removed ${quote(before)}`
  return before === undefined ? `${place}: changed` : `${place}: ${quote(before)} became ${quote(after)}`
}

/**
 * What differs between two contents, for programs and for people.
 * @param compare compares contents of the resource
 */
export const diffContents = (
  before: object,
  after: object,
  compare: (before: object, after: object) => ContentChange[],
): { patch: Operation[]; changes: DiffChange[] } => ({
  patch: createPatch(before, after),
  changes: compare(before, after).map((change) => ({
    kind: change.kind,
    pointer: change.pointer,
    place: change.place,
    text: sentence(change),
  })),
})

/** The changes as plain text, a line each. */
export const renderDiff = (name: string, from: number, to: number, changes: readonly DiffChange[]): string =>
  [
    `${name}: revision ${from} → ${to}`,
    ...(changes.length === 0 ? ['No difference.'] : changes.map(({ kind, text }) => `${signs[kind]} ${text}`)),
    '',
  ].join('\n')

const signs = { added: '+', removed: '-', changed: '~' }
