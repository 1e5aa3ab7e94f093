import { type Html, html, webAddress } from '../../platform/http/html.ts'
import type { ReportElement } from '../elements/model.ts'
import type { Language } from '../language/language.ts'
import { stateText } from './text.ts'

/** An element as a page shows it: a term of a list of definitions, with what is recorded under it. */
export const renderElement = (element: ReportElement, t: Language): Html => html`<div class="element"><dt>${
  element.article && html`<span class="article">${t.cite(element.article)}</span>`
}${element.label}</dt><dd>${element.state === 'stated' ? renderEntries(element, t) : renderState(element, t)}</dd></div>
`

const renderState = (element: ReportElement, t: Language): Html =>
  html`<span class="state state-${element.state}">${stateText(element, t)}</span>`

const renderEntries = ({ entries }: ReportElement, t: Language): Html => {
  const [first] = entries
  if (entries.length === 1 && first!.details.length === 0) return renderText(first!)
  return html`<ul>${entries.map((entry) => html`<li>${renderText(entry)}${renderDetails(entry.details, t)}</li>`)}</ul>`
}

const renderText = ({ text, url }: { text: string; url?: string }): Html => {
  const address = url && webAddress(url)
  if (address === text) return html`<a href="${address}" rel="noopener noreferrer">${address}</a>`
  return address ? html`${text} <a href="${address}" rel="noopener noreferrer">${address}</a>` : html`${text}`
}

const emphasised = new Set(['specialCategory', 'criminal'])

const renderDetails = (details: ReportElement[], t: Language): Html | false =>
  details.length > 0 &&
  html`<ul class="details">${details.map(
    (detail) =>
      html`<li${emphasised.has(detail.id) && html` class="special"`}><span class="label">${detail.label}:</span> ${
        detail.state !== 'stated' ? renderState(detail, t) : renderDetailEntries(detail, t)
      }</li>`,
  )}</ul>`

/** Details are set in one line as long as they have no details of their own. */
const renderDetailEntries = (detail: ReportElement, t: Language): Html =>
  detail.entries.some(({ details }) => details.length > 0)
    ? renderEntries(detail, t)
    : html`${detail.entries.map((entry, i) => html`${i > 0 && ', '}${renderText(entry)}`)}`
