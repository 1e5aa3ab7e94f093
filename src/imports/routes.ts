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
import { charsetOf } from '../platform/text.ts'
import { chooseFormat, mediaTypes, openReading } from '../reports/index.ts'
import { exportTable, exportTables } from './export.ts'
import { importFile } from './import.ts'
import { readCsv } from './read-csv.ts'
import { readXlsx } from './read-xlsx.ts'
import { totalOf } from './removals.ts'
import { deleteReport, type ImportReport, readReport } from './reports.ts'

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
    understood: closed(
      {
        encoding: Type.Optional(
          Type.String({ description: 'How the bytes of CSV were decoded.', examples: ['utf-8'] }),
        ),
        delimiter: Type.Optional(Type.String({ description: 'What stood between its cells.', examples: [';'] })),
      },
      { description: 'What the file was taken for.' },
    ),
    notices: Type.Array(Type.String({ description: 'One notice, as a sentence.' }), {
      description: 'What was read otherwise than it stands in the file, or left out.',
      examples: [['“WAHR” was read as true, 3 times.']],
    }),
    removals: Type.Array(
      closed(
        {
          resource: Type.String({ description: 'The resource.' }),
          column: Type.String({ description: 'The column.' }),
          removed: Type.Integer({ description: 'How many of its values are removed.' }),
          of: Type.Integer({ description: 'How many there are in the entries of the file.' }),
        },
        { description: 'One column.' },
      ),
      { description: 'Columns of which more than a fifth of the values is removed: that has to be confirmed.' },
    ),
    rows: Type.Array(
      closed(
        {
          resource: Type.String({ description: 'Its resource: the name of the sheet, or the first column.' }),
          key: Type.String({ description: 'Its key.' }),
          row: Type.Integer({ description: 'Its first row in the sheet or file, counted from 1.' }),
          outcome: oneOf(['created', 'changed', 'unchanged', 'refused'], 'What becomes of it.'),
          changes: Type.Array(
            closed(
              {
                kind: oneOf(['added', 'removed', 'changed'], 'What happens to the value.'),
                pointer: Type.String({
                  description: 'JSON Pointer (RFC 6901) into the entry as it will be; of what is removed, as it was.',
                }),
                place: Type.String({ description: 'Where it is, in words.' }),
                before: Type.Optional(Type.Any({ description: 'What stands; absent: nothing.' })),
                after: Type.Optional(Type.Any({ description: 'What the file says; absent: nothing.' })),
              },
              { description: 'One change.' },
            ),
            { description: 'What changes in an entry that there is; of a new one all of it is new.' },
          ),
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
  understood: { encoding: 'utf-8', delimiter: ';' },
  notices: [],
  removals: [],
  rows: [{ resource: 'purposes', key: 'newsletter', row: 2, outcome: 'created', changes: [], errors: [] }],
}

const file = (description: string) => ({ schema: binary(description), example: '…' })

/** How many mistakes a refusal names; its report has all of them. */
const mostNamed = 100

/** 422 for an import of which nothing was written. */
const refusal = ({ id, refused, removals, rows }: ImportReport): HttpProblem => {
  const errors = rows.flatMap(({ resource, key, row, errors }) =>
    errors.map(({ pointer, message }) => ({
      pointer: `/${resource}/${key}${pointer}`,
      message: `${message} (row ${row})`,
    })),
  )
  const removed = removals.map(({ resource, column, removed, of }) => ({
    pointer: `/${resource}`,
    message: `${removed} of ${of} values of \`${column}\` would be removed, as their cells are empty; leave the column out to keep them`,
  }))
  const confirm =
    removals.length > 0
      ? ` To remove ${totalOf(removals)} values, repeat with \`confirmRemovals=${totalOf(removals)}\`.`
      : ''
  const why = refused > 0 ? ` ${refused} of ${rows.length} entries cannot be written.` : ''
  const more = errors.length > mostNamed ? ` \`errors\` names ${mostNamed} of ${errors.length} mistakes.` : ''
  return new HttpProblem(
    'import-refused',
    `Nothing was written.${why}${confirm}${more} The report is at /v1/imports/${id}.`,
    { errors: [...removed, ...errors].slice(0, mostNamed), headers: { location: `/v1/imports/${id}` } },
  )
}

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
      config: { access: 'read', inThread: 'reports' },
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
      const found = await readReport(db, request.params.id)
      if (!found) throw new HttpProblem('not-found', `There is no import \`${request.params.id}\`.`)
      return reply.type(jsonType).send(JSON.stringify(found))
    },
  )

  app.delete(
    '/v1/imports/:id',
    {
      config: { access: 'administer' },
      schema: {
        ...operation({
          operationId: 'deleteImport',
          tag,
          summary: 'Delete: import',
          description:
            'Deletes the report of an import that was refused or only tried. That of one that was applied is kept.',
          answers: { 204: { description: 'It is deleted.' } },
          problems: ['invalid-request', 'not-found', 'conflict', 'body-too-large', 'unsupported-media-type'],
        }),
        params: closed({ id: Type.String({ format: 'uuid', description: 'The id of the import.' }) }),
      },
    },
    async (request, reply) => {
      await deleteReport(db, request.params.id)
      return reply.code(204).send()
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
        config: { access: 'administer', inThread: 'imports' },
        schema: {
          ...operation({
            operationId: 'importRegister',
            tag,
            summary: 'Import a file',
            description:
              'Takes what `GET /v1/exports` gives, as it is or edited: creates and changes entries, all of them or none, and says of ' +
              'each what becomes of it, before and after. Without `dryRun=false` it is only tried. What is not in the file stays as it ' +
              'is: entries, and columns; an empty cell of a column that the file has removes. More than a fifth of the values of a ' +
              'column is removed only with `confirmRemovals`. CSV may have commas, semicolons or tabs, yes and no and days as people ' +
              'write them; the report says what was understood. Activities are in force as they come, with `approval: none`.',
            answers: {
              201: json('What the file changes, or changed.', ref(Import), example, {
                Location: Type.String({ description: 'Where the report can be read again.' }),
              }),
            },
            problems: ['invalid-request', 'import-refused', 'body-too-large', 'unsupported-media-type'],
          }),
          querystring: closed({
            dryRun: Type.Boolean({ default: true, description: 'Whether it is only tried; `false` writes.' }),
            confirmRemovals: Type.Optional(
              Type.Integer({
                minimum: 1,
                description:
                  'How many values may be removed from columns that lose more than a fifth of theirs; the refusal names it.',
              }),
            ),
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
        const isWorkbook = mediaType === mediaTypes.xlsx
        const file = isWorkbook ? await readXlsx(bytes) : readCsv(bytes, charsetOf(request.headers['content-type']))
        const { dryRun, confirmRemovals } = request.query
        const author = { principalId, serviceId: null, service: null }
        const report = await importFile(
          { db, resources, components, validate },
          { file, bytes, mediaType, isWorkbook, author, dryRun, confirmRemovals },
        )
        if (report.status === 'refused') throw refusal(report)
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
