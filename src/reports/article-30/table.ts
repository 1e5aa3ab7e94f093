import type { ActivityView } from '../../activities/index.ts'
import { type Catalogue, type CatalogueResource, catalogueResources } from '../../catalogue/index.ts'
import type { Cell, Column, Table } from '../../platform/tables/table.ts'
import type { Workbook } from '../../platform/tables/xlsx.ts'
import { describeCatalogueEntry } from '../elements/catalogue-entry.ts'
import type { ReportElement } from '../elements/model.ts'
import { elementText, heading } from '../formats/text.ts'
import type { Language } from '../language/language.ts'
import { describeActivity } from './activity.ts'
import type { Article30Source, ReportActivity } from './schema.ts'

/** The report as tables: a row an activity, a column an element; and for workbooks, a sheet a catalogue. */

/** Where entries of the catalogue stand in their sheets, in the order in which activities name them first. */
export type Places = Map<CatalogueResource, Map<string, Place>>

type Place = {
  /** Its row in the sheet of its resource. */
  row: number
  /** How many activities name it, and the row of the first of them. */
  activities: number
  first: number
}

const emptyCatalogue = Object.fromEntries(
  catalogueResources.map((resource) => [resource, new Map()]),
) as unknown as Catalogue

/** The elements that every activity of a register has, whatever is said in it. */
const elementsOf = (role: 'controller' | 'processor', at: string, t: Language) =>
  describeActivity(
    { name: '', role, organisation: '', meta: { createdAt: '', updatedAt: '' } } as unknown as ActivityView,
    emptyCatalogue,
    [],
    at,
    t,
  ).elements

const organisationElements = ['contact', 'representative', 'dataProtectionOfficer']

/** The resource that the entries of an element come from. */
const resourceOf: Record<string, CatalogueResource> = {
  purposes: 'purposes',
  dataSubjectCategories: 'data-subject-categories',
  data: 'data-categories',
  recipients: 'recipients',
  subprocessors: 'subprocessors',
  securityMeasures: 'security-measures',
  services: 'services',
  jointControllers: 'organisations',
  controllers: 'organisations',
}

const dates = ['lastReviewedOn', 'nextReviewOn', 'performedFrom', 'performedUntil']
const wide = [
  'purposes',
  'data',
  'recipients',
  'subprocessors',
  'transfers',
  'retention',
  'securityMeasures',
  'controllers',
]

const widthOf = (id: string) => (dates.includes(id) ? 18 : wide.includes(id) ? 90 : 36)

/**
 * The register as a table.
 * @param places gathers which entries of the catalogue the activities name, for the sheets that follow; absent: there are none
 */
export const registerTable = (source: Article30Source, places?: Places): Table => {
  const { role, language: t, at, records } = source
  const elements = elementsOf(role, at, t)
  const columns: Column[] = [
    { heading: t.columns.activity, width: 28 },
    { heading: t.columns.key, width: 22 },
    { heading: t.columns.organisation, width: 24 },
    ...(records[0]?.organisation.elements ?? [])
      .filter(({ id }) => organisationElements.includes(id))
      .map((element) => ({ heading: heading(element, t), width: 30 })),
    { heading: t.columns.description, width: 40 },
    { heading: t.columns.role, width: 16 },
    { heading: t.columns.status, width: 14 },
    { heading: t.columns.revision, width: 10 },
    ...elements.map((element) => ({
      heading: heading(element, t),
      width: widthOf(element.id),
    })),
    { heading: t.columns.findings, width: 90 },
  ]
  return { name: t.catalogue.activities, columns, rows: registerRows(source, places) }
}

async function* registerRows(
  { records, language: t }: Article30Source,
  places: Places | undefined,
): AsyncGenerator<Cell[]> {
  let row = 2
  for (const { organisation, activities } of records) {
    const about = organisation.elements
      .filter(({ id }) => organisationElements.includes(id))
      .map((element) => elementText(element, t))
    for await (const activity of activities()) {
      const refer: Refer = (resource, keys) => places && placeOf(places, resource, keys, row)
      const cells = [
        activity.name,
        activity.key,
        linked(organisation.name, t.catalogue.organisations, refer('organisations', [organisation.key])),
        ...about,
        activity.description,
        t.word(activity.role),
        t.word(activity.status),
        activity.revision,
        ...activity.elements.map((element) => elementCell(element, refer, t)),
        findingsText(activity, t),
      ]
      yield cells
      row++
    }
  }
}

const linked = (text: string, sheet: string, row: number | undefined): Cell =>
  row === undefined ? text : { text, link: { sheet, row } }

/** Notes that an activity names entries; the row of the first of them in their sheet, where there is one. */
type Refer = (resource: CatalogueResource, keys: string[]) => number | undefined

