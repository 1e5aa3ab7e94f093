import { type TSchema, type TSchemaOptions, Type } from 'typebox'
import { Statement } from '../../entries/schema.ts'
import { closed, oneOf, ref } from '../../platform/http/schema.ts'

/**
 * A record must tell "we have none", "we do not know", "it does not apply" and "nobody has said" apart. So every
 * property of a report that may lack a value says in which of these states it is.
 */

type Said = typeof Statement extends TSchema ? { state: 'unknown' | 'notApplicable'; reason: string } : never
export type Absent = Said | { state: 'none' } | { state: 'notStated' }
export type Stated<T> = { state: 'stated'; value: T } | Absent

export const Absence = closed(
  {
    state: oneOf(
      ['none', 'notStated'],
      '`none`: it is stated that there is none; `notStated`: nothing is said about it yet.',
    ),
  },
  { $id: 'Absence', description: 'A property without a value for which no reason is given.' },
)

/** The schema of a property that holds a value or says why not. */
export const stated = <T>(value: TSchema & { '~unsafe'?: T }, description: string, options: TSchemaOptions = {}) =>
  Type.Unsafe<Stated<T>>({
    anyOf: [
      closed({
        state: Type.Literal('stated', { description: 'A value is stated.' }),
        value,
      }),
      ref(Statement),
      ref(Absence),
    ],
    description,
    ...options,
  })
