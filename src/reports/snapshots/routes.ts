import { Readable } from 'node:stream'
import { text as readText } from 'node:stream/consumers'
import type { FastifyRequest } from 'fastify'
import { type RawBuilder, sql } from 'kysely'
import { type Static, Type } from 'typebox'
import { principalOf } from '../../access/index.ts'
import { rfc3339 } from '../../entries/index.ts'
import { type Database, inTransaction } from '../../platform/db/database.ts'
import { decodeCursor, encodeCursor } from '../../platform/http/cursor.ts'
import { idempotencyHeader, idempotently, sendReady } from '../../platform/http/idempotency.ts'
import { json, jsonType, operation } from '../../platform/http/operation.ts'
import { pageParameters, sendPage } from '../../platform/http/page.ts'
import { type FieldError, HttpProblem } from '../../platform/http/problems.ts'
import { binary, closed, ref } from '../../platform/http/schema.ts'
import type { HttpServer } from '../../platform/http/server.ts'
import { mediaTypes } from '../formats/choose.ts'
import { exampleSnapshot, Snapshot, SnapshotInput, SnapshotList } from './schema.ts'
import { type Answered, readPieces, sealReport } from './seal.ts'

const tag = 'Reports'
const path = '/v1/report-snapshots'
const params = closed({ id: Type.String({ format: 'uuid', description: 'The id of the snapshot.' }) })

type SnapshotRow = typeof exampleSnapshot

const readSnapshots = async (db: Database, condition: RawBuilder<unknown>, limit = 1): Promise<SnapshotRow[]> =>
  (
    await sql<SnapshotRow>`
    select s.id, s.request, s.media_type as "mediaType", s.size, s.sha256, s.register_version as "registerVersion", s.position,
      ${rfc3339(sql`v.recorded_at`)} as "sealedAt", p.name as "sealedBy", v.reason
    from report_snapshots s join events v on v.position = s.position join principals p on p.id = v.principal_id
    where ${condition} order by s.position desc limit ${limit}`.execute(db)
  ).rows

const readSnapshot = async (db: Database, id: string): Promise<SnapshotRow> => {
  const [found] = await readSnapshots(db, sql`s.id = ${id}::uuid`)
  if (!found) throw new HttpProblem('not-found', `There is no snapshot \`${id}\`.`)
  return found
}

/** `/v1/report-snapshots`: reports as they were handed over, byte by byte. */
export const snapshotRoutes = (app: HttpServer, { db }: { db: Database }) => {
  app.post(
    path,
    {
      config: { access: 'approve' },
      schema: {
        ...operation({
          operationId: 'sealReport',
          tag,
          summary: 'Seal a report',
          description:
            'Makes a report, stores it for good, with its SHA-256, and records it in the hash chain. What is read ' +
            'later is the same, byte by byte. It is asked with the rights of the caller.',
          answers: {
            201: json('The snapshot.', ref(Snapshot), exampleSnapshot, {
              Location: Type.String({ description: 'Where the snapshot is.' }),
            }),
          },
          problems: [
            'invalid-request',
            'not-found',
            'conflict',
            'too-large-for-format',
            'body-too-large',
            'unsupported-media-type',
          ],
        }),
        headers: Type.Object(idempotencyHeader),
        body: ref(SnapshotInput),
      },
    },
    async (request, reply) => {
      const { id: principal } = principalOf(request)
      const asked = urlOf(request.body)
      // Made before the transaction: a report may take longer than a transaction may be idle, and keeps nobody waiting so.
      const answered = await ask(app, request, asked)
      const answer = await inTransaction(db, (transaction) =>
        idempotently(transaction, request, principal, async () => {
          const id = await sealReport(transaction, principal, asked, request.body.reason, answered)
          const snapshot = await readSnapshot(transaction, id)
          const headers = {
            'content-type': jsonType,
            'register-version': String(snapshot.position),
            location: `${path}/${id}`,
          }
          return { status: 201, headers, body: JSON.stringify(snapshot) }
        }),
      )
      return sendReady(reply, answer)
    },
  )

  app.get(
    path,
    {
      config: { access: 'read' },
      schema: {
        ...operation({
          operationId: 'listReportSnapshots',
          tag,
          summary: 'List: sealed report',
          description: 'Lists the sealed reports, the latest first.',
          answers: {
            200: json('A page of the list.', ref(SnapshotList), { items: [exampleSnapshot], nextCursor: null }),
            304: { description: 'The page is the one that `If-None-Match` names.' },
          },
          problems: ['invalid-request'],
        }),
        querystring: closed(pageParameters),
      },
    },
    async (request, reply) => {
      const { limit, cursor } = request.query
      const before = cursor === undefined ? undefined : Number(decodeCursor(cursor, {}))
      const found = await readSnapshots(db, before === undefined ? sql`true` : sql`s.position < ${before}`, limit + 1)
      const page = found.slice(0, limit)
      const next = found.length > limit ? encodeCursor(String(page.at(-1)!.position), {}) : null
      return sendPage(
        request,
        reply,
        page.map((snapshot) => JSON.stringify(snapshot)),
        next,
      )
    },
  )

  app.get(
    `${path}/:id`,
    {
      config: { access: 'read' },
      schema: {
        ...operation({
          operationId: 'getReportSnapshot',
          tag,
          summary: 'Read: sealed report',
          description: 'What was sealed, when, by whom and why.',
          answers: {
            200: json('The snapshot.', ref(Snapshot), exampleSnapshot),
            304: { description: 'It is the one that `If-None-Match` names.' },
          },
          problems: ['invalid-request', 'not-found'],
        }),
        params,
      },
    },
    async (request, reply) => reply.type(jsonType).send(JSON.stringify(await readSnapshot(db, request.params.id))),
  )

  app.get(
    `${path}/:id/content`,
    {
      config: { access: 'read' },
      schema: {
        ...operation({
          operationId: 'getReportSnapshotContent',
          tag,
          summary: 'Read: content of a sealed report',
          description: 'The bytes as they were sealed, in the format of the report.',
          answers: {
            200: {
              description: 'The content.',
              content: Object.fromEntries(
                Object.entries(mediaTypes).map(([format, mediaType]) => [
                  mediaType,
                  {
                    schema:
                      mediaType === 'application/json'
                        ? Type.Object({}, { description: 'A report in JSON.' })
                        : mediaType.startsWith('text/')
                          ? Type.String({ description: `A report as ${format}.` })
                          : binary(`A report as ${format}.`),
                    example: mediaType === 'application/json' ? {} : '…',
                  },
                ]),
              ),
              headers: {
                'Repr-Digest': Type.String({ description: 'SHA-256 of the content (RFC 9530).' }),
              },
            },
          },
          problems: ['invalid-request', 'not-found'],
        }),
        params,
      },
    },
    async (request, reply) => {
      const { id, sha256, mediaType, size, position } = await readSnapshot(db, request.params.id)
      const { rows } = await sql<{ fileName: string | null; language: string | null }>`
        select file_name as "fileName", language from report_snapshots where id = ${id}::uuid`.execute(db)
      const { fileName, language } = rows[0]!
      if (fileName !== null) reply.header('content-disposition', `attachment; filename="${fileName}"`)
      if (language !== null) reply.header('content-language', language)
      return reply
        .header('register-version', position)
        .header('repr-digest', `sha-256=:${Buffer.from(sha256, 'hex').toString('base64')}:`)
        .header('content-length', size)
        .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; sandbox")
        .type(mediaType)
        .send(Readable.from(readPieces(db, id)))
    },
  )
}

