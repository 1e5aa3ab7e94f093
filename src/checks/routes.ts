import { findMoment } from '../entries/index.ts'
import type { Database } from '../platform/db/database.ts'
import { json, jsonType, operation } from '../platform/http/operation.ts'
import { ref } from '../platform/http/schema.ts'
import type { HttpServer } from '../platform/http/server.ts'
import { answerQuestion } from './question.ts'
import { CheckQuestion, CheckResult } from './schema.ts'

const example: CheckResult = {
  outcome: 'pass',
  reasons: [
    {
      code: 'covered',
      severity: 'info',
      article: 'Art. 30(1)',
      pointer: '/dataCategories/0',
      message: '`email-address` for `send-newsletter` is documented in the activity `newsletter`, revision 3.',
      fix: '',
    },
  ],
  coveredBy: [{ key: 'newsletter', revision: 3 }],
  registerVersion: 128,
}

/** `/v1/checks`: is a use of personal data documented? */
export const checkRoutes = (app: HttpServer, { db }: { db: Database }) => {
  app.post(
    '/v1/checks',
    {
      config: { access: 'read' },
      schema: {
        ...operation({
          operationId: 'check',
          tag: 'Checks',
          summary: 'Check whether a use of data is documented',
          description:
            'Says whether what is in force covers a use of personal data, and why. A check that fails is a good answer: its status ' +
            'is 200. Keys that the register does not know make it fail. It says what is documented, never that processing is lawful.',
          answers: { 200: json('The outcome, with its reasons.', ref(CheckResult), example) },
          problems: ['invalid-request', 'body-too-large', 'unsupported-media-type'],
        }),
        body: ref(CheckQuestion),
      },
    },
    async (request, reply) => {
      const result = await answerQuestion(db, request.body, await findMoment(db, request.body.asOf, '/asOf'))
      return reply.header('register-version', result.registerVersion).type(jsonType).send(JSON.stringify(result))
    },
  )
}
