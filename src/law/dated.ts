/** What every dated fact of the law says of itself: where it is written, from when it holds and until when. */

export type Citation = {
  /** How a lawyer would cite it. */
  title: string
  url?: string
}

export type DatedFact = {
  /** The first day on which it holds, `YYYY-MM-DD`. */
  effectiveFrom: string
  /** The last day on which it holds, `YYYY-MM-DD`; absent: it has no known end. */
  effectiveUntil?: string
  citation: Citation
  /** Whether the dates were checked against a second source; where not, check them before you rely on them. */
  confirmed: boolean
}

/**
 * Whether a fact holds on a day; both its first and its last day count.
 * @param date `YYYY-MM-DD`; dates of that form compare as text
 */
export const inForce = ({ effectiveFrom, effectiveUntil }: DatedFact, date: string) =>
  effectiveFrom <= date && (effectiveUntil === undefined || date <= effectiveUntil)

/**
 * The citation of an act in EUR-Lex.
 * @param celex its CELEX number, for example `32021D0914`
 */
export const eurLex = (celex: string, title: string): Citation => ({
  title,
  url: `https://eur-lex.europa.eu/legal-content/EN/TXT/?uri=CELEX:${celex}`,
})

const numbersIn = (text: string): string[] => text.match(/\d{4}\/\d+/g) ?? []

/** Whether a text names an act of the Union by its number, `2016/1250` or `2010/87`, whatever stands around it. */
export const namesAct = (text: string, act: string): boolean =>
  // Most texts name another act: that is told without taking them apart.
  numbersIn(act).some((number) => text.includes(number) && numbersIn(text).includes(number))
