/** Bytes as text: decoded, or refused with the place. A byte that is replaced by U+FFFD is lost for good. */

/** Bytes that are not UTF-8; lines count from 1. */
export class NotUtf8 extends Error {
  readonly line: number
  /** The first byte that is wrong. */
  readonly byte: number
  constructor(line: number, byte: number) {
    super(`is not UTF-8: byte 0x${byte.toString(16).toUpperCase().padStart(2, '0')} in line ${line}`)
    this.line = line
    this.byte = byte
  }
}

const strict = (label = 'utf-8') => new TextDecoder(label, { fatal: true })

/**
 * Decodes UTF-8; a byte order mark is left out.
 * @throws NotUtf8
 */
export const decodeUtf8 = (bytes: Uint8Array): string => {
  try {
    return strict().decode(bytes)
  } catch {
    throw findWrongByte(bytes)
  }
}

/** No character of several bytes has a line feed in it, so lines can be looked at one by one. */
const findWrongByte = (bytes: Uint8Array): NotUtf8 => {
  for (let start = 0, line = 1; ; line++) {
    const end = bytes.indexOf(0x0a, start)
    const part = bytes.subarray(start, end === -1 ? undefined : end)
    const wrong = wrongByteIn(part)
    if (wrong !== undefined || end === -1) return new NotUtf8(line, wrong ?? 0)
    start = end + 1
  }
}

const wrongByteIn = (line: Uint8Array): number | undefined => {
  const decoder = strict()
  let begun: number | undefined
  for (const [index, byte] of line.entries())
    try {
      const text = decoder.decode(line.subarray(index, index + 1), { stream: true })
      begun = text === '' ? (begun ?? byte) : undefined
    } catch {
      return begun ?? byte
    }
  return begun
}

/** The label of an encoding that is declared in a `Content-Type` field; undefined: none is. */
export const charsetOf = (contentType: string | undefined): string | undefined =>
  /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(contentType ?? '')?.[1]?.toLowerCase()

/** Whether a label means UTF-8 (WHATWG Encoding, 4.2). */
export const isUtf8Label = (label: string): boolean => label === 'utf-8' || label === 'utf8'

/**
 * Decodes by a label of the WHATWG Encoding Standard, such as `windows-1252` or `utf-16le`.
 * @returns undefined: there is no such label, or the bytes are not of this encoding
 */
export const decodeAs = (bytes: Uint8Array, label: string): string | undefined => {
  try {
    return strict(label).decode(bytes)
  } catch {
    return undefined
  }
}
