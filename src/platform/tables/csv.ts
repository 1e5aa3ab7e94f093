import { stringify } from 'csv-stringify/sync'
import { cellText, type Table } from './table.ts'

/**
 * A table as CSV (RFC 4180). Cells that a spreadsheet would take for a formula get an apostrophe before them (OWASP, CSV
 * injection): a record is handed on, and opened by others.
 * @param bom whether a byte order mark comes first, by which Excel recognises UTF-8
 */
export async function* renderCsv(
  { columns, rows }: Pick<Table, 'columns' | 'rows'>,
  bom = false,
): AsyncGenerator<string> {
  yield (bom ? '\ufeff' : '') + line(columns.map(({ heading }) => heading))
  for await (const row of rows) yield line(row.map(cellText))
}

const line = (cells: string[]) => stringify([cells.map(inert)], { record_delimiter: '\r\n' })

/** Also what already begins with an apostrophe gets one, so that the text can be told from the guard. */
const inert = (text: string): string => (/^\s*[=+\-@\t\r']/.test(text) ? `'${text}` : text)
