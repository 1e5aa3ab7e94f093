import { Type } from 'typebox'
import { asOfParameter, findMoment, key } from '../../entries/index.ts'
import type { Database } from '../../platform/db/database.ts'
import { json, operation } from '../../platform/http/operation.ts'
import { closed, ref } from '../../platform/http/schema.ts'
import type { HttpServer } from '../../platform/http/server.ts'
import { chooseFormat, formatParameter, mediaTypes } from '../formats/choose.ts'
import { pageHead } from '../formats/page.ts'
import { chooseLanguage, languageParameter } from '../language/language.ts'
import { openReading } from '../reading.ts'
import { buildNotice, type NoticeKind } from './build.ts'
import { renderNoticePage } from './html.ts'
import { renderMarkdown } from './markdown.ts'
import { Notice } from './model.ts'

const formats = ['json', 'md', 'html'] as const

const example = {
  title: 'Privacy information for Newsletter subscribers',
  introduction: 'Information under Articles 13 and 14 GDPR.',
  language: 'en',
  dataSubjectCategory: 'subscribers',
  organisation: 'example-hosting',
  version: 3,
  issuedOn: '2026-11-24',
  registerVersion: 128,
  sections: [],
  changes: [],
}

const reports: { kind: NoticeKind; path: string; operationId: string; summary: string; description: string }[] = [
  {
    kind: 'notice',
    path: '/v1/reports/transparency-notice',
    operationId: 'reportTransparencyNotice',
    summary: 'Transparency notice',
    description:
      'What a category of data subjects has to be told (Art. 13, 14), from what is in force, with version, date and change log. ' +
      'Facts that are not recorded are marked.',
  },
  {
    kind: 'disclosure',
    path: '/v1/reports/access-disclosure',
    operationId: 'reportAccessDisclosure',
    summary: 'Access disclosure',
    description:
      'What a data subject who asks is told of the processing (Art. 15(1), (2)), by category of data subjects: recipients by ' +
      'name, the safeguards of transfers. The data itself is not in the register.',
  },
]

/** `/v1/reports/transparency-notice` and `/v1/reports/access-disclosure`: what data subjects are told. */
export const noticeRoutes = (app: HttpServer, { db }: { db: Database }) => {
  for (const { kind, path, operationId, summary, description } of reports)
    app.get(
      path,
      {
        config: { access: 'read', inThread: 'reports' },
        schema: {
          ...operation({
            operationId,
            tag: 'Reports',
            summary,
            description,
            answers: {
              200: {
                description: 'What is told.',
                content: {
                  ...json('', ref(Notice), example).content,
                  'text/markdown': {
                    schema: Type.String({ description: 'CommonMark.' }),
                    example: '# Privacy information',
                  },
                  'text/html': {
                    schema: Type.String({ description: 'A page, ready to be published.' }),
                    example: '<!doctype html>',
                  },
                },
              },
            },
            problems: ['invalid-request', 'not-found', 'not-acceptable'],
          }),
          querystring: closed({
            dataSubjectCategory: key('Whom it is for.', 'subscribers'),
            organisation: Type.Optional(
              key(
                'Who is the controller; absent: the one whose activities name the category, if that is one alone.',
                'example-hosting',
              ),
            ),
            ...asOfParameter,
            ...languageParameter,
            ...formatParameter(formats),
          }),
        },
      },
      async (request, reply) => {
        const { dataSubjectCategory, organisation, asOf } = request.query
        const format = chooseFormat(request, formats)
        const t = chooseLanguage(request)
        const { reading, close } = await openReading(db, await findMoment(db, asOf))
        try {
          const notice = await buildNotice(
            reading,
            kind,
            { dataSubjectCategory, ...(organisation !== undefined && { organisation }) },
            t,
          )
          reply
            .header('register-version', notice.registerVersion)
            .header('vary', 'Accept, Accept-Language')
            .header('content-language', t.code)
            .type(`${mediaTypes[format]}; charset=utf-8`)
          if (format === 'html')
            reply.header('content-security-policy', pageHead.policy).header('cache-control', 'no-store')
          return reply.send(
            {
              json: () => JSON.stringify(notice),
              md: () => renderMarkdown(notice, t),
              html: () => renderNoticePage(notice, t),
            }[format](),
          )
        } finally {
          await close()
        }
      },
    )
}
