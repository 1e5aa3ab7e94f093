import ExcelJS from 'exceljs'
import mammoth from 'mammoth'
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs'

/** Reads reports back, with other libraries than those that wrote them. */

export type Element = {
  id: string
  label: string
  article?: string
  state: string
  reason?: string
  entries: { text: string; date?: string; url?: string; details: Element[] }[]
}

/** Sheets by name; each row by the heading of its column, a date as the ISO day. */
export const readXlsx = async (bytes: Buffer) => {
  const workbook = new ExcelJS.Workbook()
  await workbook.xlsx.load(bytes as unknown as ArrayBuffer)
  const sheets = new Map<string, Record<string, string | number>[]>()
  for (const sheet of workbook.worksheets) {
    const headings = (sheet.getRow(1).values as unknown[]).slice(1).map(cellValue)
    const rows: Record<string, string | number>[] = []
    sheet.eachRow((row, number) => {
      if (number > 1)
        rows.push(Object.fromEntries(headings.map((name, i) => [name, cellValue(row.getCell(i + 1).value)])))
    })
    sheets.set(sheet.name, rows)
  }
  return { workbook, sheets }
}

const cellValue = (value: unknown): string | number => {
  if (value === null || value === undefined) return ''
  if (value instanceof Date) return value.toISOString().slice(0, 10)
  if (typeof value === 'object' && 'text' in value) return cellValue(value.text)
  if (typeof value === 'object' && 'richText' in value)
    return (value.richText as { text: string }[]).map(({ text }) => text).join('')
  return value as string | number
}

/** All text of a DOCX, without white space. */
export const readDocx = async (bytes: Buffer): Promise<string> =>
  squeezed((await mammoth.extractRawText({ buffer: bytes })).value)

/** All text of a PDF but the heads and feet of its pages, without white space; its bookmarks; its first page's tags. */
export const readPdf = async (bytes: Buffer) => {
  const pdf = await getDocument({ data: new Uint8Array(bytes), verbosity: 0 }).promise
  let text = ''
  for (let number = 1; number <= pdf.numPages; number++) {
    const { items } = await (await pdf.getPage(number)).getTextContent({ includeMarkedContent: true })
    let artifacts = 0
    const open: boolean[] = []
    for (const item of items) {
      if ('str' in item) text += artifacts === 0 ? item.str : ''
      else if (item.type === 'endMarkedContent') artifacts -= open.pop() ? 1 : 0
      else {
        const artifact = (item as { tag?: string }).tag === 'Artifact'
        open.push(artifact)
        artifacts += artifact ? 1 : 0
      }
    }
  }
  const tags = await (await pdf.getPage(1)).getStructTree()
  return { text: squeezed(text), outline: await pdf.getOutline(), tags, pages: pdf.numPages }
}

export const squeezed = (text: string) => text.replaceAll(/\s/g, '')

/** Every word of an element in the order in which a reader meets it. */
export function* wordsOf(element: Element, states: Record<string, string>): Generator<string> {
  if (element.state !== 'stated') {
    yield states[element.state] + (element.reason ? `: ${element.reason}` : '')
    return
  }
  for (const { text, url, details } of element.entries) {
    yield text
    if (url !== undefined) yield url
    for (const detail of details) {
      yield detail.label
      yield* wordsOf(detail, states)
    }
  }
}

/** Finds texts one after another; what was not found. */
export const missingIn = (text: string, wanted: Iterable<string>): string[] => {
  let at = 0
  const missing: string[] = []
  for (const word of wanted) {
    const found = text.indexOf(squeezed(word), at)
    if (found < 0) missing.push(word)
    else at = found + squeezed(word).length
  }
  return missing
}
