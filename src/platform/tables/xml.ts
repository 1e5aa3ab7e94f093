const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** What XML 1.0, 2.2 excludes: control characters other than tab and line breaks, and two that are no characters. */
const excluded = /(?![\t\n\r\u007f-\u009f])\p{Cc}|[\ufffe\uffff]/gu

/** Text for XML 1.0, elements and attributes; characters that XML cannot have are left out. */
export const xmlText = (text: string): string =>
  text
    .toWellFormed()
    .replace(excluded, '')
    .replace(/[&<>"]/g, (character) => entities[character]!)

export const xmlDeclaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
