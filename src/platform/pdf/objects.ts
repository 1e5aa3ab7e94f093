import { deflateSync } from 'node:zlib'

/**
 * The objects of a PDF file (ISO 32000-1, 7.5), written one after another: what has been written is sent and forgotten,
 * only its place is kept for the cross-reference at the end. So a document of any length takes about the same memory.
 */

/** The number of an object; it may be referred to before it is written. */
export type ObjectNumber = number

export type PdfObjects = ReturnType<typeof createObjects>

/** An indirect reference. */
export const ref = (number: ObjectNumber): string => `${number} 0 R`

/** A text string (7.9.2.2), in UTF-16 with its byte order mark. */
export const textString = (text: string): string =>
  `<FEFF${Buffer.from(text.toWellFormed(), 'utf16le').swap16().toString('hex')}>`

/** Compresses in 0.6 of the usual time, to a fiftieth more. */
const level = 3
/** A stream of fewer bytes is not worth compressing. */
const shortest = 200

/** Objects without a stream are gathered, and compressed together (7.5.7). */
const objectsOfStream = 200
/** How much text of objects waits at most before it is compressed, in characters. */
const textOfStream = 64 * 1024

export const createObjects = () => {
  const places = createPlaces()
  let last: ObjectNumber = 0
  let offset = 0
  let ready: Uint8Array[] = []
  let plain: { number: ObjectNumber; text: string }[] = []
  let plainLength = 0

  const push = (part: Uint8Array) => {
    ready.push(part)
    offset += part.length
  }

  push(Buffer.from('%PDF-1.7\n%âãÏÓ\n', 'latin1'))

  const reserve = (): ObjectNumber => ++last

  /** Adds an object without a stream. */
  const add = (text: string, number = reserve()): ObjectNumber => {
    plain.push({ number, text })
    plainLength += text.length
    if (plain.length === objectsOfStream || plainLength > textOfStream) addPlain()
    return number
  }

  /**
   * Adds an object with a stream. `dictionary` has further entries.
   * @param data bytes, or text whose characters are bytes
   */
  const addStream = (dictionary: string, data: string | Uint8Array, number = reserve()): ObjectNumber => {
    const raw = typeof data === 'string' ? Buffer.from(data, 'latin1') : data
    // Handing a page to another thread costs more than compressing it here.
    const [filter, bytes] = raw.length < shortest ? ['', raw] : ['/Filter/FlateDecode', deflateSync(raw, { level })]
    places.set(number, 1, offset, 0)
    push(Buffer.from(`${number} 0 obj\n<<${dictionary}${filter}/Length ${bytes.length}>>\nstream\n`))
    push(bytes)
    push(Buffer.from('\nendstream\nendobj\n'))
    return number
  }

  const addPlain = () => {
    if (plain.length === 0) return
    const number = reserve()
    let head = ''
    let body = ''
    for (const [index, object] of plain.entries()) {
      head += `${object.number} ${body.length} `
      body += `${object.text} `
      places.set(object.number, 2, number, index)
    }
    addStream(`/Type/ObjStm/N ${plain.length}/First ${head.length}`, head + body, number)
    plain = []
    plainLength = 0
  }

  /** What was added so far, as the bytes to send. */
  const take = (): Buffer => {
    const bytes = Buffer.concat(ready)
    ready = []
    return bytes
  }

  /** The last bytes, with the cross-reference stream (7.5.8). */
  const end = (root: ObjectNumber, info: ObjectNumber): Buffer => {
    addPlain()
    const start = offset
    const number = reserve()
    places.set(number, 1, start, 0)
    const dictionary = `/Type/XRef/Size ${last + 1}/W[1 5 2]/Root ${ref(root)}/Info ${ref(info)}`
    addStream(dictionary, places.bytes(last), number)
    return Buffer.concat([take(), Buffer.from(`startxref\n${start}\n%%EOF\n`)])
  }

  return { reserve, add, addStream, take, end }
}

/** Where each object is, in the form of a cross-reference stream: its kind in 1 byte, its place in 5, its index in 2. */
const createPlaces = () => {
  const size = 8
  let table = Buffer.alloc(1024 * size)
  return {
    set(number: ObjectNumber, kind: 1 | 2, place: number, index: number) {
      if ((number + 1) * size > table.length) table = Buffer.concat([table, Buffer.alloc(table.length)])
      table.writeUInt8(kind, number * size)
      table.writeUIntBE(place, number * size + 1, 5)
      table.writeUInt16BE(index, number * size + 6)
    },
    /** Of the objects up to this one. Object 0 is the head of the list of free ones (7.5.4). */
    bytes: (last: ObjectNumber) => table.subarray(0, (last + 1) * size),
  }
}
