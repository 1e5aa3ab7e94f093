import type { Catalogue } from '../../catalogue/index.ts'
import { securityTitles } from '../../law/index.ts'
import { element, entry, type Host, said, textElement } from './element.ts'
import { duration, word } from './format.ts'
import type { ReportElement } from './schema.ts'
import type { Row, Subject } from './subject.ts'

/** Art. 30(1)(f) and (g): how long, and how it is protected. */

export const retention = ({ activity, host, catalogue }: Subject): ReportElement =>
  element<Row<'data'>[]>(
    { id: 'retention', label: 'Envisaged time limits for erasure', article: 'Art. 30(1)(f)' },
    host,
    '/data',
    (rows) =>
      rows.map(({ dataCategory }, i) =>
        entry(catalogue['data-categories'].get(dataCategory)?.name ?? dataCategory, {
          key: dataCategory,
          details: retentionDetails(activity.data![i]!.retentionPeriod, host, `/data/${i}/retentionPeriod`, catalogue),
        }),
      ),
  )

const retentionDetails = (
  key: string | undefined,
  host: Host,
  pointer: string,
  catalogue: Catalogue,
): ReportElement[] => {
  const period = element<string>({ id: 'retentionPeriod', label: 'Period' }, host, pointer, (k) => [
    entry(catalogue['retention-periods'].get(k)?.name ?? k, { key: k }),
  ])
  const facts = key === undefined ? undefined : (catalogue['retention-periods'].get(key) as Host | undefined)
  if (!facts) return [period]
  return [
    period,
    ...said([
      textElement({ id: 'duration', label: 'Kept for' }, facts, '/duration', duration),
      textElement({ id: 'criterion', label: 'Kept until' }, facts, '/criterion'),
    ]),
    textElement({ id: 'startsWith', label: 'Counted from' }, facts, '/startsWith'),
    textElement({ id: 'disposal', label: 'Then' }, facts, '/disposal', word),
    ...said([
      textElement({ id: 'routine', label: 'Carried out by' }, facts, '/routine'),
      textElement({ id: 'legalReference', label: 'Required by' }, facts, '/legalReference'),
    ]),
  ]
}

export const measures = ({ host, catalogue }: Subject, article: string) =>
  element<string[]>(
    { id: 'securityMeasures', label: 'Technical and organisational security measures', article },
    host,
    '/securityMeasures',
    (keys) =>
      keys.map((key) => {
        const { name = key, description, articles = [] } = catalogue['security-measures'].get(key) ?? {}
        const serves = articles.map((letter) => `Art. ${letter}: ${securityTitles[letter]}`)
        return entry([name, description].filter(Boolean).join(': '), {
          key,
          details: said([
            element<string[]>(
              { id: 'articles', label: 'Serves' },
              { v: serves.length > 0 ? serves : undefined } as Host,
              '/v',
              (texts) => texts.map((text) => entry(text)),
            ),
          ]),
        })
      }),
  )
