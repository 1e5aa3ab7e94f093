import { createBookmarks } from './bookmarks.ts'
import { type EmbeddedFont, embedFont, type Font } from './font.ts'
import { createLineBreaker } from './lines.ts'
import { createObjects, type ObjectNumber, ref, textString } from './objects.ts'
import { createTags } from './tags.ts'

/**
 * A tagged PDF 1.7 (ISO 32000-1) of A4 pages, written while it is made: a page is sent and forgotten when it is full.
 * Lengths are in points, measured from the top left corner of the page.
 */
export type Pdf<Name extends string = string> = ReturnType<typeof createPdf<Name>>

export type Style<Name extends string> = {
  font: Name
  size: number
  /** As in CSS: `#rrggbb`. */
  colour: string
}

export type Options<Name extends string> = {
  fonts: Record<Name, Font>
  title: string
  subject: string
  /** BCP 47. */
  language: string
  margin: { top: number; bottom: number; left: number; right: number }
  /** Draws head and foot of a page. */
  drawMargins(pdf: Pdf<Name>, page: number): void
}

type Page = {
  number: ObjectNumber
  content: string[]
  links: string[]
  /** Pictures that are drawn later than the page. */
  deferred: ObjectNumber[]
  /** The element of each piece of tagged content. */
  elements: ObjectNumber[]
  /** In which the last text was set. */
  style?: object
}

/** A place in the document that can be referred to before it is known. */
export type Place = { destination: ObjectNumber; pageNumber: ObjectNumber }

const size = { width: 595.28, height: 841.89 }
/** The height of a line, as a multiple of the font's size. */
const leading = 1.2
/** How many pages hang on one node of their tree (7.7.3). */
const pagesOfNode = 100

