import { type Html, html } from '../../platform/http/html.ts'
import type { ReportOrganisation } from '../elements/parties.ts'
import { renderElement } from '../formats/element-html.ts'
import { pageHead } from '../formats/page.ts'
import type { Language } from '../language/language.ts'
import type { Article30Source, ReportActivity } from './schema.ts'

/** The report as a page: for the screen, for a phone and for print. Complete in itself, without any script. */
export async function* renderHtml(source: Article30Source): AsyncGenerator<string> {
  const { role, language: t, generatedAt, asOf, registerVersion, proposals, records } = source
  const moment = asOf ?? generatedAt
  yield `${pageHead.render(t.report.title, t.code)}${html`<a class="skip" href="#contents">${t.report.skip}</a>
<header>
<h1>${t.report.title}</h1>
<p class="lead">${t.report[role]}.<br>
${t.report.asRecorded(t.moment(moment), t.number(registerVersion))}${asOf !== undefined && html`; ${t.report.printed(t.moment(generatedAt))}`}.
${t.report.legend} ${proposals && t.report.proposalsMarked}</p>
</header>
<nav id="contents" aria-label="${t.report.contents}">
<h2>${t.report.contents}</h2>
${records.length === 0 && html`<p>${t.report.noOrganisation}</p>`}
${records.map(
  ({ organisation, contents, proposed }) => html`<h3><a href="#${recordId(organisation)}">${organisation.name}</a></h3>
${contents.length === 0 ? html`<p>${t.report.noActivities(proposed)}</p>` : html`<ol>${contents.map((activity) => html`<li><a href="#${activityId(activity)}">${activity.name}</a></li>`)}</ol>`}
`,
)}
</nav>
<main>
`}`
  for (const { organisation, contents, proposed, activities } of records) {
    yield String(html`<section class="record" id="${recordId(organisation)}">
<h2>${organisation.name}</h2>
<div class="activity"><dl>${organisation.elements.map((element) => renderElement(element, t))}</dl></div>
${contents.length === 0 && html`<p>${t.report.noActivities(proposed)}</p>`}
`)
    for await (const activity of activities()) yield String(renderActivity(activity, t))
    yield '</section>\n'
  }
  yield '</main>\n</body>\n</html>\n'
}

const recordId = ({ key }: ReportOrganisation) => `record-${key}`

/** What is proposed stands beside what is in force, under an address of its own. */
const activityId = ({ key, status }: { key: string; status: string }) =>
  `${status === 'in-force' ? 'activity' : 'proposal'}-${key}`

const renderActivity = (activity: ReportActivity, t: Language): Html => {
  const { key, name, description, revision, role, status, elements } = activity
  const beyond = elements.filter(({ article, state }) => !article && state !== 'notStated')
  const open = elements.filter(({ article, state }) => !article && state === 'notStated')
  const proposed = status !== 'in-force'
  return html`<article class="activity${proposed && ' proposed'}" id="${activityId(activity)}">
<header>
<h3>${name}</h3>
${proposed && html`<p class="mark">${t.report.proposed}</p>`}
${description && html`<p>${description}</p>`}
<p class="meta">${t.word(role)} · <code>${key}</code> · ${t.columns.revision} ${revision}</p>
</header>
<dl>${elements.filter(({ article }) => article).map((element) => renderElement(element, t))}</dl>
<div class="beyond"><h4>${t.report.beyond}</h4>
<dl>${beyond.map((element) => renderElement(element, t))}${
    open.length > 0 &&
    html`<div class="element"><dt>${t.states.notStated}</dt><dd><span class="state state-notStated">${open.map(({ label }) => label).join('; ')}</span></dd></div>`
  }</dl></div>
${renderFindings(activity, t)}
</article>
`
}

const renderFindings = ({ key, status, findings }: ReportActivity, t: Language): Html | false => {
  if (findings.length === 0) return false
  const id = `findings-${status === 'in-force' ? '' : 'proposal-'}${key}`
  return html`<section class="findings" aria-labelledby="${id}">
<h4 id="${id}">${t.report.findings} (${t.number(findings.length)})</h4>
<ul>${findings.map(
    ({
      severity,
      article,
      message,
      fix,
      waiver,
    }) => html`<li class="${severity}"><span class="severity">${t.word(severity)}</span> ${t.cite(article)}: ${message} <span class="fix">${
      waiver ? t.report.waived(t.date(waiver.until), waiver.by, waiver.reason) : fix
    }</span></li>
`,
  )}</ul>
</section>`
}
