import { sql } from 'kysely'
import { activityResourceName } from '../../activities/index.ts'
import { facetText, rfc3339 } from '../../entries/index.ts'
import type { Reading } from '../reading.ts'
import type { NoticeChange } from './model.ts'

/**
 * What changed in force, the latest first: of every activity that ever named the category of persons for the
 * organisation, and of what those in force refer to.
 * @param inScope keys of the activities that the notice is made of now
 */
export const readChanges = async (
  { db, moment, registerVersion }: Reading,
  dataSubjectCategory: string,
  organisation: string,
  inScope: string[],
): Promise<NoticeChange[]> => {
  const until = moment?.position ?? registerVersion
  const { rows } = await sql<Row>`
    with subject as (select id from entries where resource = 'data-subject-categories' and key = ${dataSubjectCategory}),
    concerned as (
      select distinct e.id from entries e where e.resource = ${activityResourceName} and (
        e.key = any(${inScope}::text[])
        or exists (
          select from revisions r where r.entry_id = e.id and (select id from subject) = any(r.targets)
            and ${facetText({ kind: 'organisation', value: organisation })} = any(r.facets)))),
    referred as (
      select distinct x.id from concerned c join entries e on e.id = c.id
      join revisions r on r.id = e.in_force_id cross join unnest(r.targets) as x(id)),
    steps as (
      select w.position, w.recorded_at, w.entry_id, w.in_force_id,
        lag(w.in_force_id) over (partition by w.entry_id order by w.position) as former_id
      from events w where w.position <= ${until}
        and w.entry_id in (select id from concerned union select id from referred))
    select s.position, ${rfc3339(sql`s.recorded_at`)} as "recordedAt", e.resource, e.key,
      coalesce(n.content ->> 'name', f.content ->> 'name') as name, n.content as now, f.content as former
    from steps s join entries e on e.id = s.entry_id
      left join revisions n on n.id = s.in_force_id left join revisions f on f.id = s.former_id
    where s.in_force_id is distinct from s.former_id
      -- What activities refer to was there before them; only its later changes are changes of the notice.
      and (e.resource = ${activityResourceName} or s.former_id is not null and s.position > (
        select min(a.position) from steps a where a.in_force_id is not null and a.entry_id in (select id from concerned)))
    order by s.position desc`.execute(db)
  return rows.flatMap(({ now, former, position: _, ...about }): NoticeChange[] => {
    if (now === null) return [{ ...about, change: 'removed', properties: [] }]
    if (former === null) return [{ ...about, change: 'added', properties: [] }]
    const properties = differing(former, now)
    return properties.length === 0 ? [] : [{ ...about, change: 'changed', properties }]
  })
}

type Row = {
  position: number
  recordedAt: string
  resource: string
  key: string
  name: string
  now: Record<string, unknown> | null
  former: Record<string, unknown> | null
}

/** Properties that say nothing to a data subject. */
const internal = new Set(['tags', 'review', 'owner', 'references', 'iri', 'assessments', 'employees'])

const differing = (a: Record<string, unknown>, b: Record<string, unknown>): string[] =>
  [...new Set([...Object.keys(a), ...Object.keys(b)])].filter(
    (property) => !internal.has(property) && JSON.stringify(a[property]) !== JSON.stringify(b[property]),
  )
