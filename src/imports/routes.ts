import { Readable } from 'node:stream'
import { Type } from 'typebox'
import { principalOf } from '../access/index.ts'
import { asOfParameter, type Components, findMoment, type Resource, type ValidateEntry } from '../entries/index.ts'
import { readHead } from '../history/index.ts'
import type { Database } from '../platform/db/database.ts'
import { json, jsonType, operation } from '../platform/http/operation.ts'
import { HttpProblem } from '../platform/http/problems.ts'
import { binary, closed, oneOf, ref } from '../platform/http/schema.ts'
import type { HttpServer } from '../platform/http/server.ts'
import { csvParameters, renderCsv } from '../platform/tables/csv.ts'
import { renderXlsx } from '../platform/tables/xlsx.ts'
import { chooseFormat, mediaTypes, openReading } from '../reports/index.ts'
import { exportTable, exportTables } from './export.ts'
import { type ImportReport, importTables, readImport } from './import.ts'
import { readFile } from './read-file.ts'

const tag = 'Imports'
const formats = ['xlsx', 'csv'] as const

/** The largest file, in bytes; a register of 50,000 activities exports to less. */
const largestFile = 64 * 1024 * 1024

export const Import = closed(
  {
    id: Type.String({ format: 'uuid', description: 'Its id.' }),
    createdAt: Type.String({ format: 'date-time', description: 'When it was made (RFC 3339, UTC).' }),
    dryRun: Type.Boolean({ description: 'Whether it was only tried.' }),
    status: oneOf(
      ['applied', 'would-apply', 'refused'],
      '`applied`: everything was written; `would-apply`: a dry run found nothing to refuse; `refused`: nothing was written.',
    ),
    created: Type.Integer({ description: 'How many entries are new.' }),
    changed: Type.Integer({ description: 'How many entries change.' }),
    unchanged: Type.Integer({ description: 'How many entries are as they were.' }),
    refused: Type.Integer({ description: 'How many entries cannot be written.' }),
    rows: Type.Array(
      closed(
        {
          resource: Type.String({ description: 'Its resource: the name of the sheet, or the first column.' }),
          key: Type.String({ description: 'Its key.' }),
          row: Type.Integer({ description: 'Its first row in the sheet or file, counted from 1.' }),
          outcome: oneOf(['created', 'changed', 'unchanged', 'refused'], 'What becomes of it.'),
          errors: Type.Array(
            closed(
              {
                pointer: Type.String({ description: 'JSON Pointer (RFC 6901) into the entry.' }),
                message: Type.String({ description: 'What is wrong there, and how to mend it.' }),
              },
              { description: 'One mistake.' },
            ),
            { description: 'Why it is refused.' },
          ),
        },
        { description: 'One entry of the file.' },
      ),
      { description: 'Every entry of the file, in the order in which they are written.' },
    ),
  },
  { $id: 'Import', description: 'What a file changes, or changed.' },
)

const example: ImportReport = {
  id: '01970000-0000-7000-8000-000000000000',
  createdAt: '2026-11-24T08:00:00.000Z',
  dryRun: true,
  status: 'would-apply',
  created: 1,
  changed: 0,
  unchanged: 0,
  refused: 0,
  rows: [{ resource: 'purposes', key: 'newsletter', row: 2, outcome: 'created', errors: [] }],
}

const file = (description: string) => ({ schema: binary(description), example: '…' })