const elementCell = (element: ReportElement, refer: Refer, t: Language): Cell => {
  const [only] = element.entries
  if (only?.date !== undefined && element.entries.length === 1) return { date: only.date }
  const text = elementText(element, t)
  // The entries of a time limit are categories of data; their first detail is the period.
  const entries =
    element.id === 'retention' ? element.entries.flatMap(({ details }) => details[0]!.entries) : element.entries
  const resource = element.id === 'retention' ? 'retention-periods' : resourceOf[element.id]
  if (resource === undefined) return text
  return linked(
    text,
    t.catalogue[resource],
    refer(
      resource,
      entries.flatMap(({ key }) => key ?? []),
    ),
  )
}

const placeOf = (places: Places, resource: CatalogueResource, keys: string[], row: number): number | undefined => {
  const sheet = places.get(resource) ?? new Map<string, Place>()
  places.set(resource, sheet)
  for (const key of new Set(keys)) {
    const place = sheet.get(key)
    if (place) place.activities++
    else sheet.set(key, { row: sheet.size + 2, activities: 1, first: row })
  }
  return keys[0] === undefined ? undefined : sheet.get(keys[0])!.row
}

const findingsText = ({ findings }: Pick<ReportActivity, 'findings'>, t: Language): string =>
  findings
    .map(
      ({ severity, article, message, waiver }) =>
        `${t.word(severity)}: ${message} (${t.cite(article)})${waiver ? `; ${t.report.waived(t.date(waiver.until), waiver.by, waiver.reason)}` : ''}`,
    )
    .join('\n')

/** A sheet for each resource of the catalogue, with what the activities of the register name. */
const catalogueTables = ({ catalogue, language: t, at }: Article30Source, places: Places): Table[] =>
  catalogueResources.map((resource) => ({
    name: t.catalogue[resource],
    columns: [
      { heading: t.columns.name, width: 30 },
      { heading: t.columns.key, width: 24 },
      { heading: t.columns.description, width: 50 },
      ...describeCatalogueEntry(resource, undefined, emptyCatalogue, t, at).map((element) => ({
        heading: heading(element, t),
        width: element.id === 'engagedSince' ? 16 : 36,
      })),
      { heading: t.columns.usedIn, width: 14 },
    ],
    rows: catalogueRows(resource, catalogue, places, t, at),
  }))

function* catalogueRows(
  resource: CatalogueResource,
  catalogue: Catalogue,
  places: Places,
  t: Language,
  at: string,
): Generator<Cell[]> {
  for (const [key, { activities, first }] of places.get(resource) ?? []) {
    const found = catalogue[resource].get(key)
    const elements = describeCatalogueEntry(resource, found, catalogue, t, at)
    yield [
      found?.name ?? key,
      key,
      found?.description,
      ...elements.map((element): Cell => {
        const [only] = element.entries
        return only?.date === undefined ? elementText(element, t) : { date: only.date }
      }),
      { text: t.number(activities), link: { sheet: t.catalogue.activities, row: first } },
    ]
  }
}

/** A first sheet: what the report is, from when, and what Art. 30 asks for in the words of the Regulation. */
const aboutTable = ({
  role,
  language: t,
  generatedAt,
  asOf,
  registerVersion,
  records,
  proposals,
}: Article30Source): Table => {
  const paragraph = role === 'controller' ? '30(1)' : '30(2)'
  return {
    name: t.catalogue.about,
    columns: [
      { heading: t.report.provision, width: 40 },
      { heading: t.report.title, width: 110 },
    ],
    rows: [
      [t.report.title, t.report[role]],
      [t.columns.organisation, records.map(({ organisation }) => organisation.name).join('\n')],
      [t.report.asOf, t.moment(asOf ?? generatedAt)],
      [t.report.version, t.number(registerVersion)],
      ['', t.report.legend],
      ...(proposals ? [['', t.report.proposalsMarked]] : []),
      ...records
        .filter(({ contents }) => contents.length === 0)
        .map(({ organisation, proposed }) => [organisation.name, t.report.noActivities(proposed)]),
      ...[t.catalogue.activities, ...catalogueResources.map((resource) => t.catalogue[resource])].map(
        (sheet): Cell[] => ['', { text: sheet, link: { sheet, row: 1 } }],
      ),
      ...Object.entries(t.article30)
        .filter(([article]) => article.startsWith(paragraph))
        .map(([article, wording]) => [t.cite(article), wording]),
    ],
  }
}

/** The report as a workbook: what it is, the register, and a sheet for each catalogue. */
export const article30Workbook = (source: Article30Source): Workbook => {
  const { language: t, asOf, generatedAt, registerVersion } = source
  const places: Places = new Map()
  return {
    title: t.report.title,
    language: t.code,
    footer: t.report.asRecorded(t.moment(asOf ?? generatedAt), t.number(registerVersion)),
    page: t.report.page,
    cut: t.report.cut,
    sheets: [aboutTable(source), registerTable(source, places), ...catalogueTables(source, places)],
  }
}
