import { type Html, html, webAddress } from '../../platform/http/html.ts'
import type { ReportElement, ReportEntry } from '../elements/model.ts'
import { pageHead } from '../formats/page.ts'
import { stateText } from '../formats/text.ts'
import type { Language } from '../language/language.ts'
import type { Notice, NoticeSection } from './model.ts'

/** A notice as a page: complete in itself, without any script, ready to be published. */
export const renderNoticePage = (notice: Notice, t: Language): string =>
  pageHead.render(notice.title, t.code) +
  String(html`<header><h1>${notice.title}</h1>
<p class="lead">${notice.introduction}</p><p class="meta">${versionText(notice, t)}</p></header>
<main>${notice.sections.map((section) => renderSection(section, t))}</main>
</body>
</html>
`)

/** Which version of the notice it is, and of which day. */
export const versionText = ({ version, issuedOn, asOf }: Notice, t: Language): string =>
  issuedOn === undefined
    ? t.notice.noVersion(t.date((asOf ?? new Date().toISOString()).slice(0, 10)))
    : t.notice.version(t.number(version), t.date(issuedOn))

const renderSection = (
  { id, heading, paragraphs, items, elements, activities }: NoticeSection,
  t: Language,
): Html => html`
<section id="${id}">
<h2>${heading}</h2>
${paragraphs.map((text) => html`<p>${text}</p>`)}
${items.length > 0 && html`<ul>${items.map((text) => html`<li>${text}</li>`)}</ul>`}
${elements.length > 0 && html`<dl>${elements.map((element) => renderElement(element, t))}</dl>`}
${activities.map(
  ({ key, name, description, elements: facts }) => html`<article class="activity" id="activity-${key}">
<header><h3>${name}</h3>${description && html`<p>${description}</p>`}</header>
<dl>${facts.map((fact) => renderElement(fact, t))}</dl></article>
`,
)}
</section>`

const renderElement = (element: ReportElement, t: Language): Html => html`<div class="element"><dt>${
  element.article && html`<span class="article">${t.cite(element.article)}</span>`
}${element.label}</dt><dd>${renderContent(element, t)}</dd></div>
`

const renderContent = (element: ReportElement, t: Language): Html => {
  if (element.state !== 'stated')
    return html`<span class="state state-${element.state}">${stateText(element, t)}</span>`
  const [first] = element.entries
  if (element.entries.length === 1 && first!.details.length === 0) return renderText(first!)
  return html`<ul>${element.entries.map(
    (entry) =>
      html`<li>${renderText(entry)}${
        entry.details.length > 0 &&
        html`<ul class="details">${entry.details.map((detail) => html`<li><span class="label">${detail.label}:</span> ${renderContent(detail, t)}</li>`)}</ul>`
      }</li>`,
  )}</ul>`
}

const renderText = ({ text, url }: ReportEntry): Html => {
  const address = url && webAddress(url)
  return address ? html`${text} <a href="${address}" rel="noopener noreferrer">${address}</a>` : html`${text}`
}