/** `/v1/exports` and `/v1/imports`: the register as a file that people edit, and back. */
export const importRoutes = async (
  app: HttpServer,
  {
    db,
    resources,
    components,
    validate,
  }: {
    db: Database
    resources: ReadonlyMap<string, Resource>
    components: Components
    validate: ValidateEntry
  },
) => {
  app.get(
    '/v1/exports',
    {
      config: { access: 'read', inThread: true },
      schema: {
        ...operation({
          operationId: 'exportRegister',
          tag,
          summary: 'Export the register',
          description:
            'The whole register in force as a file that `POST /v1/imports` takes, without loss: XLSX with a sheet for each resource, or ' +
            'CSV with all of them. The elements of an array stand in rows below one another.',
          answers: {
            200: {
              description: 'The file.',
              content: {
                [mediaTypes.xlsx]: { schema: binary('A workbook.'), example: 'PK…' },
                'text/csv': { schema: Type.String({ description: 'RFC 4180.' }), example: 'resource,key,name\r\n' },
              },
            },
          },
          problems: ['invalid-request', 'not-acceptable'],
        }),
        querystring: closed({
          ...asOfParameter,
          format: Type.Optional(oneOf(formats, 'The format; absent: the best that `Accept` allows, or XLSX.')),
          ...csvParameters,
        }),
      },
    },
    async (request, reply) => {
      const format = chooseFormat(request, formats)
      const { reading, close } = await openReading(db, await findMoment(db, request.query.asOf))
      const tables = exportTables(reading, resources, components)
      const workbook = {
        title: 'Register',
        language: 'en',
        footer: 'Register',
        page: 'Page',
        cut: ' …',
        sheets: tables,
      }
      const output =
        format === 'csv' ? Readable.from(renderCsv(exportTable(tables), request.query)) : renderXlsx(workbook)
      output.once('close', () => void close())
      return reply
        .header('register-version', reading.registerVersion)
        .header('vary', 'Accept')
        .header('content-disposition', `attachment; filename="register.${format}"`)
        .type(format === 'csv' ? `${mediaTypes.csv}; charset=utf-8` : mediaTypes.xlsx)
        .send(output)
    },
  )

  app.get(
    '/v1/imports/:id',
    {
      config: { access: 'read' },
      schema: {
        ...operation({
          operationId: 'getImport',
          tag,
          summary: 'Read: import',
          description: 'What a file changed, or would have changed, entry by entry.',
          answers: {
            200: json('The report.', ref(Import), example),
            304: { description: 'It is the one that `If-None-Match` names.' },
          },
          problems: ['invalid-request', 'not-found'],
        }),
        params: closed({ id: Type.String({ format: 'uuid', description: 'The id of the import.' }) }),
      },
    },
    async (request, reply) => {
      const found = await readImport(db, request.params.id)
      if (!found) throw new HttpProblem('not-found', `There is no import \`${request.params.id}\`.`)
      return reply.type(jsonType).send(JSON.stringify(found))
    },
  )

  // In a scope of its own: nowhere else are files taken.
  await app.register(async (scope: HttpServer) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser(
      [mediaTypes.csv, mediaTypes.xlsx],
      { parseAs: 'buffer', bodyLimit: largestFile },
      (_, body, done) => done(null, body),
    )
    scope.post(
      '/v1/imports',
      {
        bodyLimit: largestFile,
        config: { access: 'administer' },
        schema: {
          ...operation({
            operationId: 'importRegister',
            tag,
            summary: 'Import a file',
            description:
              'Takes what `GET /v1/exports` gives, as it is or edited: creates and changes entries, all of them or none, and says of ' +
              'each what becomes of it. Without `dryRun=false` it is only tried. What is not in the file stays as it is. Activities are ' +
              'in force as they come, with `approval: none`.',
            answers: {
              201: json('What the file changes, or changed.', ref(Import), example, {
                Location: Type.String({ description: 'Where the report can be read again.' }),
              }),
            },
            problems: ['invalid-request', 'body-too-large', 'unsupported-media-type'],
          }),
          querystring: closed({
            dryRun: Type.Boolean({ default: true, description: 'Whether it is only tried; `false` writes.' }),
          }),
          body: {
            content: { [mediaTypes.xlsx]: file('A workbook.'), 'text/csv': file('RFC 4180.') },
          },
        },
      },
      async (request, reply) => {
        const { id: principalId } = principalOf(request)
        const bytes = request.body as Buffer | undefined
        const mediaType = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase()
        if (!bytes || !mediaType)
          throw new HttpProblem(
            'unsupported-media-type',
            `The request has no file. Send one, with its \`Content-Type\`: \`${mediaTypes.csv}\` or \`${mediaTypes.xlsx}\`.`,
          )
        const tables = await readFile(bytes, mediaType)
        const author = { principalId, serviceId: null, service: null }
        const report = await importTables(
          { db, resources, components, validate },
          tables,
          author,
          { bytes, mediaType },
          request.query.dryRun,
        )
        return reply
          .code(201)
          .header('location', `/v1/imports/${report.id}`)
          .header('register-version', (await readHead(db)).position)
          .type(jsonType)
          .send(JSON.stringify(report))
      },
    )
  })
}
