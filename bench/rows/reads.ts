import { interleave } from '../load.ts'
import { activityKey } from '../register.ts'
import { against, type Row, type Setting, several, spread, times } from './row.ts'

export const readRows = async ({ activities, register, bare, plain, headers, effort }: Setting): Promise<Row[]> => {
  const numbers = spread(activities, 100)
  const path = (n: number) => `/v1/processing-activities/${activityKey(numbers[n]!)}`
  const tags = await Promise.all(
    numbers.map(async (_, n) => (await fetch(register.url + path(n), { headers })).headers.get('etag')!),
  )
  const common = { connections: 32, headers }
  const found = await interleave(
    {
      register: { ...common, subject: register, requests: several(100, (n) => ({ path: path(n) })) },
      unchanged: {
        ...common,
        subject: register,
        expect: [304],
        requests: several(100, (n) => ({ path: path(n), headers: { ...headers, 'if-none-match': tags[n]! } })),
      },
      bare: { ...common, subject: bare, requests: [{ path: '/activity' }] },
      plain: {
        ...common,
        subject: plain,
        requests: several(100, (n) => ({ path: `/activity/${activityKey(numbers[n]!)}` })),
      },
    },
    effort,
  )
  return [
    {
      activities,
      what: 'GET one activity',
      figure: `${against(found.register, found.bare, 'bare Fastify')}; ${times(found.register.rate, found.plain.rate)} Fastify with pg`,
      wanted: '≥ 0.85 × and ≥ 2.5 ×',
    },
    {
      activities,
      what: 'GET, unchanged (304)',
      figure: against(found.unchanged, found.bare, 'bare Fastify sending the bytes'),
      wanted: '≥ 1.0 ×',
    },
  ]
}
