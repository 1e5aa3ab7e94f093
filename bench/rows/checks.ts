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

/** Spaces in a question make another text of it, which no answer is remembered for; up to so many, in two places. */
const spacings = 40

export const checkRows = async ({ activities, register, bare, headers, effort }: Setting): Promise<Row[]> => {
  const numbers = spread(activities, 100).map((n) => n - (n % 5))
  const covered = numbers.map((n) => JSON.stringify(questionOf(n)))
  const uncovered = numbers.map((n) => JSON.stringify({ ...questionOf(n), countries: ['AQ'] }))
  const json = { ...headers, 'content-type': 'application/json' }
  const request = (path: string, body: string): Request => ({ method: 'POST', path, headers: json, body })
  /** Questions in turn, each in another text than the many before it. */
  const anew = (path: string, questions: string[]) => {
    let asked = 0
    return () => {
      const turn = asked++
      const round = Math.floor(turn / questions.length)
      const question = questions[turn % questions.length]!
      const [before, behind] = [round % spacings, Math.floor(round / spacings) % spacings].map((n) => ' '.repeat(n))
      return request(path, before + question + behind)
    }
  }
  const common = { connections: 32, headers: json }
  const found = await interleave(
    {
      pass: { ...common, subject: register, requests: anew('/v1/checks', covered) },
      fail: { ...common, subject: register, requests: anew('/v1/checks', uncovered) },
      bare: { ...common, subject: bare, requests: anew('/check', covered) },
      again: { ...common, subject: register, requests: covered.map((body) => request('/v1/checks', body)) },
      bareAgain: { ...common, subject: bare, requests: covered.map((body) => request('/check', body)) },
    },
    effort,
  )
  const wanted = '≥ 0.7 ×, flat ≥ 0.9'
  const row = (what: string, figure: string): Row => ({ activities, what: `POST /v1/checks, ${what}`, figure, wanted })
  return [
    row('asked before', against(found.again, found.bareAgain, 'bare Fastify')),
    row('asked for the first time, that passes', against(found.pass, found.bare, 'bare Fastify')),
    row('asked for the first time, that fails', against(found.fail, found.bare, 'bare Fastify')),
  ]
}
