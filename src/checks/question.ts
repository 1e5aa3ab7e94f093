import { sql } from 'kysely'
import { activityResourceName } from '../activities/index.ts'
import { entriesAt, lawDay, type Moment } from '../entries/index.ts'
import type { Database } from '../platform/db/database.ts'
import { evaluateCheck } from './evaluate.ts'
import type { Candidate } from './judge.ts'
import type { CheckQuestion, CheckResult } from './schema.ts'

/** What a question names, with where it stands and which resource it should be found in. */
export const named = (question: CheckQuestion) => [
  { pointer: '/purpose', resource: 'purposes', key: question.purpose },
  ...question.dataCategories.map((key, i) => ({ pointer: `/dataCategories/${i}`, resource: 'data-categories', key })),
  ...(question.dataSubjectCategories ?? []).map((key, i) => ({
    pointer: `/dataSubjectCategories/${i}`,
    resource: 'data-subject-categories',
    key,
  })),
  ...(question.recipients ?? []).map((key, i) => ({ pointer: `/recipients/${i}`, resource: 'recipients', key })),
  ...(question.subprocessors ?? []).map((key, i) => ({
    pointer: `/subprocessors/${i}`,
    resource: 'subprocessors',
    key,
  })),
  ...(question.service === undefined ? [] : [{ pointer: '/service', resource: 'services', key: question.service }]),
]

/** One row of everything that a check needs, read in one statement and so from one moment. */
type Snapshot = {
  registerVersion: number
  known: { resource: string; key: string }[]
  ancestors: { category: string; key: string; depth: number }[]
  candidates: Candidate[]
}

/** Answers a question from what is, or at the moment was, in force in Postgres. */
export const answerQuestion = async (
  db: Database,
  question: CheckQuestion,
  moment: Moment | undefined,
): Promise<CheckResult> => {
  const names = named(question)
  const { rows } = await sql<Snapshot>`
    with recursive asked as (
      select a.resource, a.key from json_to_recordset(${JSON.stringify(names)}::json) as a(resource text, key text)
    ), known as (
      select e.id, e.resource, e.key, e.in_force_id from ${entriesAt(moment)} e
      join asked a on a.resource = e.resource and a.key = e.key where e.in_force_id is not null
    ), lineage as (
      select k.key as category, k.id, k.key, k.in_force_id, 0 as depth, array[k.id] as path from known k
      where k.resource = 'data-categories'
      union all
      select l.category, p.id, p.key, p.in_force_id, l.depth + 1, l.path || p.id
      from lineage l join revisions r on r.id = l.in_force_id cross join unnest(r.targets) as x(id)
        join ${entriesAt(moment)} p on p.id = x.id and p.resource = 'data-categories'
      where p.id <> all(l.path)
    ), candidates as (
      select e.key, r.number as revision, r.content
      from known k
        ${moment === undefined ? sql`join entry_references x on x.target_id = k.id and x.shown and x.resource = ${activityResourceName}` : sql``}
        join ${entriesAt(moment)} e on ${moment === undefined ? sql`e.id = x.entry_id` : sql`e.resource = ${activityResourceName}`}
        join revisions r on r.id = e.in_force_id and k.id = any(r.targets)
      where k.resource = 'purposes' and r.facets && array['role=controller', 'role=joint-controller'] order by e.key
    )
    select (select position from register_head) as "registerVersion",
      (select coalesce(json_agg(json_build_object('resource', resource, 'key', key)), '[]') from known) as known,
      (select coalesce(json_agg(json_build_object('category', category, 'key', key, 'depth', depth) order by depth), '[]')
        from lineage) as ancestors,
      (select coalesce(json_agg(json_build_object('key', key, 'revision', revision, 'content', content)), '[]')
        from candidates) as candidates`.execute(db)
  const { registerVersion, known, ancestors, candidates } = rows[0]!
  const found = new Set(known.map(({ resource, key }) => `${resource}/${key}`))
  return evaluateCheck(question, {
    candidatesFor: () => candidates,
    lineage: (category) => ancestors.filter((row) => row.category === category).map((row) => row.key),
    unknownKeys: names.filter(({ resource, key }) => !found.has(`${resource}/${key}`)),
    at: lawDay(moment),
    registerVersion,
  })
}
