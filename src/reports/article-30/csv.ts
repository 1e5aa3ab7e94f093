import { stringify } from 'csv-stringify/sync'
import type { Article30Source, ReportActivity, ReportElement, ReportOrganisation } from './schema.ts'

/**
 * The report as CSV (RFC 4180): a row an activity, a column an element. Cells that a spreadsheet would take for a formula
 * get an apostrophe before them (OWASP, CSV injection): a record is handed on, and opened by others.
 */
export async function* renderCsv(source: Article30Source): AsyncGenerator<string> {
  let columns: string[] | undefined
  for (const { organisation, activities } of source.records) {
    for await (const activity of activities()) {
      const cells = cellsOf(organisation, activity)
      if (!columns) {
        columns = cells.map(([name]) => name)
        yield row(columns)
      }
      yield row(cells.map(([, value]) => safe(value)))
    }
  }
  if (!columns) yield row(['Organisation', 'Activity'])
}

const row = (cells: string[]) => stringify([cells], { record_delimiter: '\r\n' })

const safe = (text: string): string => (/^\s*[=+\-@\t\r]/.test(text) ? `'${text}` : text)

const cellsOf = (organisation: ReportOrganisation, activity: ReportActivity): [name: string, value: string][] => [
  ['Organisation', organisation.name],
  ...organisation.elements
    .filter(({ id }) => ['contact', 'representative', 'dataProtectionOfficer'].includes(id))
    .map((element): [string, string] => [heading(element), elementText(element)]),
  ['Key', activity.key],
  ['Activity', activity.name],
  ['Description', activity.description ?? ''],
  ['Role', activity.role],
  ['Revision', String(activity.revision)],
  ...activity.elements.map((element): [string, string] => [heading(element), elementText(element)]),
  [
    'Findings',
    activity.findings
      .map(
        ({ severity, article, message, waiver }) =>
          `${severity}: ${message} (${article})${waiver ? `; waived until ${waiver.until}: ${waiver.reason}` : ''}`,
      )
      .join('\n'),
  ],
]

const heading = ({ label, article }: ReportElement) => (article ? `${article} ${label}` : label)

/** An element as text: a line an entry, its details after it. */
export const elementText = (element: ReportElement): string => {
  if (element.state !== 'stated') return stateText(element)
  return element.entries
    .map(({ text, url, details }) => {
      const more = details.map((detail) => `${detail.label}: ${elementText(detail).replaceAll('\n', ', ')}`)
      return [text + (url ? ` <${url}>` : ''), ...more].join('; ')
    })
    .join('\n')
}

const stateNames = {
  none: 'none',
  unknown: 'unknown',
  notApplicable: 'not applicable',
  notStated: 'not stated',
} as const

/** What is said where there is no value. */
export const stateText = ({ state, reason }: ReportElement): string =>
  state === 'stated' ? '' : stateNames[state] + (reason ? `: ${reason}` : '')
