import { sql } from 'kysely'
import {
  type Components,
  contentComparer,
  type EntryWrites,
  type Judgement,
  keepJudgements,
  type LockedEntry,
  type NewRevision,
  putEntry,
  type Resource,
  readContent,
  retireEntry,
  type Writer,
} from '../entries/index.ts'
import type { Transaction } from '../platform/db/database.ts'
import { HttpProblem } from '../platform/http/problems.ts'
import { materialChangesOfEntry } from './materiality.ts'
import type { CatalogueResource } from './resources.ts'

/** The law that asks for a retention period is for compliance staff to name; a service that leaves it out keeps it. */
export const catalogueJudgements: Partial<Record<CatalogueResource, readonly Judgement[]>> = {
  'retention-periods': [{ property: 'legalReference' }],
}

const maySeeThrough: readonly Writer['role'][] = ['approver', 'admin']

/** How the catalogue is written: in force at once; a material change of what is used in force takes an approver. */
export const catalogueWrites = (resource: Resource, components: Components, guardMaterial: boolean): EntryWrites => {
  const compare = contentComparer(resource.Input, components)
  const name = resource.resource as CatalogueResource

  const assertMayChange =
    (db: Transaction, role: Writer['role']) => async (entry: LockedEntry, revision: NewRevision) => {
      if (!guardMaterial || maySeeThrough.includes(role) || entry.inForce === null) return
      if (!(await isUsedInForce(db, entry.id))) return
      const before = await readContent(db, entry.inForce.id)
      const material = materialChangesOfEntry(name, compare(before, revision.content), {
        before,
        after: revision.content,
      })
      if (material.length === 0) return
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
    }

  return {
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
    put: (db, key, content, { author, role, preconditions }) =>
      putEntry(db, resource, key, content, author, preconditions, {
        complete: async (entry, written) => {
          const kept = catalogueJudgements[name]
          if (author.serviceId === null || !kept || !entry.inForce) return written
          return keepJudgements(kept, await readContent(db, entry.inForce.id), written)
        },
        assertMayChange: assertMayChange(db, role),
      }),
    retire: (db, key, { author, preconditions }) => retireEntry(db, resource, key, author, preconditions),
  }
}

const isUsedInForce = async (db: Transaction, entryId: string): Promise<boolean> => {
  const { rows } = await sql<{ used: boolean }>`
    select exists (
      select from revision_references x join entries e on e.in_force_id = x.revision_id
      where x.target_id = ${entryId} and x.current and e.resource = 'processing-activities') as used`.execute(db)
  return rows[0]!.used
}
