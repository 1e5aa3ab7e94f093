import type { Readable } from 'node:stream'
import { type Cell, cellText, isLink, type Link, type Table } from './table.ts'
import { textOfCells, xmlDeclaration, xmlText } from './xml.ts'
import { type ZipFile, zip } from './zip.ts'

/**
 * A workbook as XLSX (ECMA-376 SpreadsheetML), made while it is sent: the well-kept libraries build it in memory first,
 * which a register of 50,000 activities does not allow.
 */

export type Workbook = {
  title: string
  /** BCP 47. */
  language: string
  /** What every printed page says at its foot, beside its number. */
  footer: string
  /** The word before a page's number. */
  page: string
  /** What a text ends with that is longer than a cell can be. */
  cut: string
  /** Made one after another: a sheet may show what was gathered while an earlier one was made. */
  sheets: Table[]
}

/** The most that Excel accepts on one sheet is 65,530. */
const mostLinks = 65_000

/** Excel's limit is 31 characters, without `[]:*?/\`. */
const sheetName = (name: string): string => {
  const allowed = name.replace(/[[\]:*?/\\]/g, ' ')
  // A name ends with a word, where it has several.
  return allowed.length <= 31
    ? allowed
    : allowed
        .slice(0, 32)
        .replace(/\s+\S*$/, '')
        .slice(0, 31)
}

export const renderXlsx = (workbook: Workbook): Readable => {
  const { sheets } = workbook
  const sizes: Size[] = []
  const files: ZipFile[] = [
    { path: '[Content_Types].xml', text: () => [contentTypes(sheets.length)] },
    { path: '_rels/.rels', text: () => [rootRelations] },
    { path: 'docProps/core.xml', text: () => [properties(workbook)] },
    { path: 'xl/styles.xml', text: () => [styles] },
  ]
  for (const [i, sheet] of sheets.entries()) {
    const addresses: string[] = []
    files.push(
      { path: `xl/worksheets/sheet${i + 1}.xml`, text: () => worksheet(sheet, workbook, sizes, addresses) },
      { path: `xl/worksheets/_rels/sheet${i + 1}.xml.rels`, text: () => [sheetRelations(addresses)] },
    )
  }
  files.push(
    { path: 'xl/_rels/workbook.xml.rels', text: () => [workbookRelations(sheets.length)] },
    { path: 'xl/workbook.xml', text: () => [workbookXml(sheets, sizes)] },
  )
  return zip(files)
}

type Size = { columns: number; rows: number }

/** Names of the cell formats in `styles`, by their index. */
const style = { plain: 0, head: 1, text: 2, date: 3, link: 4, number: 5, verbatim: 6 } as const

/** Printed on A3, a page takes this many characters side by side in letters that are still easily read. */
const perPage = 300

const pagesWide = (columns: Table['columns']) => Math.ceil(columns.reduce((sum, { width }) => sum + width, 0) / perPage)

const letters = (column: number): string =>
  column < 26 ? String.fromCharCode(65 + column) : letters(Math.floor(column / 26) - 1) + letters(column % 26)

