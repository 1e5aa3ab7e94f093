import type { Readable } from 'node:stream'
import yazl from 'yazl'
import { textStream } from '../text-stream.ts'

/** A file of an archive, whose text is made while it is sent. */
export type ZipFile = { path: string; text(): Iterable<string> | AsyncIterable<string> }

/**
 * A ZIP archive, the container of XLSX and DOCX (ECMA-376, part 2). Files are made one after another, each when the one
 * before it has been sent, so a later one can tell what an earlier one contains.
 */
export const zip = (files: Iterable<ZipFile>): Readable => {
  const archive = new yazl.ZipFile()
  // `outputStream` is a Readable; its declared type is the older interface.
  const output = archive.outputStream as Readable
  const fail = (error: Error) => output.destroy(error)
  archive.on('error', fail)
  let current: Readable | undefined
  for (const { path, text } of files)
    archive.addReadStreamLazy(path, { mtime: epoch }, (give) => {
      current = textStream(text())
      current.on('error', fail)
      give(null, current)
    })
  // Who stops reading ends what is being made.
  output.on('close', () => current?.destroy())
  archive.end()
  return output
}

/** The earliest time that the format knows: equal contents are equal bytes. */
const epoch = new Date(1980, 0, 1)
