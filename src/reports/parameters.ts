import { Type } from 'typebox'
import { asOfParameter, key } from '../entries/index.ts'
import { csvParameters } from '../platform/tables/csv.ts'
import { formatParameter } from './formats/choose.ts'
import { tableFormats } from './formats/table-report.ts'
import { languageParameter } from './language/language.ts'

/** What every report that is a table can be asked with. */
export const tableParameters = {
  organisation: Type.Optional(key('Activities of the record of this organisation; absent: of all.', 'example-hosting')),
  ...asOfParameter,
  ...languageParameter,
  ...formatParameter(tableFormats),
  ...csvParameters,
}

/** An entry that a row names, with its name. */
export const named = (description: string) =>
  Type.Object(
    { key: key(description), name: Type.String({ description: 'Its name.' }) },
    { additionalProperties: false, description },
  )

/** The names of such entries, a line each. */
export const names = (entries: { name: string }[]): string => entries.map(({ name }) => name).join('\n')
