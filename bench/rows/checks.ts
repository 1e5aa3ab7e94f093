import { interleave, type Request } from '../load.ts'
import { activityContent } from '../register.ts'
import { against, type Row, type Setting, spread } from './row.ts'

type Question = { purpose: string; dataCategories: string[]; recipients: string[]; subprocessors: string[] }

const questionOf = (n: number): Question => {
  const { purposes, data, recipients, subprocessors } = activityContent(n) as unknown as {
    purposes: { purpose: string }[]
    data: { dataCategory: string }[]
    recipients: { recipient: string }[]
    subprocessors: { subprocessor: string }[]
  }
  return {
    purpose: purposes[0]!.purpose,
    dataCategories: [data[0]!.dataCategory],
    recipients: recipients.map(({ recipient }) => recipient),
    subprocessors: subprocessors.map(({ subprocessor }) => subprocessor),
  }
}

export const checkRows = async ({ activities, register, bare, headers, effort }: Setting): Promise<Row[]> => {
  const json = { ...headers, 'content-type': 'application/json' }
  const asked = (path: string, question: (n: number) => object): Request[] =>
    spread(activities, 100).map((n) => ({
      method: 'POST',
      path,
      headers: json,
      body: JSON.stringify(question(n - (n % 5))),
    }))
  const covered = (n: number) => questionOf(n)
  const uncovered = (n: number) => ({ ...questionOf(n), countries: ['AQ'] })
  const common = { connections: 32, headers: json }
  const found = await interleave(
    {
      pass: { ...common, subject: register, requests: asked('/v1/checks', covered) },
      fail: { ...common, subject: register, requests: asked('/v1/checks', uncovered) },
      bare: { ...common, subject: bare, requests: asked('/check', covered) },
    },
    effort,
  )
  return [
    {
      activities,
      what: 'POST /v1/checks, that passes',
      figure: against(found.pass, found.bare, 'bare Fastify'),
      wanted: '≥ 0.7 ×, flat ≥ 0.9',
    },
    {
      activities,
      what: 'POST /v1/checks, that fails',
      figure: against(found.fail, found.bare, 'bare Fastify'),
      wanted: '≥ 0.7 ×, flat ≥ 0.9',
    },
  ]
}
