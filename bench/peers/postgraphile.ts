import type { Request } from '../load.ts'
import type { Subject } from '../process.ts'
import type { Setting } from '../rows/row.ts'

/** All of an activity, as the service's answer has it. */
const fields = `key name description role organisation controllers ownerUnit automatedDecisions
  lastReviewedOn nextReviewOn performedFrom
  purposesByActivity { nodes { purpose legalBasis } }
  dataUsesByActivity { nodes { dataCategory dataSubjectCategories source retentionPeriod } }
  recipientsByActivity { nodes { recipient } }
  subprocessorsByActivity { nodes { subprocessor contract signedOn } }
  transfersByActivity { nodes { subprocessor country mechanism decision sccModule documents } }
  measuresByActivity { nodes { measure } }
  servicesByActivity { nodes { service } }`

const ask = (query: string, variables: object): Request => ({
  method: 'POST',
  path: '/graphql',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ query, variables }),
})

export const askOne = (key: string) => ask(`query ($key: String!) { activityByKey(key: $key) { ${fields} } }`, { key })

export const askList = (first: number) =>
  ask(
    `query ($first: Int!) { allActivities(first: $first, orderBy: [KEY_ASC]) { nodes { ${fields} } pageInfo { endCursor } } }`,
    { first },
  )

/** @throws Error unless it answers both questions: a wrong one is answered with 200, too */
export const startPostGraphile = async (start: Setting['start'], connectionString: string): Promise<Subject> => {
  const env = { DATABASE_URL: connectionString, NODE_ENV: 'production', GRAPHILE_ENV: 'production' }
  const subject = await start([new URL('postgraphile.mjs', import.meta.url).pathname], env, '/')
  for (const { path, ...request } of [askOne('activity-000000'), askList(1)]) {
    const { data, errors } = (await (await fetch(subject.url + path, request)).json()) as {
      data?: { activityByKey?: object | null; allActivities?: object | null }
      errors?: object[]
    }
    if (errors || !(data?.activityByKey ?? data?.allActivities))
      throw new Error(`PostGraphile: ${JSON.stringify(errors)}`)
  }
  return subject
}
