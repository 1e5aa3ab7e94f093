import { stringify } from 'csv-stringify/sync'
import { Type } from 'typebox'
import { oneOf } from '../http/schema.ts'
import { cellText, type Table } from './table.ts'

/** What stands between the cells of a row, by the names that `delimiter` takes. */
export const delimiters = { comma: ',', semicolon: ';', tab: '\t' } as const

export type CsvOptions = { delimiter?: keyof typeof delimiters; bom?: boolean }

/** The parameters of every CSV that is written. */
export const csvParameters = {
  delimiter: oneOf(
    Object.keys(delimiters) as (keyof typeof delimiters)[],
    'What stands between the cells of a row of CSV. Excel opens `semicolon` by a double click in countries that write 1,5 for one and a half.',
    { default: 'comma' },
  ),
  bom: Type.Boolean({
    default: false,
    description: 'Whether CSV begins with a byte order mark, by which Excel recognises UTF-8.',
  }),
}

/**
 * A table as CSV (RFC 4180). Cells that a spreadsheet would take for a formula get an apostrophe before them (OWASP, CSV
 * injection): a record is handed on, and opened by others.
 * @param bom whether a byte order mark comes first, by which Excel recognises UTF-8
 */
export async function* renderCsv(
  { columns, rows }: Pick<Table, 'columns' | 'rows'>,
  { delimiter = 'comma', bom = false }: CsvOptions = {},
): AsyncGenerator<string> {
  const line = (cells: string[]) =>
    stringify([cells.map(inert)], {
      record_delimiter: '\r\n',
      delimiter: delimiters[delimiter],
      // It quotes what has the delimiter of records. A lone CR or LF ends a row for other programs, too (RFC 4180, 2.6).
      quoted_match: /[\r\n]/,
    })
  yield (bom ? '\ufeff' : '') + line(columns.map(({ heading }) => heading))
  for await (const row of rows) yield line(row.map(cellText))
}

/** Also what already begins with an apostrophe gets one, so that the text can be told from the guard. */
const inert = (text: string): string => (/^\s*[=+\-@\t\r']/.test(text) ? `'${text}` : text)
