import type { Article30Source } from './schema.ts'

/** The report as JSON, in the shape of `Article30Report`, an activity at a time. */
export async function* renderJson({
  role,
  language: t,
  registerVersion,
  generatedAt,
  asOf,
  records,
}: Article30Source): AsyncGenerator<string> {
  const head = JSON.stringify({ title: t.report.title, role, language: t.code, registerVersion, generatedAt, asOf })
  yield `${head.slice(0, -1)},"records":[`
  for (const [i, { organisation, proposed, activities }] of records.entries()) {
    const waiting = proposed > 0 ? `"proposed":${proposed},` : ''
    yield `${i === 0 ? '' : ','}{"organisation":${JSON.stringify(organisation)},${waiting}"activities":[`
    let separator = ''
    for await (const activity of activities()) {
      yield separator + JSON.stringify(activity)
      separator = ','
    }
    yield ']}'
  }
  yield ']}'
}
