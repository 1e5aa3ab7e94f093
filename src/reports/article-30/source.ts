import { setImmediate } from 'node:timers/promises'
import { sql } from 'kysely'
import { activityResourceName, judge, readCircumstances, viewOf } from '../../activities/index.ts'
import {
  entriesAt,
  facetBefore,
  facetValue,
  hasFacet,
  type ListCondition,
  type ListFilter,
  listNames,
  type Moment,
  readEntries,
  readRevision,
} from '../../entries/index.ts'
import type { Database } from '../../platform/db/database.ts'
import { HttpProblem } from '../../platform/http/problems.ts'
import { describeOrganisation } from '../elements/parties.ts'
import type { Language } from '../language/language.ts'
import { inBatches, openReading, type Reading } from '../reading.ts'
import { describeActivity } from './activity.ts'
import type { Article30Source, ReportActivity } from './schema.ts'

/** What a report is asked for. */
export type Article30Request = {
  role: 'controller' | 'processor'
  /** Key of the organisation whose record it is; undefined: all of our own. */
  organisation: string | undefined
  moment: Moment | undefined
  language: Language
  /** Whether proposed revisions are shown as well, marked. */
  proposals: boolean
  /** Further conditions that the activities must meet. */
  filter: Pick<ListFilter, 'facets' | 'references' | 'conditions'>
}

/**
 * Opens the report on one moment of the register. Whoever opens it closes it.
 * @throws HttpProblem 404 when there is no such organisation
 */
export const openArticle30 = async (
  db: Database,
  request: Article30Request,
): Promise<{ source: Article30Source; close(): Promise<void> }> => {
  const { reading, close } = await openReading(db, request.moment)
  try {
    return { source: await readSource(reading, request), close }
  } catch (error) {
    await close()
    throw error
  }
}

const readSource = async (reading: Reading, request: Article30Request): Promise<Article30Source> => {
  const { db, catalogue, at, registerVersion } = reading
  const { role, moment, language: t, proposals } = request
  const records = []
  for (const key of await chooseOrganisations(reading, request)) {
    const filter = filterOf(request, key)
    const contents = await listNames(db, filter, moment)
    const proposed =
      contents.length > 0 || proposals ? [] : await listNames(db, { ...filter, status: undefined }, moment)
    records.push({
      organisation: describeOrganisation(catalogue.organisations.get(key)!, catalogue, role, { at, t }),
      contents,
      proposed: proposed.length,
      activities: () =>
        readActivities(
          reading,
          request,
          contents.map((activity) => activity.key),
        ),
    })
  }
  return {
    role,
    language: t,
    proposals,
    at,
    registerVersion,
    generatedAt: new Date().toISOString(),
    ...(moment && { asOf: moment.asOf }),
    catalogue,
    records,
  }
}

/** The record of Art. 30(1) has what joint controllers do as well. */
const roleCondition = (role: 'controller' | 'processor'): ListCondition => ({
  inPostgres: (_, now) => {
    const has = (value: string) => hasFacet(activityResourceName, { kind: 'role', value }, now)
    return role === 'processor' ? has(role) : sql`(${has('controller')} or ${has('joint-controller')})`
  },
})

const filterOf = ({ role, proposals, filter }: Article30Request, organisation: string): ListFilter => {
  return {
    resource: activityResourceName,
    status: proposals ? undefined : 'in-force',
    q: undefined,
    facets: [{ kind: 'organisation', value: organisation }, ...filter.facets],
    references: filter.references,
    conditions: [roleCondition(role), ...filter.conditions],
  }
}

/** Our own organisations, also those without activities; and others that activities were recorded for, lest these be lost. */
const chooseOrganisations = async (
  { db, catalogue, moment }: Reading,
  { organisation }: Article30Request,
): Promise<string[]> => {
  if (organisation !== undefined) {
    if (!catalogue.organisations.has(organisation))
      throw new HttpProblem('not-found', `There is no organisation \`${organisation}\`.`)
    return [organisation]
  }
  const own = [...catalogue.organisations.values()].filter(({ kind }) => kind === 'own').map(({ key }) => key)
  const { rows } = await sql<{ organisation: string }>`
    select distinct ${facetValue(sql`f.facet`)} as organisation
    from ${entriesAt(moment)} e join revisions r on r.id = e.shown_id cross join unnest(r.facets) as f(facet)
    where e.resource = ${activityResourceName} and e.status <> 'retired' and ${facetBefore(sql`f.facet`, 'organisation')}`.execute(
    db,
  )
  const recordedFor = rows.map((row) => row.organisation).filter((key) => catalogue.organisations.has(key))
  return [...new Set([...own, ...recordedFor])].sort()
}

async function* readActivities(
  reading: Reading,
  request: Article30Request,
  keys: string[],
): AsyncGenerator<ReportActivity> {
  const { db, catalogue, at, moment } = reading
  const { language, proposals } = request
  const read = async (some: string[]) => {
    const rows = await readEntries(db, activityResourceName, some, moment)
    return { rows, circumstances: await readCircumstances(db, rows, moment) }
  }
  for await (const { rows, circumstances } of inBatches(keys, read)) {
    for (const [i, row] of rows.entries()) {
      // Describing takes time that other requests must not wait for.
      if (i % 8 === 0) await setImmediate()
      const shown = [row]
      if (proposals && row.inForce !== null && row.proposed) {
        const { result } = await readRevision(db, activityResourceName, row.key, 'proposed', moment)
        if (result) shown.push(result)
      }
      for (const revision of shown) {
        const activity = viewOf(revision)
        const findings = judge({ status: revision.status, activity }, catalogue, circumstances.get(row.id), at)
        yield describeActivity(activity, catalogue, findings, at, language)
      }
    }
  }
}
