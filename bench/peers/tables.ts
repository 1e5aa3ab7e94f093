import { readFileSync } from 'node:fs'
import pg from 'pg'
import { activityContent, activityKey } from '../register.ts'

/** The tables of children, by the names that rows have for them. */
export const children = {
  purposes: 'purpose',
  data: 'data_use',
  recipients: 'recipient',
  subprocessors: 'subprocessor',
  transfers: 'transfer',
  measures: 'measure',
  services: 'service',
} as const

type Content = {
  name: string
  description: string
  role: string
  organisation: string
  controllers?: object[]
  owner: { unit: string }
  automatedDecisions: { exists: boolean }
  review: { lastReviewedOn: string; nextReviewOn: string }
  performedFrom: string
  purposes: { purpose: string; legalBasis: { article: string } }[]
  data: {
    dataCategory: string
    dataSubjectCategories: string[]
    source: { kind: string }
    retentionPeriod: string
  }[]
  recipients: { recipient: string }[]
  subprocessors: { subprocessor: string; contract: { reference: string; signedOn: string } }[]
  transfers: {
    to: { subprocessor: string }
    destination: { country: string }
    mechanism: { article: string; decision: string; sccModule: number }
    documents: object[]
  }[]
  securityMeasures: string[]
  services: string[]
}

/** Activity number `n` of the register as a row of `activity` with its children. */
export const activityRow = (n: number) => {
  const content = activityContent(n) as unknown as Content
  return {
    key: activityKey(n),
    name: content.name,
    description: content.description,
    role: content.role,
    organisation: content.organisation,
    controllers: content.controllers ?? null,
    owner_unit: content.owner.unit,
    automated_decisions: content.automatedDecisions.exists,
    last_reviewed_on: content.review.lastReviewedOn,
    next_review_on: content.review.nextReviewOn,
    performed_from: content.performedFrom,
    purposes: content.purposes.map(({ purpose, legalBasis }) => ({ purpose, legal_basis: legalBasis.article })),
    data: content.data.map((data) => ({
      data_category: data.dataCategory,
      data_subject_categories: data.dataSubjectCategories,
      source: data.source.kind,
      retention_period: data.retentionPeriod,
    })),
    recipients: content.recipients,
    subprocessors: content.subprocessors.map(({ subprocessor, contract }) => ({
      subprocessor,
      contract: contract.reference,
      signed_on: contract.signedOn,
    })),
    transfers: content.transfers.map(({ to, destination, mechanism, documents }) => ({
      subprocessor: to.subprocessor,
      country: destination.country,
      mechanism: mechanism.article,
      decision: mechanism.decision,
      scc_module: mechanism.sccModule,
      documents,
    })),
    measures: content.securityMeasures.map((measure) => ({ measure })),
    services: content.services.map((service) => ({ service })),
  }
}

/** How many activities are written in a statement. */
const batch = 500

/**
 * Makes a database with the tables of the peers beside that of the service, and fills it with the same activities.
 * @returns how to connect to it
 */
export const makePeerDatabase = async (connectionString: string, activities: number): Promise<string> => {
  const own = new URL(connectionString)
  own.pathname = '/peers'
  await withClient(connectionString, (client) => client.query('create database peers'))
  await withClient(own.href, async (client) => {
    await client.query(readFileSync(new URL('tables.sql', import.meta.url), 'utf8'))
    for (let from = 0; from < activities; from += batch) {
      const rows = Array.from({ length: Math.min(batch, activities - from) }, (_, n) => activityRow(from + n))
      await insert(client, 'activity', rows)
      for (const [name, table] of Object.entries(children) as [keyof typeof children, string][])
        await insert(
          client,
          table,
          rows.flatMap((row) => row[name].map((child) => ({ activity: row.key, ...child }))),
        )
    }
    await client.query('vacuum analyze')
  })
  return own.href
}

/** Columns that rows do not name get their defaults. */
const insert = async (client: pg.Client, table: string, rows: object[]) => {
  if (rows.length === 0) return
  const columns = Object.keys(rows[0]!)
    .filter((name) => !(name in children))
    .join(', ')
  await client.query(
    `insert into ${table} (${columns}) select ${columns} from jsonb_populate_recordset(null::${table}, $1)`,
    [JSON.stringify(rows)],
  )
}

const withClient = async (connectionString: string, work: (client: pg.Client) => Promise<unknown>) => {
  const client = new pg.Client({ connectionString })
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}
