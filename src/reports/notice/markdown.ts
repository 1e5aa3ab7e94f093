import type { ReportElement, ReportEntry } from '../elements/model.ts'
import { stateText } from '../formats/text.ts'
import type { Language } from '../language/language.ts'
import { versionText } from './html.ts'
import type { Notice } from './model.ts'

/** A notice as Markdown (CommonMark); what was recorded is escaped, so that none of it becomes markup. */
export const renderMarkdown = (notice: Notice, t: Language): string => {
  const lines = [`# ${escaped(notice.title)}`, '', escaped(notice.introduction), '', `_${versionText(notice, t)}_`, '']
  for (const { heading, paragraphs, items, elements, activities } of notice.sections) {
    lines.push(`## ${escaped(heading)}`, '')
    for (const paragraph of paragraphs) lines.push(escaped(paragraph), '')
    for (const item of items) lines.push(`- ${escaped(item)}`)
    if (items.length > 0) lines.push('')
    for (const element of elements) lines.push(...elementLines(element, 0, t))
    if (elements.length > 0) lines.push('')
    for (const { name, description, elements: facts } of activities) {
      lines.push(`### ${escaped(name)}`, '')
      if (description !== undefined) lines.push(escaped(description), '')
      for (const fact of facts) lines.push(...elementLines(fact, 0, t))
      lines.push('')
    }
  }
  return `${lines.join('\n').trimEnd()}\n`
}

const elementLines = (element: ReportElement, depth: number, t: Language): string[] => {
  const provision = element.article && depth === 0 ? ` (${escaped(t.cite(element.article))})` : ''
  const label = `${'  '.repeat(depth)}- **${escaped(element.label)}**${provision}:`
  if (element.state !== 'stated') return [`${label} _${escaped(stateText(element, t))}_`]
  if (element.entries.every(({ details }) => details.length === 0))
    return [`${label} ${element.entries.map(entryText).join('; ')}`]
  return [label, ...element.entries.flatMap((entry) => entryLines(entry, depth + 1, t))]
}

const entryLines = (entry: ReportEntry, depth: number, t: Language): string[] => [
  `${'  '.repeat(depth)}- ${entryText(entry)}`,
  ...entry.details.flatMap((detail) => elementLines(detail, depth + 1, t)),
]

const entryText = ({ text, url }: ReportEntry) => escaped(text) + (url === undefined ? '' : ` <${url}>`)

/** ASCII punctuation with a meaning, and line breaks, which would end a list item. */
const escaped = (text: string) => text.replace(/[\\`*_{}[\]<>#+|~!&]/g, '\\$&').replace(/\s*\n\s*/g, ' ')
