import { type ObjectNumber, type PdfObjects, ref, textString } from './objects.ts'

type Node = { number: ObjectNumber; first?: ObjectNumber; last?: ObjectNumber; count: number }
type Bookmark = Node & { title: string; target: ObjectNumber; parent: ObjectNumber; previous: ObjectNumber | undefined }

/** The bookmarks of a document (ISO 32000-1, 12.3.3). Each is written when it is known which follows it. */
export const createBookmarks = (objects: PdfObjects) => {
  const root: Node = { number: objects.reserve(), count: 0 }
  /** The last bookmark of each level. */
  const open: Bookmark[] = []

  const children = ({ first, last }: Node, count: number) =>
    first && last ? `/First ${ref(first)}/Last ${ref(last)}/Count ${count}` : ''

  const write = (bookmark: Bookmark, next?: ObjectNumber) => {
    const { number, title, target, parent, previous, count } = bookmark
    const siblings = (previous ? `/Prev ${ref(previous)}` : '') + (next ? `/Next ${ref(next)}` : '')
    const entries = `/Title ${textString(title)}/Parent ${ref(parent)}/Dest ${ref(target)}`
    // A negative count: what is below is shown when the reader opens it.
    objects.add(`<<${entries}${siblings}${children(bookmark, -count)}>>`, number)
  }

  /** Adds a bookmark to a destination, on level 1 or below the last one of the level above. */
  const add = (level: number, title: string, target: ObjectNumber) => {
    const number = objects.reserve()
    while (open.length > level) write(open.pop()!)
    const before = open.length === level ? open.pop()! : undefined
    if (before) write(before, number)
    const parent = open.at(-1) ?? root
    parent.first ??= number
    parent.last = number
    parent.count++
    open.push({ number, title, target, parent: parent.number, previous: before?.number, count: 0 })
  }

  /** Writes the root. */
  const end = (): ObjectNumber => {
    while (open.length > 0) write(open.pop()!)
    return objects.add(`<</Type/Outlines${children(root, root.count)}>>`, root.number)
  }

  return { add, end }
}