export const createPdf = <Name extends string>(options: Options<Name>) => {
  const { margin } = options
  const objects = createObjects()
  const tags = createTags(objects)
  const bookmarks = createBookmarks(objects)
  const names = Object.keys(options.fonts) as Name[]
  const fonts = new Map<Name, EmbeddedFont>(names.map((name) => [name, embedFont(options.fonts[name])]))
  const breakLines = new Map([...fonts].map(([name, font]) => [name, createLineBreaker(font)]))
  const operators = new Map<Style<Name>, string>()
  const fontNumbers = names.map(() => objects.reserve())
  const fontResources = objects.add(`<<${fontNumbers.map((number, index) => `/F${index} ${ref(number)}`).join('')}>>`)
  const tree = createPageTree(objects)
  const places = new Map<string, Place>()
  let page: Page | undefined
  let pageNumber = 0
  let y = 0
  let inContent = false

  const vertical = (y: number) => decimal(size.height - y)
  const left = margin.left
  const right = size.width - margin.right
  const bottom = size.height - margin.bottom

  const mark = () => {
    page!.content.push(`/P<</MCID ${page!.elements.length}>>BDC`)
    page!.elements.push(tags.content(page!.number, page!.elements.length))
  }

  const endPage = () => {
    if (!page) return
    if (inContent) page.content.push('EMC')
    const { number, content, links, deferred, elements } = page
    const stream = objects.addStream('', content.join('\n'))
    const later = deferred.length > 0 ? `/XObject<<${deferred.map((at) => `/X${at} ${ref(at)}`).join('')}>>` : ''
    objects.add(
      `<</Type/Page/Parent ${ref(tree.parent(number))}/MediaBox[0 0 ${size.width} ${size.height}]/Contents ${ref(stream)}` +
        `/Resources<</Font ${ref(fontResources)}${later}>>/StructParents ${pageNumber - 1}/Tabs/S` +
        `${links.length > 0 ? `/Annots[${links.join('')}]` : ''}>>`,
      number,
    )
    tags.endPage(elements)
    page = undefined
  }

  const addPage = () => {
    endPage()
    page = { number: objects.reserve(), content: [], links: [], deferred: [], elements: [] }
    pageNumber++
    // Head and foot of a page are no content: screen readers leave them out (14.8.2.2).
    const content = inContent
    inContent = false
    page.content.push('/Artifact<</Type/Pagination>>BDC')
    options.drawMargins(pdf, pageNumber)
    page.content.push('EMC')
    y = margin.top
    inContent = content
    if (inContent) mark()
  }

  /** Begins a new page when less than this is left of the current one. */
  const ensure = (height: number) => {
    if (y + height > bottom) addPage()
  }

  /** Draws what belongs to an element of this tag; it may go on over several pages. */
  const tagged = (tag: string, draw: () => void) => {
    tags.begin(tag)
    inContent = true
    mark()
    draw()
    page!.content.push('EMC')
    inContent = false
    tags.end()
  }

  const operatorsOf = (style: Style<Name>): string => {
    const known = operators.get(style)
    if (known !== undefined) return known
    const made = `/F${names.indexOf(style.font)} ${style.size} Tf ${rgb(style.colour)} rg`
    operators.set(style, made)
    return made
  }

  const glyphsAt = (codes: string, x: number, y: string) => `BT ${decimal(x)} ${y} Td (${codes}) Tj ET`

  const show = (style: Style<Name>, codes: string, x: number, y: number) => {
    if (page!.style !== style) page!.content.push(operatorsOf(style))
    page!.style = style
    page!.content.push(glyphsAt(codes, x, vertical(y + style.size)))
  }

  const widthOf = ({ font, size }: Style<Name>, text: string) => (fonts.get(font)!.glyphs(text).width * size) / 1000

  /** Draws one line whose top is here, wherever the text stands. */
  const drawLine = (style: Style<Name>, text: string, x: number, y: number) =>
    show(style, fonts.get(style.font)!.glyphs(text).codes, x, y)

  /** Sets text from here on downwards, on further pages where it does not fit. */
  const text = (style: Style<Name>, text: string, x = left, width = right - x) => {
    const height = style.size * leading
    for (const line of breakLines.get(style.font)!(text, (width * 1000) / style.size)) {
      ensure(height)
      show(style, line.codes, x, y)
      y += height
    }
  }

  const link = (x: number, from: number, to: number, target: string) =>
    page!.links.push(
      `<</Type/Annot/Subtype/Link/Border[0 0 0]/Rect[${decimal(x)} ${vertical(to)} ${decimal(right)} ${vertical(from)}]${target}>>`,
    )

  /** Sets text that leads to an address on the web. */
  const webLink = (style: Style<Name>, url: string, x: number) => {
    ensure(style.size * leading)
    const [from, on] = [y, page]
    text(style, url, x)
    if (page === on) link(x, from, y, `/A<</S/URI/URI${textString(url)}>>/Contents${textString(url)}`)
  }

  const placeOf = (id: string): Place => {
    const known = places.get(id)
    if (known) return known
    const place = { destination: objects.reserve(), pageNumber: objects.reserve() }
    places.set(id, place)
    return place
  }

  /** Sets a line that leads to a place further on, with the number of its page. */
  const placeLink = (style: Style<Name>, label: string, x: number, id: string) => {
    const number = 40
    ensure(style.size * leading)
    const { destination, pageNumber } = placeOf(id)
    const from = y
    text(style, label, x, right - number - x)
    page!.deferred.push(pageNumber)
    page!.content.push(
      `q 1 0 0 1 ${decimal(right)} ${vertical(y - style.size * (leading - 1))} cm /X${pageNumber} Do Q`,
    )
    link(x, Math.min(from, y - style.size * leading), y, `/Dest ${ref(destination)}/Contents${textString(label)}`)
  }

  /** Says that a place is here. `style` is that of the page's number where it was referred to. */
  const place = (style: Style<Name>, id: string): ObjectNumber => {
    const { destination, pageNumber: numberOfPage } = placeOf(id)
    places.delete(id)
    objects.add(`[${ref(page!.number)}/XYZ 0 ${vertical(y)} null]`, destination)
    const { codes } = fonts.get(style.font)!.glyphs(String(pageNumber))
    objects.addStream(
      `/Type/XObject/Subtype/Form/BBox[-60 -10 0 20]/Resources<</Font ${ref(fontResources)}>>`,
      `${operatorsOf(style)} ${glyphsAt(codes, -widthOf(style, String(pageNumber)), '0')}`,
      numberOfPage,
    )
    return destination
  }

  /** A line from one margin to the other. */
  const rule = (colour: string) =>
    page!.content.push(`0.5 w ${rgb(colour)} RG ${decimal(left)} ${vertical(y)} m ${decimal(right)} ${vertical(y)} l S`)

  /** Closes the document; the bytes are complete. */
  const end = (): Buffer => {
    endPage()
    for (const [index, name] of names.entries()) fonts.get(name)!.add(objects, fontNumbers[index]!)
    const { title, subject, language } = options
    const info = objects.add(`<</Title${textString(title)}/Subject${textString(subject)}>>`)
    const root = objects.add(
      `<</Type/Catalog/Pages ${ref(tree.end())}/Outlines ${ref(bookmarks.end())}/PageMode/UseOutlines` +
        `/StructTreeRoot ${ref(tags.add())}/MarkInfo<</Marked true>>/Lang${textString(language)}` +
        '/ViewerPreferences<</DisplayDocTitle true>>>>',
    )
    return objects.end(root, info)
  }

  const pdf = {
    left,
    right,
    height: size.height,
    get y() {
      return y
    },
    set y(value) {
      y = value
    },
    /** The number of the current page, from 1. */
    get pageNumber() {
      return pageNumber
    },
    addPage,
    ensure,
    tags,
    tagged,
    widthOf,
    drawLine,
    text,
    webLink,
    placeLink,
    place,
    bookmark: bookmarks.add,
    rule,
    /** What was drawn so far, as the bytes to send; the current page is not among it. */
    take: objects.take,
    end,
  }
  return pdf
}

const decimal = (value: number): string => String(Math.round(value * 100) / 100)

const rgb = (colour: string): string =>
  [1, 3, 5].map((at) => decimal(Number.parseInt(colour.slice(at, at + 2), 16) / 255)).join(' ')

/** Pages in a tree of two levels, whose lower nodes are written when they are full. */
const createPageTree = (objects: ReturnType<typeof createObjects>) => {
  const root = objects.reserve()
  const nodes: string[] = []
  let node = objects.reserve()
  let pages: string[] = []
  let count = 0

  const endNode = () => {
    if (pages.length === 0) return
    objects.add(`<</Type/Pages/Parent ${ref(root)}/Count ${pages.length}/Kids[${pages.join(' ')}]>>`, node)
    nodes.push(ref(node))
    node = objects.reserve()
    pages = []
  }

  return {
    /** Hangs a page into the tree; the answer is the node that it hangs on. */
    parent(page: ObjectNumber): ObjectNumber {
      if (pages.length === pagesOfNode) endNode()
      pages.push(ref(page))
      count++
      return node
    },
    end(): ObjectNumber {
      endNode()
      return objects.add(`<</Type/Pages/Count ${count}/Kids[${nodes.join(' ')}]>>`, root)
    },
  }
}
