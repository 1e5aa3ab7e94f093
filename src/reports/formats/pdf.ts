import { createRequire } from 'node:module'
import type { Readable } from 'node:stream'
import { setImmediate, setTimeout as wait } from 'node:timers/promises'
import PdfKit from 'pdfkit'
import type { ReportElement, ReportEntry } from '../elements/model.ts'
import type { Language } from '../language/language.ts'
import type { Block, PrintDocument } from './document.ts'
import { stateText } from './text.ts'

/**
 * A document as PDF 1.7, a page at a time while it is sent. It is tagged unless it is so long that the tags, which PdfKit
 * keeps until the end, would fill the memory. Lengths are in points.
 */

type Pdf = PDFKit.PDFDocument

/** The root of the tags; absent in a document without. */
type Root = PDFKit.PDFStructureElement | undefined

/** A document of this many entries in its contents takes about 100 MB for its tags. */
const mostTagged = 2000

const resolve = createRequire(import.meta.url).resolve
const font = (name: string) => resolve(`dejavu-fonts-ttf/ttf/DejaVuSansCondensed${name}.ttf`)
/** DejaVu covers Latin, Greek and Cyrillic, whatever language a record was written in. */
const fonts = { regular: font(''), bold: font('-Bold'), italic: font('-Oblique') }

const margin = { top: 60, bottom: 60, left: 50, right: 50 }
/** The names of elements stand in a column of this width, their content beside it. */
const nameWidth = 150
const gap = 12
const colour = { text: '#1f2328', muted: '#57606a', heading: '#1d4f91', mark: '#9a3412', rule: '#d0d7de' }

/** How much may wait to be sent before making goes on, in bytes. */
const mostWaiting = 256 * 1024

export const renderPdf = (document: PrintDocument, t: Language): Readable => {
  const pdf = new PdfKit({
    size: 'A4',
    margins: margin,
    pdfVersion: '1.7',
    tagged: isTagged(document),
    lang: document.language,
    displayTitle: true,
    autoFirstPage: false,
    info: { Title: document.title, Subject: document.subtitle },
  })
  for (const [name, path] of Object.entries(fonts)) pdf.registerFont(name, path)
  let number = 0
  pdf.on('pageAdded', () => drawMargins(pdf, document, ++number))
  write(pdf, document, t).catch((error) => (pdf as unknown as Readable).destroy(error))
  return pdf as unknown as Readable
}

const isTagged = ({ contents }: PrintDocument) => contents.items.length <= mostTagged

const write = async (pdf: Pdf, document: PrintDocument, t: Language): Promise<void> => {
  const root = isTagged(document) ? pdf.struct('Document') : undefined
  if (root) pdf.addStructure(root)
  pdf.addPage()
  tagged(pdf, root, 'H1', () => pdf.font('bold').fontSize(20).fillColor(colour.heading).text(document.title))
  tagged(pdf, root, 'P', () =>
    pdf.font('regular').fontSize(11).fillColor(colour.muted).text(document.subtitle).moveDown(0.3),
  )
  tagged(pdf, root, 'P', () => pdf.fontSize(10).text(document.footer).moveDown(1))
  await writeContents(pdf, root, document)
  const outline: PDFKit.PDFOutline[] = [pdf.outline]
  let number = 0
  for await (const block of document.blocks) {
    writeBlock(pdf, root, outline, block, t)
    // Setting a block takes about a tenth of a millisecond to one; other requests must not wait for many.
    if (++number % 8 === 0) await setImmediate()
    await sent(pdf)
  }
  root?.end()
  pdf.end()
}

/** PdfKit does not ask whether anybody reads; whoever writes has to. */
const sent = async (pdf: Pdf) => {
  const output = pdf as unknown as Readable
  while (output.readableLength > mostWaiting) {
    if (output.destroyed) throw new Error('Nobody reads the document any more.')
    await wait(5)
  }
}

const tagged = (pdf: Pdf, root: Root, tag: string, draw: () => void) => {
  if (!root) return draw()
  const element = pdf.struct(tag as Parameters<Pdf['struct']>[0], {}, draw)
  root.add(element)
  element.end()
}

const bottom = (pdf: Pdf) => pdf.page.height - margin.bottom
const width = (pdf: Pdf) => pdf.page.width - margin.left - margin.right

/** Begins a new page when less than this is left of the current one. */
const ensure = (pdf: Pdf, height: number) => {
  if (pdf.y + height > bottom(pdf)) pdf.addPage()
}

/** Head and foot of a page are no content: screen readers leave them out. */
const drawMargins = (pdf: Pdf, document: PrintDocument, number: number) => {
  const { header, footer, page } = document
  const { x, y } = pdf
  const artifact = isTagged(document)
  if (artifact) pdf.markContent('Artifact', { type: 'Pagination' })
  pdf.save().font('regular').fontSize(8).fillColor(colour.muted)
  pdf.text(shortened(pdf, header), margin.left, 30, { lineBreak: false })
  const foot = pdf.page.height - 40
  pdf.text(shortened(pdf, footer), margin.left, foot, { lineBreak: false })
  const label = `${page} ${number}`
  pdf.text(label, pdf.page.width - margin.right - pdf.widthOfString(label), foot, { lineBreak: false })
  pdf.restore()
  if (artifact) pdf.endMarkedContent()
  pdf.x = x
  pdf.y = y
}

/** Text that fits on one line beside the page's number. */
const shortened = (pdf: Pdf, text: string): string => {
  let end = text.length
  while (pdf.widthOfString(text.slice(0, end)) > width(pdf) - 90) end--
  return end === text.length ? text : `${text.slice(0, end)}…`
}