const urlOf = ({ report, parameters = {} }: Static<typeof SnapshotInput>): string => {
  const query = new URLSearchParams(
    Object.entries(parameters).map(([name, value]): [string, string] => [name, String(value)]),
  )
  return `/v1/reports/${report}${query.size > 0 ? `?${query}` : ''}`
}

/** How long a report may be that is sealed, in bytes: it is in memory until it is stored. */
const longestReport = 256 * 1024 * 1024

const collect = async (bytes: Readable): Promise<Buffer[]> => {
  const pieces: Buffer[] = []
  let size = 0
  for await (const piece of bytes) {
    pieces.push(piece)
    size += piece.length
    if (size > longestReport)
      throw new HttpProblem('too-large-for-format', 'The report is longer than 256 MB: filter it, or seal it as PDF.')
  }
  return pieces
}

/** Asks the service itself, as the caller could: whatever a report is, the same is sealed. */
const ask = async (app: HttpServer, { headers }: FastifyRequest, url: string): Promise<Answered> => {
  const { authorization, cookie } = headers
  const response = await app.inject({
    method: 'GET',
    url,
    headers: { ...(authorization && { authorization }), ...(cookie && { cookie }) },
    payloadAsStream: true,
  })
  const stream = response.stream()
  if (response.statusCode !== 200) throw refusal(response.statusCode, await readText(stream))
  const header = (name: string) => response.headers[name] as string | undefined
  const language = header('content-language')
  const fileName = header('content-disposition')?.match(/filename="([^"]+)"/)?.[1]
  return {
    mediaType: header('content-type')!,
    registerVersion: Number(header('register-version')),
    bytes: await collect(stream),
    ...(language !== undefined && { language }),
    ...(fileName !== undefined && { fileName }),
  }
}

/** What the report was refused for, said of the property that asked for it. */
const refusal = (status: number, body: string): HttpProblem => {
  const { code, detail, errors = [] } = JSON.parse(body)
  if (code === 'too-large-for-format' || code === 'unavailable') return new HttpProblem(code, detail)
  const mistakes = errors.map(({ pointer, message }: FieldError) => ({
    pointer: pointer.replace('/query/', '/parameters/'),
    message,
  }))
  return new HttpProblem('invalid-request', 'The report cannot be made; `errors` says why.', {
    errors: mistakes.length > 0 ? mistakes : [{ pointer: '/report', message: `is answered with ${status}: ${detail}` }],
  })
}
