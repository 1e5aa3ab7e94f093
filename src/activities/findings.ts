import { readCatalogueOf } from '../catalogue/index.ts'
import { type EntryRow, renderEntry } from '../entries/index.ts'
import type { Database } from '../platform/db/database.ts'
import type { Finding } from './finding.ts'
import { evaluateRules } from './rules/index.ts'
import type { ActivityContent, ActivityView } from './schema.ts'

/** An activity as its `GET` shows it. */
export const viewOf = (row: EntryRow): ActivityView => JSON.parse(renderEntry(row))

/** Today in UTC: the date whose law the rules apply. */
export const today = (): string => new Date().toISOString().slice(0, 10)

/** What the rules find in an activity, with its entries of the catalogue as they stand now. */
export const findingsOf = async (db: Database, row: EntryRow): Promise<Finding[]> =>
  evaluateRules({
    activity: JSON.parse(row.content) as ActivityContent,
    catalogue: await readCatalogueOf(db, [row.id]),
    at: today(),
  })
