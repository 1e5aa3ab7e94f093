/** Reports that are tables: a head, and rows that are made while they are sent. */

/** A cell; a day is `YYYY-MM-DD`, and a spreadsheet gets it as a date. */
export type Cell = string | number | undefined | { date: string } | { text: string; link: Link }

/** Where a cell leads: an address, or a row of another sheet of the same workbook, counted from 1, with its head. */
export type Link = { url: string } | { sheet: string; row: number }

export type Column = {
  heading: string
  /** In characters, for spreadsheets. */
  width: number
  /** Whether what somebody types into it in a spreadsheet stays the text that it is. */
  text?: boolean
}

export type Table = {
  name: string
  columns: Column[]
  rows: Iterable<Cell[]> | AsyncIterable<Cell[]>
  /** Rows are for programs: all have the height of one line. */
  plain?: boolean
}

export const isLink = (cell: Cell): cell is Extract<Cell, { link: Link }> => typeof cell === 'object' && 'link' in cell

export const cellText = (cell: Cell): string => {
  if (cell === undefined) return ''
  if (typeof cell !== 'object') return String(cell)
  return 'date' in cell ? cell.date : cell.text
}