const writeContents = async (pdf: Pdf, root: Root, { contents }: PrintDocument) => {
  tagged(pdf, root, 'H2', () =>
    pdf.font('bold').fontSize(14).fillColor(colour.heading).text(contents.heading).moveDown(0.3),
  )
  for (const { level, text, id } of contents.items) {
    tagged(pdf, root, 'P', () =>
      pdf
        .font(level === 1 ? 'bold' : 'regular')
        .fontSize(9)
        .fillColor(colour.text)
        .text(text, margin.left + (level - 1) * 14, pdf.y, { goTo: id, width: width(pdf) - 14 }),
    )
    await sent(pdf)
  }
  pdf.x = margin.left
  pdf.moveDown(1)
}

const writeBlock = (pdf: Pdf, root: Root, outline: PDFKit.PDFOutline[], block: Block, t: Language) => {
  pdf.x = margin.left
  switch (block.kind) {
    case 'heading':
      return writeHeading(pdf, root, outline, block)
    case 'paragraph': {
      const style = { plain: 'regular', meta: 'regular', mark: 'bold' }[block.style]
      const fill = { plain: colour.text, meta: colour.muted, mark: colour.mark }[block.style]
      return tagged(pdf, root, 'P', () => pdf.font(style).fontSize(9).fillColor(fill).text(block.text).moveDown(0.4))
    }
    case 'finding':
      return tagged(pdf, root, 'P', () => {
        pdf
          .font('bold')
          .fontSize(8.5)
          .fillColor(block.severity === 'error' ? colour.mark : colour.text)
        pdf.text(`${block.label} `, { continued: true }).font('regular').fillColor(colour.text)
        pdf.text(block.text).moveDown(0.3)
      })
    case 'element':
      // A page that is added inside of tagged content would break its tags.
      ensure(pdf, 60)
      return tagged(pdf, root, 'P', () => writeElement(pdf, block, t))
  }
}

const writeHeading = (
  pdf: Pdf,
  root: Root,
  outline: PDFKit.PDFOutline[],
  { level, text, id }: Extract<Block, { kind: 'heading' }>,
) => {
  if (level === 1) pdf.addPage()
  // A heading alone at the foot of a page belongs to the next.
  else ensure(pdf, level === 2 ? 110 : 60)
  if (level < 3) outline[level] = outline[level - 1]!.addItem(text)
  if (level > 1) pdf.moveDown(level === 2 ? 1 : 0.5)
  pdf.addNamedDestination(id, 'XYZ', 0, pdf.y, null)
  const size = { 1: 16, 2: 13, 3: 10 }[level]
  tagged(pdf, root, `H${level + 1}`, () =>
    pdf
      .font('bold')
      .fontSize(size)
      .fillColor(level === 3 ? colour.text : colour.heading)
      .text(text)
      .moveDown(0.3),
  )
}

const writeElement = (pdf: Pdf, { provision, element }: Extract<Block, { kind: 'element' }>, t: Language) => {
  const top = pdf.y
  const { page } = pdf
  rule(pdf, top - 2)
  if (provision !== undefined)
    pdf.font('regular').fontSize(7.5).fillColor(colour.muted).text(provision, margin.left, top, { width: nameWidth })
  pdf.font('bold').fontSize(8.5).fillColor(colour.text).text(element.label, margin.left, pdf.y, { width: nameWidth })
  const nameEnd = pdf.y
  // Room for the name was made before, so it is on the page on which the content begins.
  pdf.y = top
  writeContent(pdf, element, t)
  if (pdf.page === page) pdf.y = Math.max(pdf.y, nameEnd)
  pdf.y += 5
}

const rule = (pdf: Pdf, y: number) =>
  pdf
    .save()
    .lineWidth(0.5)
    .strokeColor(colour.rule)
    .moveTo(margin.left, y)
    .lineTo(pdf.page.width - margin.right, y)
    .stroke()
    .restore()

const left = (depth: number) => margin.left + nameWidth + gap + depth * 10

const writeContent = (pdf: Pdf, element: ReportElement, t: Language) => {
  if (element.state !== 'stated') return line(pdf, 0, stateText(element, t), { font: 'italic', fill: colour.muted })
  for (const entry of element.entries) writeEntry(pdf, entry, 0, t)
}

const line = (pdf: Pdf, depth: number, text: string, { font = 'regular', fill = colour.text, link = '' } = {}) => {
  const x = left(depth)
  pdf
    .font(font)
    .fontSize(8.5)
    .fillColor(fill)
    .text(text, x, pdf.y, { width: pdf.page.width - margin.right - x, ...(link && { link, underline: true }) })
}

const writeEntry = (pdf: Pdf, { text, url, details }: ReportEntry, depth: number, t: Language) => {
  line(pdf, depth, text)
  if (url !== undefined) line(pdf, depth, url, { fill: colour.heading, link: url })
  for (const detail of details) writeDetail(pdf, detail, depth + 1, t)
  pdf.y += 1.5
}

/** A detail stands in one line unless its entries have details or addresses of their own. */
const writeDetail = (pdf: Pdf, detail: ReportElement, depth: number, t: Language) => {
  if (detail.state !== 'stated')
    return line(pdf, depth, `${detail.label}: ${stateText(detail, t)}`, { font: 'italic', fill: colour.muted })
  if (detail.entries.every(({ details, url }) => details.length === 0 && url === undefined))
    return line(pdf, depth, `${detail.label}: ${detail.entries.map(({ text }) => text).join(', ')}`)
  line(pdf, depth, `${detail.label}:`, { fill: colour.muted })
  for (const entry of detail.entries) writeEntry(pdf, entry, depth + 1, t)
}
