import { titleOf } from '../../elements/element.ts'
import type { ReportElement, ReportEntry } from '../../elements/model.ts'
import type { ReportOrganisation } from '../../elements/parties.ts'
import type { LanguageCode } from '../../language/language.ts'
import type { ReportActivity } from '../schema.ts'

/** The columns that an authority's own template has, filled from the report. */
export type Layout = {
  id: 'ico' | 'cnil'
  /** Whose template it is, and where it is published. */
  title: string
  /** The language of the template. */
  language: LanguageCode
  columns: LayoutColumn[]
  lossReport: {
    name: string
    kind: string
    what: string
    activities: string
    /** A fact of the record that the template has no column for. */
    unmapped: string
    /** A column that the record has nothing for. */
    empty: string
  }
}

export type LayoutColumn = {
  heading: string
  width: number
  /** What of the report it shows: ids of elements, and of their details after a dot. */
  shows: string[]
  cell(facts: Facts): string | { date: string }
}

/** The facts of one activity, by the ids of the report. */
export type Facts = {
  activity: ReportActivity
  organisation: ReportOrganisation
  element(id: string): ReportElement | undefined
  /** What the entries of an element say, a line each, without their details. */
  texts(id: string): string
  /** What the details of an element's entries say, each after its entry; with their names, where several are asked for. */
  details(id: string, ...details: string[]): string
}

/** @param stateText what is said where there is no value */
export const factsOf = (
  activity: ReportActivity,
  organisation: ReportOrganisation,
  stateText: (element: ReportElement) => string,
): Facts => {
  const elements = new Map([...organisation.elements, ...activity.elements].map((element) => [element.id, element]))
  const entryText = ({ text, url }: ReportEntry) => text + (url === undefined ? '' : ` <${url}>`)
  const said = (element: ReportElement): string =>
    element.state === 'stated' ? element.entries.map(entryText).join(', ') : stateText(element)
  return {
    activity,
    organisation,
    element: (id) => elements.get(id),
    texts: (id) => {
      const element = elements.get(id)
      if (!element || element.state === 'notStated') return ''
      return element.state === 'stated' ? element.entries.map(entryText).join('\n') : stateText(element)
    },
    details: (id, ...wanted) => {
      const element = elements.get(id)
      // What is stated about the whole is stated about its details.
      if (element?.state === 'unknown' || element?.state === 'notApplicable') return stateText(element)
      return (element?.entries ?? [])
        .flatMap((entry) => {
          const found = entry.details.filter((detail) => wanted.includes(detail.id) && detail.state !== 'notStated')
          return found.length === 0
            ? []
            : [
                `${titleOf(entry)}: ${found.map((detail) => (wanted.length > 1 ? `${detail.label}: ${said(detail)}` : said(detail))).join('; ')}`,
              ]
        })
        .join('\n')
    },
  }
}
