import type { Language } from '../language/language.ts'
import type { ReportElement, ReportEntry } from './model.ts'

/** What elements are drawn out of: a body of the register with its statements. */
export type Host = { statements?: Record<string, { state: 'unknown' | 'notApplicable'; reason: string }> }

/** How many pointers are remembered: those of long arrays are as many as these have elements. */
const mostRemembered = 10_000

const known = new Map<string, readonly string[]>()

/** The parts of a JSON Pointer of plain property names and indices; kept, as every activity is asked for the same ones. */
const tokensOf = (pointer: string): readonly string[] => {
  let tokens = known.get(pointer)
  if (tokens === undefined) {
    tokens = pointer.split('/').slice(1)
    if (known.size === mostRemembered) known.clear()
    known.set(pointer, tokens)
  }
  return tokens
}

/** The value at a JSON Pointer; undefined when there is none. */
const valueAt = (host: unknown, pointer: string): unknown => {
  let value = host
  for (const token of tokensOf(pointer)) {
    if (value === undefined) return undefined
    value = (value as Record<string, unknown>)[token]
  }
  return value
}

/** What is said of a property, or of the object that it would be part of. */
const statementAbout = (
  host: Host,
  pointer: string,
): { state: 'unknown' | 'notApplicable'; reason: string } | undefined => {
  if (host.statements === undefined) return undefined
  for (let at = pointer; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) {
    const statement = host.statements[at]
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
    return withState(names, statement?.state ?? 'notStated', [], statement?.reason)
  }
  if (Array.isArray(value) && value.length === 0) return withState(names, 'none', [])
  return withState(names, 'stated', toEntries(value as T))
}

/** Spelled out, so that all elements are of one shape: a report has a hundred an activity. */
const withState = (
  { id, label, article }: Names,
  state: ReportElement['state'],
  entries: ReportEntry[],
  reason?: string,
): ReportElement => ({ id, label, article, state, reason, entries })

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
  { name, key, literal, url, date, details = [] }: Partial<Omit<ReportEntry, 'text'>> = {},
): ReportEntry => ({ text, name, key, literal, url, date, details })

/** An entry of a name that more is said of. */
export const namedEntry = (
  name: string,
  description: string | undefined,
  more: Partial<Omit<ReportEntry, 'text' | 'name'>>,
): ReportEntry => (description ? entry(`${name}: ${description}`, { name, ...more }) : entry(name, more))

/** What an entry is called. */
export const titleOf = ({ name, text }: ReportEntry): string => name ?? text

/** Elements that are worth showing only when something is said of them. */
export const said = (elements: ReportElement[]): ReportElement[] =>
  elements.filter(({ state }) => state !== 'notStated')
