import { type Cell, type Column, isLink } from './table.ts'

/** How many lines a text takes in a column of a width in characters: letters fill it less evenly than digits would. */
export const linesOf = (text: string, width: number): number => {
  const perLine = Math.max(1, Math.floor(width * 0.9))
  return text.split('\n').reduce((lines, line) => lines + Math.max(1, Math.ceil(line.length / perLine)), 0)
}

/** Rows of a spreadsheet show at most 409 points, 27 lines of the font that is used; some room is left. */
const mostLines = 24

/**
 * A cell's text in pieces that each fit into one row of a spreadsheet; cut between lines, and within a line that is
 * longer than a whole row between words.
 * @param width of the column, in characters
 */
export const splitCell = (text: string, width: number): string[] => {
  if (text.length <= width && !text.includes('\n')) return [text]
  const perLine = Math.max(1, Math.floor(width * 0.9))
  if (linesOf(text, width) <= mostLines) return [text]
  const pieces: string[] = []
  let piece: string[] = []
  let used = 0
  for (const line of text.split('\n').flatMap((long) => cutLine(long, perLine * mostLines))) {
    const needed = Math.max(1, Math.ceil(line.length / perLine))
    if (used + needed > mostLines && piece.length > 0) {
      pieces.push(piece.join('\n'))
      piece = []
      used = 0
    }
    piece.push(line)
    used += needed
  }
  return [...pieces, piece.join('\n')]
}

const cutLine = (line: string, most: number): string[] => {
  if (line.length <= most) return [line]
  const space = line.lastIndexOf(' ', most)
  const end = space > most / 2 ? space + 1 : most
  return [line.slice(0, end), ...cutLine(line.slice(end), most)]
}

/**
 * A row whose cells have more lines than the tallest row shows goes on in further rows, which repeat its short cells, so
 * that no text is cut and filters still find all of it. A link whose text takes several lines becomes text: LibreOffice
 * does not wrap links.
 */
export const rowsOf = (row: Cell[], columns: readonly Column[]): Cell[][] => {
  const parts = row.map((cell, i): Cell[] => {
    const { width } = columns[i]!
    if (typeof cell === 'string') return splitCell(cell, width)
    if (isLink(cell) && linesOf(cell.text, width) > 1) return splitCell(cell.text, width)
    return [cell]
  })
  const count = Math.max(...parts.map(({ length }) => length))
  return Array.from({ length: count }, (_, n) => parts.map((pieces) => (pieces.length === 1 ? pieces[0] : pieces[n])))
}
