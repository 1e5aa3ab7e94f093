import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { TransferGround } from '../../law/index.ts'
import { oneOf } from '../../platform/http/schema.ts'
import { de } from './de.ts'
import { type Dictionary, en } from './en.ts'
import { es } from './es.ts'
import { fr } from './fr.ts'
import { it } from './it.ts'
import { nl } from './nl.ts'

const dictionaries = { en, de, fr, es, it, nl } satisfies Record<string, Dictionary>

/** The languages of reports (BCP 47). What the register's users wrote stays as it was written. */
export const languageCodes = ['en', 'de', 'fr', 'es', 'it', 'nl'] as const
export type LanguageCode = (typeof languageCodes)[number]

export type LabelId = keyof Dictionary['labels']

/** A dictionary with the dates, numbers and names of places of its language. */
export type Language = Dictionary & {
  code: LanguageCode
  /** Id and name of an element, with the provision that asks for it: `Art. 30(1)(b)`. */
  named(id: LabelId, article?: string): { id: LabelId; label: string; article?: string }
  /** A provision as this language version cites it: `6(1)(a)`, `49(1)-second`, or `Art. 30(2)(a), (b)`. */
  cite(article: string): string
  /** A day, `YYYY-MM-DD`. */
  date(day: string): string
  /** An instant, RFC 3339 in UTC, to the minute. */
  moment(instant: string): string
  number(value: number): string
  /** Name and code of a country, ISO 3166-1 alpha-2. */
  country(code: string): string
  /** An ISO 8601 duration in words. */
  duration(iso: string): string
  /** A literal of the record as a reader would say it. */
  word(literal: string): string
  list(texts: string[]): string
}

const localeOf = (code: LanguageCode) => (code === 'en' ? 'en-GB' : code)

const createLanguage = (code: LanguageCode): Language => {
  const dictionary: Dictionary = dictionaries[code]
  const locale = localeOf(code)
  const day = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' })
  const time = new Intl.DateTimeFormat(locale, { timeStyle: 'short', timeZone: 'UTC' })
  const regions = new Intl.DisplayNames(code, { type: 'region' })
  const numbers = new Intl.NumberFormat(locale)
  const lists = new Intl.ListFormat(locale, { style: 'long', type: 'conjunction' })
  const date = remembered((iso) => day.format(new Date(`${iso}T00:00:00Z`)))
  const country = remembered((place) => (/^[A-Z]{2}$/.test(place) ? `${regions.of(place)} (${place})` : place))
  return {
    ...dictionary,
    code,
    named: (id, article) => ({ id, label: dictionary.labels[id], ...(article !== undefined && { article }) }),
    cite: remembered((article) => cite(article, dictionary.citation)),
    date,
    moment: (instant) => `${day.format(new Date(instant))}, ${time.format(new Date(instant))} UTC`,
    number: (value) => numbers.format(value),
    country,
    duration: remembered((iso) => inWords(iso, locale)),
    word: (literal) => (dictionary.literals as Record<string, string>)[literal] ?? literal,
    list: (texts) => lists.format(texts),
    transferGround: (ground) => dictionary.transferGround(readable(ground, date, country)),
  }
}

/** How many texts are remembered of one kind. */
const mostRemembered = 1000

/** The same function; what it answered is kept, because formatters are slow, and a report asks the same again and again. */
const remembered = (format: (text: string) => string) => {
  const known = new Map<string, string>()
  return (text: string): string => {
    const answer = known.get(text) ?? format(text)
    if (known.size === mostRemembered) known.clear()
    known.set(text, answer)
    return answer
  }
}

/** A ground whose place and day are written as the language writes them. */
const readable = (ground: TransferGround, date: (day: string) => string, country: (place: string) => string) => ({
  ...ground,
  ...('place' in ground && { place: country(ground.place) }),
  ...('day' in ground && { day: date(ground.day) }),
})

const cite = (provision: string, { article, paragraph, point, secondSubparagraph }: Dictionary['citation']) =>
  provision.replace(
    /(?:Art\. )?(\d+)(?:\((\d+)\))?((?:(?:, )?\([a-z]\))*)(-second)?/,
    (_, number: string, paragraphNumber: string | undefined, letters: string, second: string | undefined) =>
      [
        `${article}${number}`,
        paragraphNumber && paragraph(paragraphNumber),
        points([...letters.matchAll(/[a-z]/g)].map(([letter]) => point(letter))),
        second && secondSubparagraph,
      ]
        .filter(Boolean)
        .join(''),
  )

/** Some languages put a comma before a point by itself, some nothing: between two there is one in all of them. */
const points = ([first = '', ...others]: string[]) =>
  first + others.map((other) => `, ${other.replace(/^,? */, '')}`).join('')

const units = { Y: 'year', M: 'month', W: 'week', D: 'day', H: 'hour', m: 'minute', S: 'second' } as const

const inWords = (iso: string, locale: string) => {
  const [dates = '', times = ''] = iso.slice(1).split('T')
  const parts = [...dates.matchAll(/(\d+)([YMWD])/g), ...times.replace('M', 'm').matchAll(/(\d+)([HmS])/g)]
  return parts
    .map(([, count, unit]) =>
      new Intl.NumberFormat(locale, {
        style: 'unit',
        unit: units[unit as keyof typeof units],
        unitDisplay: 'long',
      }).format(Number(count)),
    )
    .join(' ')
}

const created = new Map<LanguageCode, Language>()

/** The language of a code. */
export const languageOf = (code: LanguageCode): Language => {
  const known = created.get(code)
  if (known) return known
  const language = createLanguage(code)
  created.set(code, language)
  return language
}

/** `language`, for every report. */
export const languageParameter = {
  language: Type.Optional(
    oneOf(
      languageCodes,
      'The language of everything but what was recorded, which stays as written; absent: the best that `Accept-Language` allows, or English.',
    ),
  ),
}

/** The language that a request asks for: by parameter, else by `Accept-Language` (RFC 9110, 12.5.4), else English. */
export const chooseLanguage = (
  request: Pick<FastifyRequest, 'accepts'> & { query: { language?: LanguageCode } },
): Language => {
  const accepted = request.query.language ?? request.accepts().language([...languageCodes])
  return languageOf(languageCodes.find((code) => code === accepted) ?? 'en')
}
