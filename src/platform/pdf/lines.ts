import type { EmbeddedFont } from './font.ts'

/** A line of text as glyphs, and how wide it is. */
export type Line = { codes: string; width: number }

/** How many texts are remembered with their lines, and of what length: a catalogue's come again with each activity. */
const remembered = { texts: 2000, length: 300 }

/** Breaks text as `breakLines` does, in one font. */
export const createLineBreaker = (font: EmbeddedFont) => {
  const known = new Map<string, readonly Line[]>()
  return (text: string, width: number): readonly Line[] => {
    if (text.length > remembered.length) return breakLines(font, text, width)
    const name = `${width} ${text}`
    let lines = known.get(name)
    if (lines === undefined) {
      lines = breakLines(font, text, width)
      if (known.size === remembered.texts) known.clear()
      known.set(name, lines)
    }
    return lines
  }
}

/**
 * Breaks text into lines of a width at its spaces, and where it says so. A word that is wider than a line, as an address
 * or a text without spaces, is broken where the line ends. Widths are in thousandths of the font's size.
 */
export const breakLines = (font: EmbeddedFont, text: string, width: number): Line[] =>
  text
    .normalize('NFC')
    .split(/\r\n|[\n\v\f\r\u0085\u2028\u2029]/)
    .flatMap((paragraph) => breakParagraph(font, paragraph, width))

const breakParagraph = (font: EmbeddedFont, text: string, width: number): Line[] => {
  const space = font.glyphs(' ')
  let line: Line = { codes: '', width: 0 }
  const lines = [line]
  const begin = () => {
    line = { codes: '', width: 0 }
    lines.push(line)
  }
  const append = ({ codes, width }: Line) => {
    line.codes += codes
    line.width += width
  }
  for (const word of text.split(/[ \t]+/)) {
    const glyphs = font.glyphs(word)
    if (line.codes !== '') {
      if (line.width + space.width + glyphs.width > width) begin()
      else append(space)
    }
    if (glyphs.width <= width) {
      append(glyphs)
      continue
    }
    for (const text of word) {
      const character = font.character(text)
      if (line.width + character.width > width && line.codes !== '') begin()
      append(character)
    }
  }
  return lines
}
