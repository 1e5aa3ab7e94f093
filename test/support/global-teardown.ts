import { readFile, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import pg from 'pg'
import { declaredAnswers } from './contract.ts'

/** Drops every database of this run, ends what was started for it, and tells which answers of the contract were seen. */
export default async () => {
  const admin = new pg.Client({ connectionString: process.env.ROPA_TEST_ADMIN_URL })
  await admin.connect()
  const { rows } = await admin.query('select datname from pg_database where datname like $1', [
    `${process.env.ROPA_TEST_PREFIX}%`,
  ])
  for (const { datname } of rows) await admin.query(`drop database ${datname} with (force)`)
  await admin.end()
  await globalThis.testPostgres?.stop()

  const coverage = process.env.ROPA_TEST_CONTRACT_COVERAGE!
  const seen = new Set((await readFile(coverage, 'utf8')).split('\n'))
  const declared = declaredAnswers()
  const unseen = declared.filter((answer) => !seen.has(answer))
  console.log(
    `\nContract: ${declared.length - unseen.length} of ${declared.length} declared answers were seen and checked.`,
  )
  if (process.env.SHOW_UNSEEN) console.log(unseen.join('\n'))
  await rm(dirname(coverage), { recursive: true, force: true })
}
