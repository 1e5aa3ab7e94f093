import type { Language } from '../language/language.ts'
import type { ReportElement, ReportEntry } from './model.ts'

/** What elements are drawn out of: a body of the register with its statements. */
export type Host = { statements?: Record<string, { state: 'unknown' | 'notApplicable'; reason: string }> }

/** The value at a JSON Pointer of plain property names and indices; undefined when there is none. */
const valueAt = (host: unknown, pointer: string): unknown =>
  pointer
    .split('/')
    .slice(1)
    .reduce<unknown>((value, token) => (value as Record<string, unknown> | undefined)?.[token], host)

/** What is said of a property, or of the object that it would be part of. */
const statementAbout = (
  host: Host,
  pointer: string,
): { state: 'unknown' | 'notApplicable'; reason: string } | undefined => {
  for (let at = pointer; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) {
    const statement = host.statements?.[at]
    if (statement) return statement
  }
  return undefined
}

type Names = { id: string; label: string; article?: string }

/**
 * The element for what stands at a pointer.
 * @param toEntries makes entries of a value that is there and not empty
 */
export const element = <T>(
  names: Names,
  host: Host,
  pointer: string,
  toEntries: (value: T) => ReportEntry[],
): ReportElement => {
  const value = valueAt(host, pointer)
  if (value === undefined) {
    const statement = statementAbout(host, pointer)
    return { ...names, ...(statement ?? { state: 'notStated' }), entries: [] }
  }
  if (Array.isArray(value) && value.length === 0) return { ...names, state: 'none', entries: [] }
  return { ...names, state: 'stated', entries: toEntries(value as T) }
}

/** An element whose value is shown as text. */
export const textElement = <T = string>(
  names: Names,
  host: Host,
  pointer: string,
  format: (value: T) => string = String,
) => element<T>(names, host, pointer, (value) => [entry(format(value))])

/** An element whose value is a literal of the schemas. */
export const literalElement = (t: Language, names: Names, host: Host, pointer: string) =>
  element<string>(names, host, pointer, (literal) => [entry(t.word(literal), { literal })])

/** An element whose value is a day, `YYYY-MM-DD`. */
export const dateElement = (t: Language, names: Names, host: Host, pointer: string) =>
  element<string>(names, host, pointer, (day) => [entry(t.date(day), { date: day })])

export const entry = (
  text: string,
  rest: { key?: string; literal?: string; url?: string; date?: string; details?: ReportElement[] } = {},
): ReportEntry => ({
  text,
  ...(rest.key !== undefined && { key: rest.key }),
  ...(rest.literal !== undefined && { literal: rest.literal }),
  ...(rest.url !== undefined && { url: rest.url }),
  ...(rest.date !== undefined && { date: rest.date }),
  details: rest.details ?? [],
})

/** Elements that are worth showing only when something is said of them. */
export const said = (elements: ReportElement[]): ReportElement[] =>
  elements.filter(({ state }) => state !== 'notStated')
