import { sql } from 'kysely'
import { activityResourceName, judge, readCircumstances, viewOf } from '../../activities/index.ts'
import { type Catalogue, readCatalogue } from '../../catalogue/index.ts'
import { type At, entriesAt, hasFacet, lawDay, listEntries, type Moment } from '../../entries/index.ts'
import type { Database } from '../../platform/db/database.ts'
import { HttpProblem } from '../../platform/http/problems.ts'
import { describeActivity } from './activity.ts'
import { describeOrganisation } from './parties.ts'
import type { Article30Source, ReportActivity } from './schema.ts'

/** How many activities are read at once: the report's memory does not grow with the register. */
const batch = 200

/**
 * Opens the report on one moment of the register: everything is read in one transaction, so a write meanwhile does not
 * show in half of it. Whoever opens it closes it.
 * @param organisation the key of the organisation whose record it is; undefined: all of our own
 * @throws HttpProblem 404 when there is no such organisation
 */
export const openArticle30 = async (
  db: Database,
  role: 'controller' | 'processor',
  organisation: string | undefined,
  moment: Moment | undefined,
): Promise<{ source: Article30Source; close(): Promise<void> }> => {
  const transaction = await db
    .startTransaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute()
  const close = async () => {
    if (!transaction.isCommitted && !transaction.isRolledBack) await transaction.rollback().execute()
  }
  try {
    const { rows } = await sql<{ position: number }>`select position from register_head`.execute(transaction)
    const catalogue = await readCatalogue(transaction, moment)
    const contents = await readContents(transaction, role, moment)
    const records = chooseOrganisations(catalogue, contents, organisation).map((key) => ({
      organisation: describeOrganisation(catalogue.organisations.get(key)!, catalogue, role, lawDay(moment)),
      contents: contents.get(key) ?? [],
      activities: () => readActivities(transaction, catalogue, role, key, moment),
    }))
    const title = 'Record of processing activities'
    return {
      source: {
        title,
        role,
        registerVersion: moment?.position ?? rows[0]!.position,
        generatedAt: new Date().toISOString(),
        ...(moment && { asOf: moment.asOf }),
        records,
      },
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

type Contents = Map<string, { key: string; name: string }[]>

const inForce = { resource: activityResourceName, status: 'in-force' as const }

/** The record of Art. 30(1) has what joint controllers do as well. */
const roleCondition = (role: 'controller' | 'processor') => (moment: At | undefined) =>
  role === 'processor'
    ? hasFacet(inForce, 'role', 'processor', moment)
    : sql<boolean>`(${hasFacet(inForce, 'role', 'controller', moment)} or ${hasFacet(inForce, 'role', 'joint-controller', moment)})`

const readContents = async (
  db: Database,
  role: 'controller' | 'processor',
  moment: Moment | undefined,
): Promise<Contents> => {
  const { rows } = await sql<{ organisation: string; key: string; name: string }>`
    select o.value as organisation, e.key, r.content ->> 'name' as name
    from ${entriesAt(moment)} e join revisions r on r.id = e.in_force_id
    join revision_facets o on o.revision_id = r.id and o.kind = 'organisation'
    where e.resource = ${activityResourceName} and ${roleCondition(role)(moment)} order by e.key`.execute(db)
  return Map.groupBy(rows, (row) => row.organisation)
}

/** Our own organisations, also those without activities; and others that activities were recorded for, lest these be lost. */
const chooseOrganisations = (catalogue: Catalogue, contents: Contents, chosen: string | undefined): string[] => {
  if (chosen !== undefined) {
    if (!catalogue.organisations.has(chosen))
      throw new HttpProblem('not-found', `There is no organisation \`${chosen}\`.`)
    return [chosen]
  }
  const own = [...catalogue.organisations.values()].filter(({ kind }) => kind === 'own').map(({ key }) => key)
  return [...new Set([...own, ...contents.keys()])].sort()
}

async function* readActivities(
  db: Database,
  catalogue: Catalogue,
  role: 'controller' | 'processor',
  organisation: string,
  moment: Moment | undefined,
): AsyncGenerator<ReportActivity> {
  const at = lawDay(moment)
  const filter = {
    ...inForce,
    q: undefined,
    facets: [{ kind: 'organisation', value: organisation }],
    references: [],
    conditions: [roleCondition(role)],
  }
  for (let after: string | undefined; ; ) {
    const { result: rows } = await listEntries(db, filter, after, batch, moment)
    const circumstances = await readCircumstances(db, rows, moment)
    for (const row of rows) {
      const findings = judge(row, catalogue, circumstances.get(row.id), at)
      yield describeActivity(viewOf(row), catalogue, findings, at)
    }
    if (rows.length < batch) return
    after = rows.at(-1)!.key
  }
}
