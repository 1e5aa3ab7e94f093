import { sql } from 'kysely'
import {
  type Components,
  contentComparer,
  type EntryWrites,
  inForceAtOnce,
  type Judgement,
  keepJudgements,
  type Resource,
  retireEntry,
  type WriteRules,
  type Writer,
} from '../entries/index.ts'
import type { Database } from '../platform/db/database.ts'
import { HttpProblem } from '../platform/http/problems.ts'
import { materialChangesOfEntry } from './materiality.ts'
import type { CatalogueResource } from './resources.ts'

/** The law that asks for a retention period is for compliance staff to name; a service that leaves it out keeps it. */
export const catalogueJudgements: Partial<Record<CatalogueResource, readonly Judgement[]>> = {
  'retention-periods': [{ property: 'legalReference' }],
}

const maySeeThrough: readonly Writer['role'][] = ['approver', 'admin']

/** What the catalogue asks of writing its entries: a material change of what is used in force takes an approver. */
export const catalogueWriteRules = (
  resource: Resource,
  components: Components,
  guardMaterial: boolean,
  { author, role }: Pick<Writer, 'author' | 'role'>,
): WriteRules => {
  const name = resource.resource as CatalogueResource
  const judgements = author.serviceId === null ? undefined : catalogueJudgements[name]
  return inForceAtOnce(
    author,
    judgements &&
      (({ inForce }, written) => (inForce ? keepJudgements(judgements, inForce.content, written) : written)),
    async (db, { entry, revision: { content: after } }) => {
      if (!guardMaterial || maySeeThrough.includes(role) || entry.inForce === null) return
      const before = entry.inForce.content
      const changes = contentComparer(resource.Input, components)(before, after)
      const material = materialChangesOfEntry(name, changes, { before, after })
      if (material.length === 0 || !(await isUsedInForce(db, entry.id))) return
      throw new HttpProblem(
        'forbidden',
        `The ${resource.singular} is used in force, and this change is material: it takes an approver.`,
        {
          errors: material.map(({ pointer }) => ({
            pointer,
            message: 'is material while activities in force use the entry',
          })),
        },
      )
    },
  )
}

/** How the catalogue is written: in force at once. */
export const catalogueWrites = (resource: Resource, components: Components, guardMaterial: boolean): EntryWrites => ({
  proposals: false,
  describe: {
    put:
      'Creates the entry or replaces all of it; it is in force at once. A body equal to what stands writes nothing, so a ' +
      'service may register on every deploy. A retired entry is revived. A material change of an entry that an activity in ' +
      'force uses (a country, a safeguard, a category becoming special, a longer period) takes the role `approver`.',
    retire:
      'Retires the entry: it stays readable, and lists leave it out. Nothing is ever deleted. A `PUT` revives it. Refused ' +
      'while a revision in force or proposed refers to it.',
  },
  rules: (writer) => catalogueWriteRules(resource, components, guardMaterial, writer),
  retire: (db, key, { author, preconditions }) => retireEntry(db, resource, key, author, preconditions),
})

const isUsedInForce = async (db: Database, entryId: string): Promise<boolean> => {
  const { rows } = await sql<{ used: boolean }>`
    select exists (
      select from entry_references x join entries e on e.id = x.entry_id
      where x.target_id = ${entryId} and x.shown and x.resource = 'processing-activities' and e.in_force_id is not null) as used`.execute(
    db,
  )
  return rows[0]!.used
}
