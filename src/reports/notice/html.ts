import { type Html, html } from '../../platform/http/html.ts'
import { renderElement } from '../formats/element-html.ts'
import { pageHead } from '../formats/page.ts'
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
