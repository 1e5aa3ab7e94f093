import canonicalize from 'canonicalize'
import { type FieldError, HttpProblem } from '../platform/http/problems.ts'
import type { EntryContent } from './resource.ts'
import { sameJson } from './same-json.ts'

/**
 * A property that is compliance's to judge. A service that leaves it out keeps what stands; one that says otherwise is
 * refused, so that a deploy never undoes a judgement.
 */
export type Judgement = {
  property: string
  /** The array whose elements have the property, matched by what they refer to; absent: the entry itself has it. */
  within?: { array: string; by: readonly string[] }
}

type Holder = { pointer: string; content: Record<string, unknown> }

/** What has the property in a content, by the key of the element. */
const holders = (content: EntryContent, { within }: Judgement): Map<string, Holder> => {
  if (!within) return new Map([['', { pointer: '', content }]])
  const elements = (content[within.array] ?? []) as Record<string, unknown>[]
  return new Map(
    elements.map((element, index) => [
      canonicalize(within.by.map((property) => element[property]))!,
      { pointer: `/${within.array}/${index}`, content: element },
    ]),
  )
}

/**
 * What a service writes, completed by the judgements that stand.
 * @throws HttpProblem 409 with the pointer of each judgement that differs
 */
export const keepJudgements = (
  judgements: readonly Judgement[],
  stands: EntryContent,
  written: EntryContent,
): EntryContent => {
  const kept = structuredClone(written)
  const statements: Record<string, unknown> = { ...(kept.statements as object) }
  const errors: FieldError[] = []
  for (const judgement of judgements) {
    const { property } = judgement
    const earlier = holders(stands, judgement)
    for (const [name, { pointer, content }] of holders(kept, judgement)) {
      const before = earlier.get(name)
      if (!before) continue
      const place = `${pointer}/${property}`
      const value = before.content[property]
      if (value !== undefined && content[property] === undefined) {
        content[property] = structuredClone(value)
        for (const about of Object.keys(statements)) if (isWithin(about, place)) delete statements[about]
      } else if (value !== undefined && !sameJson(value, content[property])) {
        errors.push({ pointer: place, message: 'is compliance staff’s to judge, and stands otherwise; leave it out' })
      }
      for (const [about, statement] of Object.entries((stands.statements as object | undefined) ?? {})) {
        if (!isWithin(about, `${before.pointer}/${property}`)) continue
        const now = `${place}${about.slice(before.pointer.length + property.length + 1)}`
        if (sameJson(content[property], value)) statements[now] ??= statement
      }
    }
  }
  if (errors.length > 0)
    throw new HttpProblem('conflict', 'A service does not overwrite the judgements of compliance staff.', { errors })
  if (Object.keys(statements).length > 0) kept.statements = statements
  else delete kept.statements
  return kept
}

/** A content as a service declares it: what is compliance's to judge left out, with what is stated about it. */
export const withoutJudgements = (judgements: readonly Judgement[], content: EntryContent): EntryContent => {
  const declared = structuredClone(content)
  const statements: Record<string, unknown> = { ...(declared.statements as object) }
  for (const judgement of judgements) {
    for (const { pointer, content: holder } of holders(declared, judgement).values()) {
      delete holder[judgement.property]
      for (const about of Object.keys(statements))
        if (isWithin(about, `${pointer}/${judgement.property}`)) delete statements[about]
    }
  }
  if (Object.keys(statements).length > 0) declared.statements = statements
  else delete declared.statements
  return declared
}

const isWithin = (pointer: string, place: string) => pointer === place || pointer.startsWith(`${place}/`)
