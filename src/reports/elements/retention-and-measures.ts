import type { Catalogue } from '../../catalogue/index.ts'
import type { Language } from '../language/language.ts'
import { element, entry, type Host, literalElement, namedEntry, said, textElement } from './element.ts'
import type { ReportElement } from './model.ts'
import type { Row, Subject } from './subject.ts'

/** Art. 30(1)(f) and (g): how long, and how it is protected. */

export const retention = ({ activity, host, catalogue, t }: Subject): ReportElement =>
  element<Row<'data'>[]>(t.named('retention', 'Art. 30(1)(f)'), host, '/data', (rows) =>
    rows.map(({ dataCategory }, i) =>
      entry(catalogue['data-categories'].get(dataCategory)?.name ?? dataCategory, {
        key: dataCategory,
        details: retentionDetails(activity.data![i]!.retentionPeriod, host, `/data/${i}/retentionPeriod`, catalogue, t),
      }),
    ),
  )

/** A period and what is known of it; what stands at the pointer is its key. */
export const retentionDetails = (
  key: string | undefined,
  host: Host,
  pointer: string,
  catalogue: Catalogue,
  t: Language,
): ReportElement[] => {
  const period = element<string>(t.named('retentionPeriod'), host, pointer, (k) => [
    entry(catalogue['retention-periods'].get(k)?.name ?? k, { key: k }),
  ])
  const facts = key === undefined ? undefined : (catalogue['retention-periods'].get(key) as Host | undefined)
  if (!facts) return [period]
  return [
    period,
    ...said([
      textElement(t.named('duration'), facts, '/duration', t.duration),
      textElement(t.named('criterion'), facts, '/criterion'),
    ]),
    textElement(t.named('startsWith'), facts, '/startsWith'),
    literalElement(t, t.named('disposal'), facts, '/disposal'),
    ...said([
      textElement(t.named('routine'), facts, '/routine'),
      textElement(t.named('legalReference'), facts, '/legalReference'),
    ]),
  ]
}

export const measures = ({ host, catalogue, t }: Subject, article: string) =>
  element<string[]>(t.named('securityMeasures', article), host, '/securityMeasures', (keys) =>
    keys.map((key) => {
      const { name = key, description, area, articles = [] } = catalogue['security-measures'].get(key) ?? {}
      const serves = articles.map((letter) => `${t.cite(letter)}: ${t.securityLetters[letter]}`)
      return namedEntry(name, description, {
        key,
        ...(area !== undefined && { literal: area }),
        details: said([
          element<string[]>(t.named('articles'), { v: serves.length > 0 ? serves : undefined } as Host, '/v', (texts) =>
            texts.map((text) => entry(text)),
          ),
        ]),
      })
    }),
  )
