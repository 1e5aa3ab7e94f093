import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import { canonicalParts } from '../../chain/index.ts'
import { nextHead } from '../../entries/index.ts'
import type { Database, Transaction } from '../../platform/db/database.ts'

/** A report as it was answered. */
export type Answered = {
  mediaType: string
  language?: string
  fileName?: string
  registerVersion: number
  bytes: Buffer[]
}

/** Pieces in which the bytes are stored, in bytes. */
const pieceSize = 1024 * 1024

/**
 * Stores what a request for a report was answered with, and records it in the chain: its hash, who sealed it and why.
 * @param actor id of the principal who seals
 * @returns the id of the snapshot
 */
export const sealReport = async (
  db: Transaction,
  actor: string,
  request: string,
  reason: string,
  { bytes, ...answered }: Answered,
): Promise<string> => {
  const id = uuid()
  const { size, sha256 } = await storePieces(db, id, bytes)
  const { mediaType, language, fileName, registerVersion } = answered
  const details = { mediaType, registerVersion, request, sha256, size, snapshot: id }
  const [first, second, third] = canonicalParts({ actor, details, reason, type: 'report-sealed' })
  const { rows } = await sql<{ position: number }>`
    with ${nextHead(first, second, third)}
    insert into events (position, type, principal_id, reason, details, recorded_at, hash)
    select position, 'report-sealed', ${actor}::uuid, ${reason}, ${JSON.stringify(details)}::json, recorded_at, hash from head
    returning position`.execute(db)
  await sql`
    insert into report_snapshots (id, position, request, media_type, language, file_name, register_version, size, sha256)
    values (${id}, ${rows[0]!.position}, ${request}, ${mediaType}, ${language ?? null}, ${fileName ?? null},
      ${registerVersion}, ${size}, ${sha256})`.execute(db)
  return id
}

const storePieces = async (
  db: Transaction,
  id: string,
  bytes: readonly Buffer[],
): Promise<{ size: number; sha256: string }> => {
  const hash = createHash('sha256')
  let waiting: Buffer[] = []
  let length = 0
  let number = 0
  let size = 0
  const store = async () => {
    if (length === 0) return
    const piece = Buffer.concat(waiting)
    waiting = []
    length = 0
    await sql`insert into report_snapshot_pieces (snapshot_id, number, bytes) values (${id}, ${number++}, ${piece})`.execute(
      db,
    )
  }
  for (const buffer of bytes) {
    hash.update(buffer)
    size += buffer.length
    length += buffer.length
    waiting.push(buffer)
    if (length >= pieceSize) await store()
  }
  await store()
  return { size, sha256: hash.digest('hex') }
}

/** The bytes of a snapshot, a piece at a time. */
export async function* readPieces(db: Database, id: string): AsyncGenerator<Buffer> {
  for (let number = 0; ; number++) {
    const { rows } = await sql<{ bytes: Buffer }>`
      select bytes from report_snapshot_pieces where snapshot_id = ${id} and number = ${number}`.execute(db)
    if (!rows[0]) return
    yield rows[0].bytes
  }
}
