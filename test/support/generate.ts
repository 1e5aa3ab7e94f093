import { writeFile } from 'node:fs/promises'
import pg from 'pg'
import { migrateToLatest } from '../../src/platform/db/migrate.ts'
import {
  contractFile,
  describeMateriality,
  generateContract,
  generateTypes,
  materialityFile,
  typesFile,
} from './generated.ts'
import { locatePostgres } from './postgres.ts'

/** `npm run generate`: writes what is generated from the code and the migrations. */
const postgres = await locatePostgres()
const admin = new pg.Client({ connectionString: postgres.adminUrl })
await admin.connect()
const name = `register_generate_${process.pid}`
await admin.query(`create database ${name}`)
try {
  const url = new URL(postgres.adminUrl)
  url.pathname = `/${name}`
  await migrateToLatest(url.href)
  await writeFile(typesFile, await generateTypes(url.href))
  await writeFile(materialityFile, describeMateriality())
  await writeFile(contractFile, await generateContract(url.href))
} finally {
  await admin.query(`drop database ${name} with (force)`)
  await admin.end()
  await postgres.stop()
}
