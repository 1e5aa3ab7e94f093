import { createRequire } from 'node:module'
import { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { createPdf, type Pdf, type Style } from '../../platform/pdf/document.ts'
import { readFont } from '../../platform/pdf/font.ts'
import type { ReportElement, ReportEntry } from '../elements/model.ts'
import type { Language } from '../language/language.ts'
import type { Block, PrintDocument } from './document.ts'
import { stateText } from './text.ts'

/** A document as PDF, made while it is sent. Lengths are in points. */

type FontName = 'regular' | 'bold' | 'italic'
type Document = Pdf<FontName>

const resolve = createRequire(import.meta.url).resolve
const read = (name: string) => readFont(resolve(`dejavu-fonts-ttf/ttf/DejaVuSansCondensed${name}.ttf`))
/** DejaVu covers Latin, Greek and Cyrillic, whatever language a record was written in. */
const fonts = { regular: await read(''), bold: await read('-Bold'), italic: await read('-Oblique') }

const colour = { text: '#1f2328', muted: '#57606a', heading: '#1d4f91', mark: '#9a3412', rule: '#d0d7de' }
const style = (size: number, fill: keyof typeof colour = 'text', font: FontName = 'regular'): Style<FontName> => ({
  font,
  size,
  colour: colour[fill],
})
const styles = {
  title: style(20, 'heading', 'bold'),
  subtitle: style(11, 'muted'),
  moment: style(10, 'muted'),
  margin: style(8, 'muted'),
  headings: { 1: style(16, 'heading', 'bold'), 2: style(13, 'heading', 'bold'), 3: style(10, 'text', 'bold') },
  contentsHeading: style(14, 'heading', 'bold'),
  contents: { 1: style(9, 'text', 'bold'), 2: style(9) },
  paragraphs: { plain: style(9), meta: style(9, 'muted'), mark: style(9, 'mark', 'bold') },
  severities: { error: style(8.5, 'mark', 'bold'), other: style(8.5, 'text', 'bold') },
  provision: style(7.5, 'muted'),
  name: style(8.5, 'text', 'bold'),
  content: style(8.5),
  state: style(8.5, 'muted', 'italic'),
  group: style(8.5, 'muted'),
  link: style(8.5, 'heading'),
}

/** The names of elements stand in a column of this width, their content beside it. */
const nameWidth = 150
const gap = 12
/** How severe a finding is stands in a column of this width, the finding beside it. */
const severityWidth = 75

/** How many blocks are set before other requests have their turn. */
const blocksAtOnce = 8
/** How many blocks are set before what is ready is sent. */
const blocksToSend = 64

export const renderPdf = (document: PrintDocument, t: Language): Readable =>
  Readable.from(pieces(document, t), { objectMode: false })

async function* pieces(document: PrintDocument, t: Language): AsyncGenerator<Buffer> {
  const { title, subtitle, language, footer, contents } = document
  const pdf = createPdf<FontName>({
    fonts,
    title,
    subject: subtitle,
    language,
    margin: { top: 60, bottom: 60, left: 50, right: 50 },
    drawMargins: (pdf, page) => drawMargins(pdf, document, page),
  })
  pdf.addPage()
  pdf.tags.begin('Document')
  paragraph(pdf, 'H1', styles.title, title, 2)
  paragraph(pdf, 'P', styles.subtitle, subtitle, 4)
  paragraph(pdf, 'P', styles.moment, footer, 12)
  paragraph(pdf, 'H2', styles.contentsHeading, contents.heading, 4)
  pdf.tags.begin('TOC')
  let number = 0
  for (const { level, text, id } of contents.items) {
    pdf.tagged('TOCI', () => pdf.placeLink(styles.contents[level], text, pdf.left + (level - 1) * 14, id))
    if (++number % blocksAtOnce === 0) await setImmediate()
    if (number % blocksToSend === 0) yield pdf.take()
  }
  pdf.tags.end()
  pdf.y += 10
  for await (const block of document.blocks) {
    drawBlock(pdf, block, t)
    if (++number % blocksAtOnce === 0) await setImmediate()
    if (number % blocksToSend === 0) yield pdf.take()
  }
  yield pdf.end()
}

const paragraph = (pdf: Document, tag: string, style: Style<FontName>, text: string, after: number) => {
  pdf.tagged(tag, () => pdf.text(style, text))
  pdf.y += after
}

const drawMargins = (pdf: Document, { header, footer, page }: PrintDocument, number: number) => {
  const { margin } = styles
  const foot = pdf.height - 40
  const label = `${page} ${number}`
  pdf.drawLine(margin, shortened(pdf, header), pdf.left, 30)
  pdf.drawLine(margin, shortened(pdf, footer), pdf.left, foot)
  pdf.drawLine(margin, label, pdf.right - pdf.widthOf(margin, label), foot)
}

/** Text that fits on one line beside the page's number. */
const shortened = (pdf: Document, text: string): string => {
  let end = text.length
  while (pdf.widthOf(styles.margin, text.slice(0, end)) > pdf.right - pdf.left - 90) end--
  return end === text.length ? text : `${text.slice(0, end)}…`
}

const drawBlock = (pdf: Document, block: Block, t: Language) => {
  switch (block.kind) {
    case 'heading':
      return drawHeading(pdf, block)
    case 'paragraph':
      return paragraph(pdf, 'P', styles.paragraphs[block.style], block.text, 4)
    case 'finding':
      pdf.ensure(20)
      pdf.tagged('P', () => {
        const { error, other } = styles.severities
        pdf.drawLine(block.severity === 'error' ? error : other, block.label, pdf.left, pdf.y)
        pdf.text(styles.content, block.text, pdf.left + severityWidth)
      })
      pdf.y += 3
      return
    case 'element':
      // The name and the first lines of its content stand on one page.
      pdf.ensure(40)
      return pdf.tagged('P', () => drawElement(pdf, block, t))
  }
}

const drawHeading = (pdf: Document, { level, text, id }: Extract<Block, { kind: 'heading' }>) => {
  if (level === 1) pdf.addPage()
  else {
    // A heading alone at the foot of a page belongs to the next.
    pdf.ensure(level === 2 ? 110 : 60)
    pdf.y += level === 2 ? 16 : 6
  }
  if (level !== 3) {
    pdf.tags.section(level)
    pdf.bookmark(level, text, pdf.place(styles.contents[level], id))
  }
  paragraph(pdf, `H${level + 1}`, styles.headings[level], text, 4)
}

const drawElement = (pdf: Document, { provision, element }: Extract<Block, { kind: 'element' }>, t: Language) => {
  pdf.rule(colour.rule)
  pdf.y += 2
  const top = pdf.y
  const { pageNumber } = pdf
  if (provision !== undefined) pdf.text(styles.provision, provision, pdf.left, nameWidth)
  pdf.text(styles.name, element.label, pdf.left, nameWidth)
  const nameEnd = pdf.y
  // Room for the name was made before, so it is on the page on which the content begins.
  pdf.y = top
  drawContent(pdf, element, t)
  if (pdf.pageNumber === pageNumber) pdf.y = Math.max(pdf.y, nameEnd)
  pdf.y += 5
}

const drawContent = (pdf: Document, element: ReportElement, t: Language) => {
  if (element.state !== 'stated') return line(pdf, styles.state, 0, stateText(element, t))
  for (const entry of element.entries) drawEntry(pdf, entry, 0, t)
}

const leftOf = (pdf: Document, depth: number) => pdf.left + nameWidth + gap + depth * 10

const line = (pdf: Document, style: Style<FontName>, depth: number, text: string) =>
  pdf.text(style, text, leftOf(pdf, depth))

const drawEntry = (pdf: Document, { text, url, details }: ReportEntry, depth: number, t: Language) => {
  line(pdf, styles.content, depth, text)
  if (url !== undefined) pdf.webLink(styles.link, url, leftOf(pdf, depth))
  for (const detail of details) drawDetail(pdf, detail, depth + 1, t)
  pdf.y += 1.5
}

/** A detail stands in one line unless its entries have details or addresses of their own. */
const drawDetail = (pdf: Document, detail: ReportElement, depth: number, t: Language) => {
  if (detail.state !== 'stated') return line(pdf, styles.state, depth, `${detail.label}: ${stateText(detail, t)}`)
  if (detail.entries.every(({ details, url }) => details.length === 0 && url === undefined))
    return line(pdf, styles.content, depth, `${detail.label}: ${detail.entries.map(({ text }) => text).join(', ')}`)
  line(pdf, styles.group, depth, `${detail.label}:`)
  for (const entry of detail.entries) drawEntry(pdf, entry, depth + 1, t)
}