async function* worksheet(
  { columns, rows, plain = false }: Table,
  { footer, page, cut }: Workbook,
  sizes: Size[],
  addresses: string[],
): AsyncGenerator<string> {
  const links: string[] = []
  yield `${xmlDeclaration}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr><sheetViews><sheetView workbookViewId="0"><pane xSplit="1" ySplit="1" topLeftCell="B2" activePane="bottomRight" state="frozen"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/><cols>`
  yield columns
    .map(({ width, text }, i) => {
      const typed = text ? ` style="${style.verbatim}"` : ''
      return `<col min="${i + 1}" max="${i + 1}" width="${width}"${typed} customWidth="1"/>`
    })
    .join('')
  yield `</cols><sheetData><row r="1" ${height(
    columns.map(({ heading }) => heading),
    columns,
  )}>${columns.map(({ heading }, i) => inline(`${letters(i)}1`, heading, style.head)).join('')}</row>`
  let last = 1
  for await (const row of rows) {
    last++
    const cells = row.map((given, i) => {
      const { width, text = false } = columns[i]!
      const cell = fitting(given, width, cut)
      const at = `${letters(i)}${last}`
      if (isLink(cell) && links.length < mostLinks) links.push(hyperlink(at, cell.link, addresses))
      return renderCell(at, cell, text)
    })
    yield `<row r="${last}" ${plain ? '' : height(row, columns)}>${cells.join('')}</row>`
  }
  sizes.push({ columns: columns.length, rows: last })
  yield `</sheetData><autoFilter ref="A1:${letters(columns.length - 1)}${last}"/>`
  if (links.length > 0) yield `<hyperlinks>${links.join('')}</hyperlinks>`
  yield `<pageMargins left="0.4" right="0.4" top="0.6" bottom="0.6" header="0.3" footer="0.3"/><pageSetup paperSize="8" orientation="landscape" fitToWidth="${pagesWide(columns)}" fitToHeight="0"/><headerFooter><oddHeader>&amp;L&amp;A</oddHeader><oddFooter>&amp;L${xmlText(footer.replaceAll('&', '&&'))}&amp;R${xmlText(page)} &amp;P / &amp;N</oddFooter></headerFooter></worksheet>`
}

/** How many characters a cell of Excel takes. */
const longestCell = 32_767

/** How many lines a text takes in a column of a width in characters: letters fill it less evenly than digits would. */
const linesOf = (text: string, width: number): number => {
  const perLine = Math.max(1, Math.floor(width * 0.9))
  return text.split('\n').reduce((lines, line) => lines + Math.max(1, Math.ceil(line.length / perLine)), 0)
}

/**
 * A cell as a spreadsheet can show it. A link whose text takes several lines becomes text: LibreOffice does not wrap links. What
 * is taller than a row can be (409 points) is hidden and not lost; in further rows it would count as further activities.
 */
const fitting = (cell: Cell, width: number, cut: string): Cell => {
  const text = cellText(cell)
  if (text.length > longestCell) return text.slice(0, longestCell - cut.length).toWellFormed() + cut
  return isLink(cell) && linesOf(text, width) > 1 ? text : cell
}

/** Not every program finds the height of wrapped text by itself. In points, of the font of `styles`. */
const height = (row: Cell[], columns: Table['columns']): string => {
  const lines = Math.max(...row.map((cell, i) => linesOf(cellText(cell), columns[i]!.width)))
  return `ht="${Math.min(409, lines * 14 + 4)}" customHeight="1"`
}

/** @param verbatim whether what is typed into the cell stays the text that it is: `007`, `1E5` */
const renderCell = (at: string, cell: Cell, verbatim: boolean): string => {
  if (cell === undefined || cell === '') return ''
  if (typeof cell === 'number') return `<c r="${at}" s="${style.number}"><v>${cell}</v></c>`
  if (typeof cell === 'object' && 'date' in cell)
    return `<c r="${at}" s="${style.date}"><v>${serial(cell.date)}</v></c>`
  return inline(at, cellText(cell), typeof cell === 'object' ? style.link : verbatim ? style.verbatim : style.text)
}

const inline = (at: string, text: string, s: number) =>
  `<c r="${at}" s="${s}" t="inlineStr"><is><t xml:space="preserve">${textOfCells(text)}</t></is></c>`

/** Days since 1899-12-30, which is how spreadsheets count. */
const serial = (day: string) => (Date.parse(`${day}T00:00:00Z`) - Date.UTC(1899, 11, 30)) / 86_400_000

