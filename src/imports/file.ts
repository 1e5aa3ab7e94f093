import { invalidRequest } from '../platform/http/validation.ts'
import type { ImportCell } from './rows.ts'

/** Rows of one resource as a file has them; the first one has the headings. */
export type FileTable = { resource: string; headings: string[]; rows: { number: number; cells: ImportCell[] }[] }

/** A file that was read, and what it was taken for. */
export type ReadFile = {
  tables: FileTable[]
  understood: { encoding?: string; delimiter?: string }
  /** What was read otherwise than it stands there, or left out. */
  notices: string[]
}

/** How many rows and columns a table may have: a register of 50,000 activities has fewer. */
export const mostRows = 600_000
export const mostColumns = 250

export const refuse = (message: string) => invalidRequest([{ pointer: '', message }])
