import type { Block, PrintDocument } from '../formats/document.ts'
import type { Language } from '../language/language.ts'
import type { Article30Source, ReportActivity } from './schema.ts'

/** The report as a document for print: what it is, what Art. 30 asks for, then each organisation with its activities. */
export const printedReport = (source: Article30Source): PrintDocument => {
  const { role, language: t, generatedAt, asOf, registerVersion, records } = source
  const moment = t.moment(asOf ?? generatedAt)
  const organisations = records.map(({ organisation }) => organisation.name)
  const [only, ...others] = organisations
  return {
    title: t.report.title,
    subtitle: t.report[role],
    language: t.code,
    header: `${t.report.title}${only !== undefined && others.length === 0 ? ` – ${only}` : ''}`,
    footer: t.report.asRecorded(moment, t.number(registerVersion)),
    page: t.report.page,
    contents: {
      heading: t.report.contents,
      items: records.flatMap(({ organisation, contents }) => [
        { level: 1, text: organisation.name, id: recordId(organisation.key) },
        ...contents.map(({ key, name, status }) => ({ level: 2 as const, text: name, id: activityId(key, status) })),
      ]),
    },
    blocks: blocks(source),
  }
}

const recordId = (key: string) => `record-${key}`
const activityId = (key: string, status: string) => `${status === 'in-force' ? 'activity' : 'proposal'}-${key}`

async function* blocks(source: Article30Source): AsyncGenerator<Block> {
  const { language: t, records, proposals } = source
  yield { kind: 'paragraph', style: 'plain', text: t.report.legend }
  if (proposals) yield { kind: 'paragraph', style: 'plain', text: t.report.proposalsMarked }
  yield* whatArticle30Asks(source)
  if (records.length === 0) yield { kind: 'paragraph', style: 'plain', text: t.report.noOrganisation }
  for (const { organisation, contents, proposed, activities } of records) {
    yield { kind: 'heading', level: 1, text: organisation.name, id: recordId(organisation.key) }
    for (const element of organisation.elements) yield { kind: 'element', element }
    if (contents.length === 0) yield { kind: 'paragraph', style: 'plain', text: t.report.noActivities(proposed) }
    for await (const activity of activities()) yield* activityBlocks(activity, t)
  }
}

function* whatArticle30Asks({ role, language: t }: Article30Source): Generator<Block> {
  const paragraph = role === 'controller' ? '30(1)' : '30(2)'
  yield { kind: 'heading', level: 1, text: t.report.whatArticle30Asks, id: 'article-30' }
  for (const [article, wording] of Object.entries(t.article30))
    if (article.startsWith(paragraph))
      yield { kind: 'paragraph', style: 'plain', text: `${t.cite(article)} ${t.regulation}: ${wording}` }
}

function* activityBlocks(activity: ReportActivity, t: Language): Generator<Block> {
  const { key, name, description, role, revision, status, elements, findings } = activity
  yield { kind: 'heading', level: 2, text: name, id: activityId(key, status) }
  if (status !== 'in-force') yield { kind: 'paragraph', style: 'mark', text: t.report.proposed }
  if (description) yield { kind: 'paragraph', style: 'plain', text: description }
  yield { kind: 'paragraph', style: 'meta', text: `${t.word(role)} · ${key} · ${t.columns.revision} ${revision}` }
  for (const element of elements.filter(({ article }) => article))
    yield { kind: 'element', provision: t.cite(element.article!), element }
  yield { kind: 'heading', level: 3, text: t.report.beyond, id: `${activityId(key, status)}-beyond` }
  for (const element of elements.filter(({ article }) => !article)) yield { kind: 'element', element }
  if (findings.length === 0) return
  yield {
    kind: 'heading',
    level: 3,
    text: `${t.report.findings} (${t.number(findings.length)})`,
    id: `${activityId(key, status)}-findings`,
  }
  for (const { severity, article, message, fix, waiver } of findings)
    yield {
      kind: 'finding',
      severity,
      label: t.word(severity),
      text: `${t.cite(article)}: ${message} ${waiver ? t.report.waived(t.date(waiver.until), waiver.by, waiver.reason) : fix}`,
    }
}
