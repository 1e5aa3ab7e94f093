import { Readable } from 'node:stream'

/** How much text is gathered before it goes on: many small pieces cost more than what they save in memory. */
const pieceLength = 64 * 1024

async function* gathered(texts: Iterable<string> | AsyncIterable<string>): AsyncGenerator<Buffer> {
  let text = ''
  for await (const next of texts) {
    text += next
    if (text.length < pieceLength) continue
    yield Buffer.from(text)
    text = ''
  }
  if (text !== '') yield Buffer.from(text)
}

/** Text that is made while it is read, as UTF-8. */
export const textStream = (texts: Iterable<string> | AsyncIterable<string>): Readable =>
  Readable.from(gathered(texts), { objectMode: false })