const hyperlink = (at: string, link: Link, addresses: string[]): string => {
  if ('sheet' in link)
    return `<hyperlink ref="${at}" location="${xmlText(`'${sheetName(link.sheet).replaceAll("'", "''")}'!A${link.row}`)}"/>`
  addresses.push(link.url)
  return `<hyperlink ref="${at}" r:id="rId${addresses.length}"/>`
}

const relations = 'http://schemas.openxmlformats.org/package/2006/relationships'
const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'

const rootRelations = `${xmlDeclaration}<Relationships xmlns="${relations}"><Relationship Id="rId1" Type="${office}/officeDocument" Target="xl/workbook.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>`

const sheetRelations = (addresses: string[]) =>
  `${xmlDeclaration}<Relationships xmlns="${relations}">${addresses.map((url, i) => `<Relationship Id="rId${i + 1}" Type="${office}/hyperlink" Target="${xmlText(url)}" TargetMode="External"/>`).join('')}</Relationships>`

const workbookRelations = (count: number) =>
  `${xmlDeclaration}<Relationships xmlns="${relations}">${Array.from({ length: count }, (_, i) => `<Relationship Id="rId${i + 1}" Type="${office}/worksheet" Target="worksheets/sheet${i + 1}.xml"/>`).join('')}<Relationship Id="rId${count + 1}" Type="${office}/styles" Target="styles.xml"/></Relationships>`

const contentTypes = (count: number) =>
  `${xmlDeclaration}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>${Array.from({ length: count }, (_, i) => `<Override PartName="/xl/worksheets/sheet${i + 1}.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>`).join('')}<Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/><Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>`

const properties = ({ title, language }: Workbook) =>
  `${xmlDeclaration}<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>${xmlText(title)}</dc:title><dc:language>${language}</dc:language></cp:coreProperties>`

const styles = `${xmlDeclaration}<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/></numFmts><fonts count="3"><font><sz val="10"/><name val="Calibri"/></font><font><b/><sz val="10"/><color rgb="FFFFFFFF"/><name val="Calibri"/></font><font><u/><sz val="10"/><color rgb="FF1D4F91"/><name val="Calibri"/></font></fonts><fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid"><fgColor rgb="FF1D4F91"/></patternFill></fill></fills><borders count="2"><border/><border><left/><right/><top/><bottom style="thin"><color rgb="FFD0D7DE"/></bottom></border></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="7"><xf/><xf fontId="1" fillId="2" applyFont="1" applyFill="1" applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf>${[
  '',
  ' numFmtId="164" applyNumberFormat="1"',
  ' fontId="2" applyFont="1"',
  '',
  // 49 is `@`, text (ECMA-376, 18.8.30).
  ' numFmtId="49" applyNumberFormat="1"',
]
  .map(
    (more) =>
      `<xf borderId="1" applyBorder="1"${more} applyAlignment="1"><alignment horizontal="left" vertical="top" wrapText="1"/></xf>`,
  )
  .join('')}</cellXfs></styleSheet>`

/** Names that make the first row and column come again on each printed page, and that mark what is filtered. */
const workbookXml = (sheets: Table[], sizes: Size[]) => {
  const quoted = (name: string) => `'${sheetName(name).replaceAll("'", "''")}'`
  const names = sheets.flatMap(({ name }, i) => [
    `<definedName name="_xlnm._FilterDatabase" localSheetId="${i}" hidden="1">${xmlText(quoted(name))}!$A$1:$${letters(sizes[i]!.columns - 1)}$${sizes[i]!.rows}</definedName>`,
    `<definedName name="_xlnm.Print_Titles" localSheetId="${i}">${xmlText(quoted(name))}!$A:$A,${xmlText(quoted(name))}!$1:$1</definedName>`,
  ])
  return `${xmlDeclaration}<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="${office}"><sheets>${sheets.map(({ name }, i) => `<sheet name="${xmlText(sheetName(name))}" sheetId="${i + 1}" r:id="rId${i + 1}"/>`).join('')}</sheets><definedNames>${names.join('')}</definedNames></workbook>`
}
