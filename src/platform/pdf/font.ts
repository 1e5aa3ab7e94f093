import { type Font, open } from 'fontkit'
import { type ObjectNumber, type PdfObjects, ref } from './objects.ts'

/**
 * A TrueType font in a document (ISO 32000-1, 9.7): text is written as the numbers of its glyphs, and the font file that
 * is embedded at the end has the glyphs that were used. Widths are in thousandths of the font's size.
 */

export type { Font }

/** Text as glyphs: the string of a content stream that shows them, without its brackets, and how wide they are. */
export type Glyphs = { codes: string; width: number }

export type EmbeddedFont = ReturnType<typeof embedFont>

/** Reads a font file; one that was read serves any number of documents. */
export const readFont = async (path: string): Promise<Font> => {
  const font = await open(path)
  if (!('createSubset' in font)) throw new Error(`${path} is a collection of fonts, not a font.`)
  return font
}

/** How many words are remembered; they repeat from record to record. */
const mostWords = 20_000

export const embedFont = (font: Font) => {
  // The package's types are those of another method; it takes and gives numbers of glyphs.
  const subset = font.createSubset() as unknown as { includeGlyph(glyph: number): number; encode(): Uint8Array }
  const scale = 1000 / font.unitsPerEm
  const widths: number[] = [Math.round(font.getGlyph(0).advanceWidth * scale)]
  const texts: string[] = ['\ufffd']
  const characters = new Map<string, Glyphs>()
  const words = new Map<string, Glyphs>()

  const character = (text: string): Glyphs => {
    const known = characters.get(text)
    if (known) return known
    const glyph = font.glyphForCodePoint(text.codePointAt(0)!)
    const id = subset.includeGlyph(glyph.id)
    widths[id] ??= Math.round(glyph.advanceWidth * scale)
    texts[id] ??= text
    const made = { codes: escaped(id >> 8) + escaped(id & 0xff), width: widths[id] }
    characters.set(text, made)
    return made
  }

  /** A word as glyphs. */
  const glyphs = (word: string): Glyphs => {
    const known = words.get(word)
    if (known) return known
    const made = { codes: '', width: 0 }
    for (const text of word) {
      const { codes, width } = character(text)
      made.codes += codes
      made.width += width
    }
    if (words.size === mostWords) words.clear()
    words.set(word, made)
    return made
  }

  /** Adds the font with the glyphs that were used, under its number. */
  const add = (objects: PdfObjects, number: ObjectNumber): void => {
    const name = `/${tag(texts)}+${font.postscriptName}`
    const metric = (value: number) => Math.round(value * scale)
    const { minX, minY, maxX, maxY } = font.bbox
    const bytes = subset.encode()
    const file = objects.addStream(`/Length1 ${bytes.length}`, bytes)
    const descriptor = objects.add(
      `<</Type/FontDescriptor/FontName${name}/Flags 32/FontBBox[${[minX, minY, maxX, maxY].map(metric).join(' ')}]` +
        `/ItalicAngle ${font.italicAngle}/Ascent ${metric(font.ascent)}/Descent ${metric(font.descent)}` +
        `/CapHeight ${metric(font.capHeight)}/StemV 80/FontFile2 ${ref(file)}>>`,
    )
    const descendant = objects.add(
      `<</Type/Font/Subtype/CIDFontType2/BaseFont${name}/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)` +
        `/Supplement 0>>/FontDescriptor ${ref(descriptor)}/CIDToGIDMap/Identity/W[0[${widths.join(' ')}]]>>`,
    )
    const unicode = objects.addStream('', toUnicode(texts))
    objects.add(
      `<</Type/Font/Subtype/Type0/BaseFont${name}/Encoding/Identity-H/DescendantFonts[${ref(descendant)}]` +
        `/ToUnicode ${ref(unicode)}>>`,
      number,
    )
  }

  return { ascent: font.ascent * scale, descent: -font.descent * scale, character, glyphs, add }
}

/** A byte of a literal string (7.3.4.2). */
const escaped = (byte: number): string => escapes[byte] ?? String.fromCharCode(byte)
const escapes: Record<number, string> = { 13: '\\r', 40: '\\(', 41: '\\)', 92: '\\\\' }

/** Six letters that tell this subset from others of the font (9.6.4). */
const tag = (texts: string[]): string => {
  let hash = 0
  for (const text of texts) hash = (Math.imul(hash, 31) + text.codePointAt(0)!) >>> 0
  return Array.from({ length: 6 }, (_, index) => String.fromCharCode(65 + (Math.floor(hash / 26 ** index) % 26))).join(
    '',
  )
}

/** How many characters one section of a map may have. */
const sectionLength = 100

/** What text each glyph stands for, so that it can be searched, copied and read aloud (9.10.3). */
const toUnicode = (texts: string[]): string => {
  const line = (text: string, glyph: number) =>
    `<${glyph.toString(16).padStart(4, '0')}> <${Buffer.from(text, 'utf16le').swap16().toString('hex')}>`
  const lines = texts.map(line)
  let sections = ''
  for (let from = 0; from < lines.length; from += sectionLength) {
    const section = lines.slice(from, from + sectionLength)
    sections += `${section.length} beginbfchar\n${section.join('\n')}\nendbfchar\n`
  }
  return (
    '/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n' +
    '/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def\n' +
    '/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n<0000> <ffff>\nendcodespacerange\n' +
    `${sections}endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n`
  )
}
