import { type ActivityView, type Finding, judge, readCircumstances, viewOf } from '../../activities/index.ts'
import type { Cell, Table } from '../../platform/tables/table.ts'
import type { TableColumn } from '../formats/table-report.ts'
import type { Language } from '../language/language.ts'
import { activityBatches, inForce, type Reading } from '../reading.ts'

/** The findings as a table: a row a finding, and sums by severity, provision, organisation and owner after it. */

export type FindingRow = { activity: ActivityView; organisation: string; owner: string; finding: Finding }

export type FindingFilter = { organisation?: string; severity?: Finding['severity']; article?: string; owner?: string }

/** The unit or the person that answers for an activity; empty when nobody is recorded. */
export const ownerOf = ({ owner }: ActivityView): string => owner?.unit ?? owner?.contact?.name ?? ''

/** Every finding of the activities in force. */
export async function* findingRows(reading: Reading, filter: FindingFilter): AsyncGenerator<FindingRow> {
  const { db, catalogue, at, moment } = reading
  for await (const rows of activityBatches(reading, inForce(filter.organisation))) {
    const circumstances = await readCircumstances(db, rows, moment)
    for (const row of rows) {
      const activity = viewOf(row)
      const owner = ownerOf(activity)
      if (filter.owner !== undefined && owner !== filter.owner) continue
      const organisation = catalogue.organisations.get(activity.organisation)?.name ?? activity.organisation
      for (const finding of judge({ status: row.status, activity }, catalogue, circumstances.get(row.id), at))
        if (isWanted(finding, filter)) yield { activity, organisation, owner, finding }
    }
  }
}

/** Whether a finding is of the severity and the provision asked for; `30` is all of Art. 30, `30(1)(b)` one letter of it. */
export const isWanted = ({ severity, article }: Finding, wanted: FindingFilter): boolean =>
  (wanted.severity === undefined || severity === wanted.severity) &&
  (wanted.article === undefined ||
    (article.startsWith(`Art. ${wanted.article}`) && !/^\d/.test(article.slice(`Art. ${wanted.article}`.length))))

export const findingColumns = (t: Language): TableColumn<FindingRow>[] => [
  { heading: t.tables.severity, width: 14, cell: ({ finding }) => t.word(finding.severity) },
  { heading: t.report.provision, width: 30, cell: ({ finding }) => t.cite(finding.article) },
  { heading: t.columns.organisation, width: 26, cell: (row) => row.organisation },
  { heading: t.labels.owner, width: 24, cell: (row) => row.owner },
  { heading: t.columns.activity, width: 32, cell: ({ activity }) => activity.name },
  { heading: t.tables.finding, width: 60, cell: ({ finding }) => finding.message },
  { heading: t.tables.fix, width: 60, cell: ({ finding }) => finding.fix },
  {
    heading: t.tables.waiver,
    width: 36,
    cell: ({ finding: { waiver } }) => waiver && t.report.waived(t.date(waiver.until), waiver.by, waiver.reason),
  },
]

/** Counts what passes, and gives the counts as a table that is made after it. */
export const summarised = (rows: AsyncIterable<FindingRow>, t: Language) => {
  const counts = new Map<string, { cells: string[]; number: number }>()
  async function* counted(): AsyncGenerator<FindingRow> {
    for await (const row of rows) {
      const { finding, organisation, owner } = row
      const cells = [t.word(finding.severity), t.cite(finding.article), organisation, owner]
      const count = counts.get(cells.join('\n')) ?? { cells, number: 0 }
      counts.set(cells.join('\n'), count)
      count.number++
      yield row
    }
  }
  const summary: Table = {
    name: t.tables.summary,
    columns: [
      { heading: t.tables.severity, width: 16 },
      { heading: t.report.provision, width: 34 },
      { heading: t.columns.organisation, width: 30 },
      { heading: t.labels.owner, width: 30 },
      { heading: t.tables.number, width: 12 },
    ],
    rows: made(() =>
      [...counts.values()].sort((a, b) => b.number - a.number).map(({ cells, number }) => [...cells, number]),
    ),
  }
  return { rows: counted(), summary }
}

/** Rows that are made when somebody asks for them. */
function* made(rows: () => Cell[][]): Generator<Cell[]> {
  yield* rows()
}
