const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** What XML 1.0, 2.2 excludes: control characters other than tab and line breaks, and two that are no characters. */
const excluded = /(?![\t\n\r\u007f-\u009f])\p{Cc}|[\ufffe\uffff]/gu

/** Text for XML 1.0, elements and attributes; characters that XML cannot have are left out. */
export const xmlText = (text: string): string =>
  text
    .toWellFormed()
    .replace(excluded, '')
    .replace(/[&<>"]/g, (character) => entities[character]!)

/** What the text of a cell writes as `_xHHHH_`, and so what already looks like that, too (ECMA-376, 22.9.2.19, ST_Xstring). */
const escaped = /_(?=x[0-9A-Fa-f]{4}_)|(?![\t\n\u007f-\u009f])\p{Cc}|[\ufffe\uffff]/gu

/** Text for a cell of a workbook: also characters that XML cannot have survive. */
export const textOfCells = (text: string): string =>
  xmlText(
    text.replace(escaped, (character) => `_x${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`),
  )

export const xmlDeclaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
