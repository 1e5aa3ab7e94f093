import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { type Html, html, webAddress } from '../../platform/http/html.ts'
import { stateText } from './csv.ts'
import type { Article30Source, ReportActivity, ReportElement, ReportOrganisation } from './schema.ts'

const style = readFileSync(new URL('report.css', import.meta.url), 'utf8')

/** Lets the page use its one style sheet and nothing else: no script, no picture, no frame, no address beyond it. */
export const contentSecurityPolicy =
  `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; ` +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

const registerNames = {
  controller: 'Record of processing activities under the responsibility of the controller, Art. 30(1) GDPR',
  processor: 'Record of categories of processing activities carried out on behalf of a controller, Art. 30(2) GDPR',
}

/** The report as a page: for the screen, for a phone and for print. Complete in itself, without any script. */
export async function* renderHtml(source: Article30Source): AsyncGenerator<string> {
  const { title, role, generatedAt, asOf, registerVersion, records } = source
  const moment = asOf ?? generatedAt
  yield `${html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
`}<style>${style}</style>${html`
</head>
<body>
<a class="skip" href="#contents">Skip to the contents</a>
<header>
<h1>${title}</h1>
<p class="lead">${registerNames[role]}.<br>
As recorded on <time datetime="${moment}">${minute(moment)}</time>, version ${registerVersion} of the register${asOf !== undefined && html`; printed on ${minute(generatedAt)}`}.
Transfers are judged by the law of that day. “○ not stated” marks what nobody has said yet, “? unknown” what is known to be unknown.</p>
</header>
<nav id="contents" aria-label="Contents">
<h2>Contents</h2>
${records.length === 0 && html`<p>The register holds no organisation of our own.</p>`}
${records.map(
  ({ organisation, contents }) => html`<h3><a href="#${recordId(organisation)}">${organisation.name}</a></h3>
${contents.length === 0 ? html`<p>No activities in this role.</p>` : html`<ol>${contents.map(({ key, name }) => html`<li><a href="#activity-${key}">${name}</a></li>`)}</ol>`}
`,
)}
</nav>
<main>
`}`
  for (const { organisation, contents, activities } of records) {
    yield String(html`<section class="record" id="${recordId(organisation)}">
<h2>${organisation.name}</h2>
<div class="activity"><dl>${organisation.elements.map(renderElement)}</dl></div>
${contents.length === 0 && html`<p>No processing activities in this role are recorded.</p>`}
`)
    for await (const activity of activities()) yield String(renderActivity(activity))
    yield '</section>\n'
  }
  yield '</main>\n</body>\n</html>\n'
}

const recordId = ({ key }: ReportOrganisation) => `record-${key}`

const renderActivity = (activity: ReportActivity): Html => {
  const { key, name, description, revision, role, elements, findings } = activity
  const beyond = elements.filter(({ article, state }) => !article && state !== 'notStated')
  const open = elements.filter(({ article, state }) => !article && state === 'notStated')
  return html`<article class="activity" id="activity-${key}">
<header>
<h3>${name}</h3>
${description && html`<p>${description}</p>`}
<p class="meta">${role} · <code>${key}</code> · revision ${revision}</p>
</header>
<dl>${elements.filter(({ article }) => article).map(renderElement)}</dl>
<div class="beyond"><h4>Beyond Art. 30</h4>
<dl>${beyond.map(renderElement)}${
    open.length > 0 &&
    html`<div class="element"><dt>Not stated</dt><dd><span class="state state-notStated">${open.map(({ label }) => label).join('; ')}</span></dd></div>`
  }</dl></div>
${renderFindings(activity, findings)}
</article>
`
}

const renderElement = (element: ReportElement): Html => html`<div class="element"><dt>${
  element.article && html`<span class="article">${element.article}</span>`
}${element.label}</dt><dd>${element.state === 'stated' ? renderEntries(element) : renderState(element)}</dd></div>
`

const renderState = (element: ReportElement): Html =>
  html`<span class="state state-${element.state}">${stateText(element)}</span>`

const renderEntries = ({ entries }: ReportElement): Html => {
  const [first] = entries
  if (entries.length === 1 && first!.details.length === 0) return renderText(first!)
  return html`<ul>${entries.map((entry) => html`<li>${renderText(entry)}${renderDetails(entry.details)}</li>`)}</ul>`
}

const renderText = ({ text, url }: { text: string; url?: string }): Html => {
  const address = url && webAddress(url)
  return address ? html`${text} <a href="${address}" rel="noopener noreferrer">${address}</a>` : html`${text}`
}

const emphasised = new Set(['specialCategory', 'criminal'])

const renderDetails = (details: ReportElement[]): Html | false =>
  details.length > 0 &&
  html`<ul class="details">${details.map(
    (detail) =>
      html`<li${emphasised.has(detail.id) && html` class="special"`}><span class="label">${detail.label}:</span> ${
        detail.state !== 'stated' ? renderState(detail) : renderDetailEntries(detail)
      }</li>`,
  )}</ul>`

/** Details are set in one line as long as they have no details of their own. */
const renderDetailEntries = (detail: ReportElement): Html =>
  detail.entries.some(({ details }) => details.length > 0)
    ? renderEntries(detail)
    : html`${detail.entries.map((entry, i) => html`${i > 0 && ', '}${renderText(entry)}`)}`

const renderFindings = ({ key }: ReportActivity, findings: ReportActivity['findings']): Html | false =>
  findings.length > 0 &&
  html`<section class="findings" aria-labelledby="findings-${key}">
<h4 id="findings-${key}">Findings (${findings.length})</h4>
<ul>${findings.map(
    ({
      severity,
      article,
      message,
      fix,
      waiver,
    }) => html`<li class="${severity}"><span class="severity">${severity}</span> ${article}: ${message} <span class="fix">${
      waiver ? `Waived until ${waiver.until} by ${waiver.by}: ${waiver.reason}` : fix
    }</span></li>
`,
  )}</ul>
</section>`

/** An instant to the minute, for a reader. */
const minute = (instant: string) => `${instant.slice(0, 16).replace('T', ' ')} UTC`
