import type { Cell, Table } from '../../../platform/tables/table.ts'
import type { Workbook } from '../../../platform/tables/xlsx.ts'
import type { ReportElement } from '../../elements/model.ts'
import { stateText } from '../../formats/text.ts'
import type { Language } from '../../language/language.ts'
import type { Article30Source } from '../schema.ts'
import { cnil } from './cnil.ts'
import { ico } from './ico.ts'
import { factsOf, type Layout } from './layout.ts'

export const layouts = { ico, cnil }

/**
 * The report in the columns of an authority's template, and after it what got lost on the way: facts that the template has
 * no column for, and columns that the record has nothing for.
 */
export const layoutWorkbook = (source: Article30Source, layout: Layout): Workbook => {
  const { language: t, asOf, generatedAt, registerVersion, records } = source
  const losses = createLosses(layout)
  const heads = records.map(({ organisation }) =>
    [organisation.name, ...organisation.elements.map((element) => `${element.label}: ${elementLine(element, t)}`)].join(
      '\n',
    ),
  )
  return {
    title: layout.title,
    language: t.code,
    footer: t.report.asRecorded(t.moment(asOf ?? generatedAt), t.number(registerVersion)),
    page: t.report.page,
    cut: t.report.cut,
    sheets: [
      {
        name: t.catalogue.about,
        columns: [{ heading: layout.title, width: 110 }],
        rows: [
          [t.report.asRecorded(t.moment(asOf ?? generatedAt), t.number(registerVersion))],
          ...heads.map((head) => [head]),
        ],
      },
      {
        name: layout.id === 'ico' ? 'Controller' : 'Registre',
        columns: [{ heading: t.columns.organisation, width: 24 }, ...layout.columns],
        rows: rows(source, layout, losses),
      },
      losses.table,
    ],
  }
}

const elementLine = (element: ReportElement, t: Language) =>
  element.state === 'stated' ? element.entries.map(({ text }) => text).join(', ') : stateText(element, t)

async function* rows(
  { records, language: t }: Article30Source,
  layout: Layout,
  losses: Losses,
): AsyncGenerator<Cell[]> {
  for (const { organisation, activities } of records)
    for await (const activity of activities()) {
      const facts = factsOf(activity, organisation, (element) => stateText(element, t))
      const cells = layout.columns.map(({ cell }) => cell(facts))
      losses.add(activity.elements, cells)
      yield [organisation.name, ...cells]
    }
}

type Losses = { add(elements: ReportElement[], cells: Cell[]): void; table: Table }

const createLosses = ({ columns, lossReport }: Layout): Losses => {
  const shown = new Set(columns.flatMap(({ shows }) => shows))
  const unmapped = new Map<string, number>()
  const filled = columns.map(() => 0)
  let activities = 0
  function* losses(): Generator<Cell[]> {
    for (const [label, number] of [...unmapped].sort((a, b) => b[1] - a[1])) yield [lossReport.unmapped, label, number]
    for (const [i, { heading }] of columns.entries())
      if (filled[i]! < activities) yield [lossReport.empty, heading, activities - filled[i]!]
  }
  return {
    add: (elements, cells) => {
      activities++
      for (const [i, cell] of cells.entries()) if (cell !== '') filled[i]!++
      const labels = new Set<string>()
      for (const element of elements.filter(({ state }) => state !== 'notStated')) {
        if (!shown.has(element.id)) labels.add(element.label)
        for (const { details } of element.entries)
          for (const detail of details)
            if (detail.state !== 'notStated' && !shown.has(`${element.id}.${detail.id}`))
              labels.add(`${element.label} › ${detail.label}`)
      }
      for (const label of labels) unmapped.set(label, (unmapped.get(label) ?? 0) + 1)
    },
    table: {
      name: lossReport.name,
      columns: [
        { heading: lossReport.kind, width: 50 },
        { heading: lossReport.what, width: 80 },
        { heading: lossReport.activities, width: 14 },
      ],
      rows: losses(),
    },
  }
}
