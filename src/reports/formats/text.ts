import type { ReportElement } from '../elements/model.ts'
import type { Language } from '../language/language.ts'

/** Elements as plain text, for cells. */

/** What is said where there is no value. */
export const stateText = ({ state, reason }: ReportElement, t: Language): string =>
  state === 'stated' ? '' : t.states[state] + (reason ? `: ${reason}` : '')

/** The entries of an element as text, each with its details; what is said instead where there are none. */
export const entryTexts = (element: ReportElement, t: Language): string[] => {
  if (element.state !== 'stated') return [stateText(element, t)]
  return element.entries.map(({ text, url, details }) => {
    const more = details.map((detail) => `${detail.label}: ${entryTexts(detail, t).join(', ').replaceAll('\n', ', ')}`)
    return [text + (url ? ` <${url}>` : ''), ...more].join('; ')
  })
}

/** An element as text, a line an entry. */
export const elementText = (element: ReportElement, t: Language): string => entryTexts(element, t).join('\n')

/** The name of an element after the provision that asks for it. */
export const heading = ({ label, article }: ReportElement, t: Language): string =>
  article ? `${t.cite(article)}: ${label}` : label
