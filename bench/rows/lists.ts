import { type Case, interleave } from '../load.ts'
import type { Subject } from '../process.ts'
import { against, type Row, type Setting, times } from './row.ts'

const filters = {
  'the first page': '',
  'by organisation': '&organisation=organisations-0',
  'by purpose': '&purpose=purposes-7',
  'by country': '&country=US',
  'by special categories': '&specialCategories=true',
  'by three filters': '&role=controller&dataCategory=data-categories-3&service=services-9',
  'by words': '&q=activity+many',
  'due for review': '&reviewDueBefore=2027-01-01',
  'without a hit': '&legalBasis=6(1)(d)',
} as const

export const listRows = async ({ activities, register, plain, headers, effort }: Setting): Promise<Row[]> => {
  const path = '/v1/processing-activities?limit=50'
  const common = { connections: 32, headers }
  const last = await lastPage(register, headers)
  let asked = 0
  const found = await interleave(
    {
      ...(Object.fromEntries(
        Object.entries(filters).map(([name, filter]) => [
          name,
          { ...common, subject: register, requests: [{ path: path + filter }] },
        ]),
      ) as Record<keyof typeof filters, Case>),
      'the last page': { ...common, subject: register, requests: [{ path: last }] },
      // Each by another day, which all of the first page come before.
      'asked for the first time': {
        ...common,
        subject: register,
        requests: () => ({ path: `${path}&reviewDueBefore=${dayAfter('2100-01-01', asked++)}` }),
      },
      // Each by the number of another activity, with more spaces when all were asked for.
      'by words, asked for the first time': {
        ...common,
        subject: register,
        requests: () => ({
          path: `${path}&q=activity+${asked++ % activities}${'+'.repeat(Math.floor(asked / activities) + 1)}`,
        }),
      },
      plain: { ...common, subject: plain, requests: [{ path: '/activities' }] },
    },
    effort,
  )
  const { plain: keyset, ...ours } = found
  return Object.entries(ours).map(([name, measured]) => ({
    activities,
    what: `list of 50, ${name}`,
    figure: `${against(measured, keyset, 'keyset over stored texts')}; ${times(measured.rate, ours['the first page'].rate)} the first page; p99 ${(measured.p99 / Math.max(measured.p50, 0.5)).toFixed(1)} × p50`,
    wanted: '≥ 5 ×; last ≥ 0.9 × first; p99 ≤ 10 × p50',
  }))
}

const dayAfter = (day: string, days: number): string =>
  new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10)

/** Path of the last page of the list of all. */
const lastPage = async ({ url }: Subject, headers: Record<string, string>): Promise<string> => {
  let path = '/v1/processing-activities?limit=200'
  let size = 200
  for (;;) {
    const answer = await fetch(url + path, { headers })
    const { items, nextCursor } = (await answer.json()) as { items: unknown[]; nextCursor: string | null }
    size = items.length
    if (nextCursor === null) break
    path = `/v1/processing-activities?limit=200&cursor=${nextCursor}`
  }
  return size >= 50 || !path.includes('cursor')
    ? path.replace('limit=200', 'limit=50')
    : path.replace('limit=200', `limit=${size}`)
}
