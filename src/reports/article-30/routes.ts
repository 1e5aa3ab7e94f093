import type { Readable } from 'node:stream'
import { Type } from 'typebox'
import { activityParameters } from '../../activities/index.ts'
import { asOfParameter, findMoment, key } from '../../entries/index.ts'
import type { Database } from '../../platform/db/database.ts'
import { operation } from '../../platform/http/operation.ts'
import { HttpProblem } from '../../platform/http/problems.ts'
import { binary, closed, oneOf, ref } from '../../platform/http/schema.ts'
import type { HttpServer } from '../../platform/http/server.ts'
import { invalidRequest } from '../../platform/http/validation.ts'
import { type CsvOptions, csvParameters, renderCsv } from '../../platform/tables/csv.ts'
import { renderXlsx } from '../../platform/tables/xlsx.ts'
import { textStream } from '../../platform/text-stream.ts'
import { chooseFormat, formatParameter, mediaTypes } from '../formats/choose.ts'
import { renderDocx } from '../formats/docx.ts'
import { pageHead } from '../formats/page.ts'
import { renderPdf } from '../formats/pdf.ts'
import { chooseLanguage, languageOf, languageParameter } from '../language/language.ts'
import { printedReport } from './document.ts'
import { renderHtml } from './html.ts'
import { renderJson } from './json.ts'
import { layouts, layoutWorkbook } from './layouts/workbook.ts'
import { Article30Report, type Article30Source } from './schema.ts'
import { openArticle30 } from './source.ts'
import { article30Workbook, registerTable } from './table.ts'

const formats = ['json', 'csv', 'xlsx', 'pdf', 'docx', 'html'] as const
type Format = (typeof formats)[number]

/** A renderer a format; all of them draw on the same model. */
const renderers: Record<Format, (source: Article30Source, csv: CsvOptions) => Readable> = {
  json: (source) => textStream(renderJson(source)),
  csv: (source, csv) => textStream(renderCsv(registerTable(source), csv)),
  xlsx: (source) => renderXlsx(article30Workbook(source)),
  pdf: (source) => renderPdf(printedReport(source), source.language),
  docx: (source) => renderDocx(printedReport(source), source.language),
  html: (source) => textStream(renderHtml(source)),
}

/** What word processors open in bearable time. */
const mostInDocx = 5000

/** What a report of Art. 30 can be asked with; a sealed one is asked with the same. */
export const article30Query = closed({
  role: oneOf(
    ['controller', 'processor'],
    'Which record: that of Art. 30(1), with joint controllers, or that of Art. 30(2).',
    { default: 'controller' },
  ),
  organisation: Type.Optional(key('The organisation whose record it is; absent: all of our own.', 'example-hosting')),
  ...asOfParameter,
  ...filterProperties(),
  proposals: Type.Boolean({
    default: false,
    description: 'Whether what is only proposed is shown as well, marked; otherwise only what is in force.',
  }),
  ...languageParameter,
  ...formatParameter(formats),
  layout: Type.Optional(
    oneOf(
      ['ico', 'cnil'],
      'The columns of an authority’s template for controllers, in its language, with a report of what got lost; as XLSX.',
    ),
  ),
  ...csvParameters,
})

/** The filters of the list of activities. */
function filterProperties() {
  const { role: _, organisation: __, ...filters } = activityParameters.properties
  return filters
}

/** `/v1/reports/article-30`: the record, as it is handed to a supervisory authority (Art. 30(4)). */
export const article30Routes = (app: HttpServer, { db }: { db: Database }) => {
  app.get(
    '/v1/reports/article-30',
    {
      config: { access: 'read', inThread: 'reports' },
      schema: {
        ...operation({
          operationId: 'reportArticle30',
          tag: 'Reports',
          summary: 'The record of processing activities',
          description:
            'The record that Art. 30 asks for, from what is in force: one for each organisation of our own, with every element ' +
            'of Art. 30(1) or (2) and its letter, and the findings marked. The format is chosen by `format`, or by `Accept`; it is ' +
            'sent while it is made. Filters combine, as in the list of activities.',
          answers: {
            200: {
              description: 'The report, in the format that was asked for.',
              content: {
                'application/json': {
                  schema: ref(Article30Report),
                  example: {
                    title: 'Record of processing activities',
                    role: 'controller',
                    language: 'en',
                    registerVersion: 128,
                    generatedAt: '2026-11-24T08:00:00.000Z',
                    records: [],
                  },
                },
                'text/csv': {
                  schema: Type.String({ description: 'A row an activity, a column an element (RFC 4180).' }),
                  example: 'Activity,Key,Organisation\r\n',
                },
                [mediaTypes.xlsx]: {
                  schema: binary('A workbook: the register, and a sheet for each catalogue.'),
                  example: 'PK…',
                },
                [mediaTypes.pdf]: {
                  schema: binary('A tagged document with bookmarks.'),
                  example: '%PDF-1.7 …',
                },
                [mediaTypes.docx]: {
                  schema: binary('A document with styles and a table of contents.'),
                  example: 'PK…',
                },
                'text/html': {
                  schema: Type.String({ description: 'A page for the screen and for print.' }),
                  example: '<!doctype html>',
                },
              },
            },
          },
          problems: ['invalid-request', 'not-found', 'not-acceptable', 'too-large-for-format'],
        }),
        querystring: article30Query,
      },
    },
    async (request, reply) => {
      const { role, organisation, asOf, proposals, delimiter, bom, layout } = request.query
      const format = layout === undefined ? chooseFormat(request, formats) : 'xlsx'
      if (layout !== undefined) refuseLayout(request.query)
      const { source, close } = await openArticle30(db, {
        role,
        organisation,
        moment: await findMoment(db, asOf),
        language: layout === undefined ? chooseLanguage(request) : languageOf(layouts[layout].language),
        proposals,
        filter: activityParameters.filter({ ...request.query, role: undefined, organisation: undefined }),
      })
      const activities = source.records.reduce((sum, { contents }) => sum + contents.length, 0)
      if (format === 'docx' && activities > mostInDocx) {
        await close()
        throw new HttpProblem(
          'too-large-for-format',
          `A Word document holds at most ${mostInDocx} activities, and these are ${activities}: filter them, or take PDF.`,
        )
      }
      reply
        .header('register-version', source.registerVersion)
        .header('vary', 'Accept, Accept-Language')
        .header('content-language', source.language.code)
        .type(
          mediaTypes[format] + (format === 'json' || format === 'csv' || format === 'html' ? '; charset=utf-8' : ''),
        )
      if (format === 'html')
        reply.header('content-security-policy', pageHead.policy).header('cache-control', 'no-store')
      else reply.header('content-disposition', `attachment; filename="article-30-${layout ?? role}.${format}"`)
      const output =
        layout === undefined
          ? renderers[format](source, { delimiter, bom })
          : renderXlsx(layoutWorkbook(source, layouts[layout]))
      // The report's transaction ends when the last piece is sent, or when the reader goes away.
      output.once('close', () => void close())
      return reply.send(output)
    },
  )
}

/** The templates are for controllers, and workbooks. */
const refuseLayout = ({ role, format }: { role: string; format?: string }) => {
  const errors = [
    ...(role === 'processor'
      ? [{ pointer: '/query/role', message: 'must be `controller`, for whom the layouts are' }]
      : []),
    ...(format !== undefined && format !== 'xlsx'
      ? [{ pointer: '/query/format', message: 'must be `xlsx` or absent, as a layout is given' }]
      : []),
  ]
  if (errors.length > 0) throw invalidRequest(errors)
}
