import { type ObjectNumber, type PdfObjects, ref } from './objects.ts'

/**
 * The tags of a document (ISO 32000-1, 14.7), which tell a screen reader what is a heading, a paragraph, a list. An element
 * is written when it ends; until then it knows no more than the references to what is in it.
 */

type Element = { number: ObjectNumber; tag: string; kids: string[] }

/** How many pages one leaf of the tree covers that leads from marked content to its element (14.7.4.4). */
const pagesOfLeaf = 500

export const createTags = (objects: PdfObjects) => {
  const root = objects.reserve()
  const open: Element[] = []
  const roots: string[] = []
  const leaves: { first: number; last: number; number: ObjectNumber }[] = []
  let leaf: string[] = []
  let pages = 0
  let sections = 0

  const current = (): Element => open.at(-1)!

  /** Begins an element in the one that is open. */
  const begin = (tag: string) => {
    const element = { number: objects.reserve(), tag, kids: [] }
    ;(open.at(-1)?.kids ?? roots).push(ref(element.number))
    open.push(element)
  }

  const end = () => {
    const { number, tag, kids } = open.pop()!
    const parent = open.at(-1)?.number ?? root
    objects.add(`<</Type/StructElem/S/${tag}/P ${ref(parent)}/K[${kids.join(' ')}]>>`, number)
  }

  /** Begins a section of a level from 1, in the last one of the level above; deeper sections end. */
  const section = (level: number) => {
    while (sections >= level) {
      end()
      sections--
    }
    begin('Sect')
    sections++
  }

  /** Says that the open element has content on a page, under a number that is its own on that page. */
  const content = (page: ObjectNumber, mark: number): ObjectNumber => {
    current().kids.push(`<</Type/MCR/Pg ${ref(page)}/MCID ${mark}>>`)
    return current().number
  }

  /** Closes a page, given the element of each piece of its content. */
  const endPage = (elements: ObjectNumber[]) => {
    leaf.push(`${pages++} ${ref(objects.add(`[${elements.map(ref).join(' ')}]`))}`)
    if (leaf.length === pagesOfLeaf) endLeaf()
  }

  const endLeaf = () => {
    if (leaf.length === 0) return
    const [first, last] = [pages - leaf.length, pages - 1]
    leaves.push({ first, last, number: objects.add(`<</Limits[${first} ${last}]/Nums[${leaf.join(' ')}]>>`) })
    leaf = []
  }

  /** Adds the root; what is left open is closed. */
  const add = (): ObjectNumber => {
    while (open.length > 0) end()
    endLeaf()
    const tree = objects.add(`<</Kids[${leaves.map(({ number }) => ref(number)).join(' ')}]>>`)
    const entries = `/K[${roots.join(' ')}]/ParentTree ${ref(tree)}/ParentTreeNextKey ${pages}`
    return objects.add(`<</Type/StructTreeRoot${entries}>>`, root)
  }

  return { begin, end, section, content, endPage, add }
}
