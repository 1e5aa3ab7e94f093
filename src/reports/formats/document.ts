import type { ReportElement } from '../elements/model.ts'

/** Reports that are documents for print, as a sequence of blocks that are made while the document is sent. */

export type Block =
  | { kind: 'heading'; level: 1 | 2 | 3; text: string; id: string }
  | { kind: 'paragraph'; text: string; style: 'plain' | 'meta' | 'mark' }
  /** What is recorded under a name, with the provision that asks for it. */
  | { kind: 'element'; provision?: string; element: ReportElement }
  | { kind: 'finding'; severity: string; label: string; text: string }

export type PrintDocument = {
  title: string
  subtitle: string
  /** BCP 47. */
  language: string
  /** At the head of every page. */
  header: string
  /** At the foot of every page, beside its number. */
  footer: string
  /** The word before a page's number. */
  page: string
  contents: { heading: string; items: { level: 1 | 2; text: string; id: string }[] }
  blocks: AsyncIterable<Block>
}
