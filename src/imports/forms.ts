/**
 * How people and their programs write what the register writes in one way: days, and yes and no, in the six languages of its
 * reports. Only what has one meaning is understood.
 */

/** As spreadsheets and people write them: English, German, French, Spanish, Italian, Dutch. */
const yes = new Set(['true', 'yes', 'wahr', 'ja', 'vrai', 'oui', 'verdadero', 'sí', 'si', 'vero', 'sì', 'waar'])
const no = new Set(['false', 'no', 'falsch', 'nein', 'faux', 'non', 'falso', 'onwaar', 'nee'])

/** @returns undefined: it is neither */
export const truthOf = (word: string): boolean | undefined => {
  const plain = word.trim().toLowerCase()
  return yes.has(plain) ? true : no.has(plain) ? false : undefined
}

/** `day`: 31/03/2026, `month`: 03/31/2026; undefined: no cell of the file tells. */
export type SlashOrder = 'day' | 'month' | undefined

const slashed = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/

/** Which number comes first in dates with slashes, as the dates of a file that can be read in one way only tell. */
export const slashOrderOf = (cells: Iterable<string>): SlashOrder => {
  const orders = new Set<SlashOrder>()
  for (const cell of cells) {
    const match = slashed.exec(cell.trim())
    if (!match) continue
    if (Number(match[1]) > 12) orders.add('day')
    if (Number(match[2]) > 12) orders.add('month')
  }
  return orders.size === 1 ? [...orders][0] : undefined
}

const iso = (year: string, month: string, day: string) => `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`

/**
 * A day as `YYYY-MM-DD`.
 * @returns what was given, if it is no day that is understood: validation names it then
 * @throws SyntaxError for a day that can be read in two ways
 */
export const dayOf = (text: string, order: SlashOrder): string => {
  const plain = text.trim()
  // 31.03.2026 in German, 31-03-2026 in Dutch: nobody writes the month first so.
  const dotted = /^(\d{1,2})[.-](\d{1,2})[.-](\d{4})$/.exec(plain)
  if (dotted) return iso(dotted[3]!, dotted[2]!, dotted[1]!)
  const match = slashed.exec(plain)
  if (!match) return text
  const [, first, second, year] = match as unknown as [string, string, string, string]
  if (first === second) return iso(year, second, first)
  if (order === undefined)
    throw new SyntaxError(
      `${plain} can be ${iso(year, second, first)} or ${iso(year, first, second)}; write it as YYYY-MM-DD`,
    )
  return order === 'day' ? iso(year, second, first) : iso(year, first, second)
}
