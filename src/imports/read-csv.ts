import { parse } from 'csv-parse/sync'
import { HttpProblem } from '../platform/http/problems.ts'
import { decodeAs, decodeUtf8, isUtf8Label, NotUtf8 } from '../platform/text.ts'
import { mostColumns, mostRows, type ReadFile, refuse } from './file.ts'

/** How long a row may be, in characters: a quote that is never closed makes one of the rest of the file. */
const longestRow = 2_000_000

/**
 * Reads CSV (RFC 4180), with the delimiter that its headings have.
 * @param charset the encoding that is declared; undefined: none is
 * @throws HttpProblem 400 for what cannot be read, 415 for an encoding that is none
 */
export const readCsv = (bytes: Buffer, charset: string | undefined): ReadFile => {
  const { text: decoded, encoding } = decode(bytes, charset)
  const notices: string[] = []
  const announced = /^"?sep=(.)"?\r?\n/i.exec(decoded)
  const text = announced ? decoded.slice(announced[0].length) : decoded
  const delimiter = announced?.[1] ?? delimiterOf(text)
  let records: string[][]
  try {
    records = parse(text, { delimiter, relax_column_count: true, max_record_size: longestRow })
  } catch (error) {
    throw refuse(`is no CSV as RFC 4180 has it: ${(error as Error).message}`)
  }
  if (records.length > mostRows) throw refuse(`has more than ${mostRows} rows; import it in parts`)
  const first = announced ? 2 : 1
  const [head = [], ...body] = records
  if (head.length > mostColumns) throw refuse(`has more than ${mostColumns} columns`)
  const headings = head.map((heading) => heading.trim())
  if (headings[0]?.toLowerCase() !== 'resource' || headings[1]?.toLowerCase() !== 'key') throw refuse(wrongHead)
  const rows = body
    .map((cells, i) => ({ number: i + 1 + first, cells: cells.map(unguarded) }))
    .filter(({ cells }) => cells.some((cell) => cell !== ''))
  for (const { number, cells } of rows)
    if (cells.length !== head.length)
      throw refuse(
        `has ${cells.length} cells in row ${number} and ${head.length} headings; a text with a ${named(delimiter)}, a quote or a line break stands in quotes`,
      )
  const groups = Map.groupBy(rows, ({ cells }) => cells[0]!.trim())
  return {
    tables: [...groups].map(([resource, rows]) => ({
      resource,
      headings: headings.slice(2),
      rows: rows.map(({ number, cells }) => ({ number, cells: cells.slice(1) })),
    })),
    understood: { encoding, delimiter },
    notices,
  }
}

const wrongHead =
  'must have the columns `resource` and `key` first, as the export of the register has, with a comma, a semicolon or a tab between them'

const names: Record<string, string> = { ',': 'comma', ';': 'semicolon', '\t': 'tab' }
const named = (delimiter: string) => names[delimiter] ?? delimiter

const delimiterOf = (text: string): string => {
  const found = /^\s*"?resource"?[ ]*([,;\t])/i.exec(text)
  if (!found) throw refuse(wrongHead)
  return found[1]!
}

const decode = (bytes: Buffer, declared: string | undefined): { text: string; encoding: string } => {
  const charset = declared ?? markedAs(bytes)
  if (charset === undefined || isUtf8Label(charset)) {
    try {
      return { text: decodeUtf8(bytes), encoding: 'utf-8' }
    } catch (error) {
      if (!(error instanceof NotUtf8)) throw error
      throw refuse(
        `${error.message}. In Excel, save it as “CSV UTF-8”; or say what it is: \`Content-Type: text/csv; charset=windows-1252\``,
      )
    }
  }
  if (!isLabel(charset))
    throw new HttpProblem('unsupported-media-type', `There is no encoding \`${charset}\`. Save the file as UTF-8.`)
  const text = decodeAs(bytes, charset)
  if (text === undefined) throw refuse(`is not \`${charset}\`, as it says; save it as UTF-8`)
  return { text, encoding: charset }
}

/** By its byte order mark, what Excel calls “Unicode text” is UTF-16. */
const markedAs = (bytes: Buffer): string | undefined =>
  bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : undefined

const isLabel = (label: string): boolean => {
  try {
    return new TextDecoder(label) !== undefined
  } catch {
    return false
  }
}

/** Takes away the apostrophe that an export puts before what a spreadsheet would take for a formula. */
const unguarded = (text: string) => (/^'\s*[=+\-@\t\r']/.test(text) ? text.slice(1) : text)
