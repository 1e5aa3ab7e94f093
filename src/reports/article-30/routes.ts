import { Readable } from 'node:stream'
import { Type } from 'typebox'
import { asOfParameter, findMoment, key } from '../../entries/index.ts'
import type { Database } from '../../platform/db/database.ts'
import { operation } from '../../platform/http/operation.ts'
import { HttpProblem } from '../../platform/http/problems.ts'
import { closed, oneOf, ref } from '../../platform/http/schema.ts'
import type { HttpServer } from '../../platform/http/server.ts'
import { renderCsv } from './csv.ts'
import { contentSecurityPolicy, renderHtml } from './html.ts'
import { renderJson } from './json.ts'
import { Article30Report, type Article30Source } from './schema.ts'
import { openArticle30 } from './source.ts'

/** A renderer a format; all of them draw on the same model. */
const formats: Record<
  'json' | 'csv' | 'html',
  { mediaType: string; render(source: Article30Source): AsyncGenerator<string> }
> = {
  json: { mediaType: 'application/json', render: renderJson },
  csv: { mediaType: 'text/csv', render: renderCsv },
  html: { mediaType: 'text/html', render: renderHtml },
}

type Format = keyof typeof formats
const names = Object.keys(formats) as Format[]

/** `/v1/reports/article-30`: the record, as it is handed to a supervisory authority (Art. 30(4)). */
export const article30Routes = (app: HttpServer, { db }: { db: Database }) => {
  app.get(
    '/v1/reports/article-30',
    {
      config: { access: 'read' },
      schema: {
        ...operation({
          operationId: 'reportArticle30',
          tag: 'Reports',
          summary: 'The record of processing activities',
          description:
            'The record that Art. 30 asks for, from what is in force: one for each organisation of our own, with every element ' +
            'of Art. 30(1) or (2) and its letter, and the findings marked. The format is chosen by `format`, or by `Accept`.',
          answers: {
            200: {
              description: 'The report, in the format that was asked for.',
              content: {
                'application/json': {
                  schema: ref(Article30Report),
                  example: {
                    title: 'Record of processing activities',
                    role: 'controller',
                    registerVersion: 128,
                    generatedAt: '2026-11-24T08:00:00.000Z',
                    records: [],
                  },
                },
                'text/csv': {
                  schema: Type.String({ description: 'A row an activity, a column an element (RFC 4180).' }),
                  example: 'Organisation,Art. 30(1)(a) Contact details\r\n',
                },
                'text/html': {
                  schema: Type.String({ description: 'A page for the screen and for print.' }),
                  example: '<!doctype html>',
                },
              },
            },
          },
          problems: ['invalid-request', 'not-found', 'not-acceptable'],
        }),
        querystring: closed({
          role: oneOf(
            ['controller', 'processor'],
            'Which record: that of Art. 30(1), with joint controllers, or that of Art. 30(2).',
            {
              default: 'controller',
            },
          ),
          organisation: Type.Optional(
            key('The organisation whose record it is; absent: all of our own.', 'example-hosting'),
          ),
          ...asOfParameter,
          format: Type.Optional(
            oneOf(['json', 'csv', 'html'], 'The format; absent: the best that `Accept` allows, or JSON.'),
          ),
        }),
      },
    },
    async (request, reply) => {
      const { role, organisation, asOf, format } = request.query
      const chosen = format ?? acceptedFormat(request.accepts().type(names.map((name) => formats[name].mediaType)))
      const { mediaType, render } = formats[chosen]
      const { source, close } = await openArticle30(db, role, organisation, await findMoment(db, asOf))
      reply
        .header('register-version', source.registerVersion)
        .header('vary', 'Accept')
        .type(`${mediaType}; charset=utf-8`)
      if (chosen === 'html')
        reply.header('content-security-policy', contentSecurityPolicy).header('cache-control', 'no-store')
      else reply.header('content-disposition', `attachment; filename="article-30-${role}.${chosen}"`)
      return reply.send(Readable.from(closing(render(source), close)))
    },
  )
}

const acceptedFormat = (mediaType: string | string[] | false): Format => {
  const format = names.find((name) => formats[name].mediaType === mediaType)
  if (!format)
    throw new HttpProblem(
      'not-acceptable',
      `The report comes as ${names.map((name) => formats[name].mediaType).join(', ')}.`,
    )
  return format
}

/** Ends the report's transaction when the last piece is sent, or when the reader goes away. */
async function* closing(pieces: AsyncGenerator<string>, close: () => Promise<void>): AsyncGenerator<string> {
  try {
    yield* pieces
  } finally {
    await close()
  }
}
