import type { FastifyRequest } from 'fastify'
import { createRememberedAnswers, shownHeaders } from '../entries/index.ts'
import { withJsonText } from '../platform/http/json-body.ts'
import { json, operation } from '../platform/http/operation.ts'
import { type ReadyAnswer, sendReady } from '../platform/http/ready.ts'
import { ref } from '../platform/http/schema.ts'
import type { HttpServer } from '../platform/http/server.ts'
import type { Model } from '../register/index.ts'
import { CheckQuestion, CheckResult } from './schema.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The text of a question; null on other routes. */
    question: string | null
    /** Its answer, where it is remembered. */
    remembered: ReadyAnswer | null
  }
}

/** How many bytes the answers may have together that are remembered. */
const answersRemembered = 16 * 1024 * 1024

/** `POST /v1/checks`. In a scope of its own: nowhere else is the text of a body looked at. */
export const checkRoute = async (
  app: HttpServer,
  {
    answer,
    current,
    documented,
  }: {
    answer: (request: FastifyRequest, question: CheckQuestion) => CheckResult | Promise<CheckResult>
    /** The register in memory, while it has all that it should. */
    current: () => Model | undefined
    documented: { tag: string; description: string; example: CheckResult }
  },
): Promise<void> => {
  const answers = createRememberedAnswers<string>(answersRemembered)
  const { tag, description, example } = documented

  await app.register(async (scope: HttpServer) => {
    scope.decorateRequest('question', null)
    scope.decorateRequest('remembered', null)
    const parse = scope.getDefaultJsonParser('error', 'error')
    scope.removeContentTypeParser('application/json')
    scope.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
      withJsonText(body as Buffer, request.headers['content-type'], done, (text) => {
        const model = current()
        request.question = text
        // A caller that names a version may have to wait for it.
        const found = request.headers['register-version-min'] === undefined && model && answers.find(model, text)
        if (found) request.remembered = { body: found, fields: ['register-version', String(model.version)] }
        // What has an answer was read and found right before.
        if (request.remembered === null) parse(request, text, done)
        else done(null, undefined)
      })
    })

    scope.post(
      '/v1/checks',
      {
        config: { access: 'read' },
        schema: {
          ...operation({
            operationId: 'check',
            tag,
            summary: 'Check whether a use of data is documented',
            description,
            answers: { 200: json('The outcome, with its reasons.', ref(CheckResult), example) },
            problems: ['invalid-request', 'body-too-large', 'unsupported-media-type'],
          }),
          headers: shownHeaders,
          body: ref(CheckQuestion),
        },
        preValidation: (request, reply, done) => {
          const { remembered } = request
          if (remembered === null) done()
          else sendReady(request, reply, remembered)
        },
      },
      // Most answers are in memory, and need no turn of their own.
      (request, reply) => {
        const { body: question } = request
        const send = (result: CheckResult) => {
          const body = JSON.stringify(result)
          sendReady(request, reply, { body, fields: ['register-version', String(result.registerVersion)] })
          return body
        }
        const result = answer(request, question)
        if (result instanceof Promise) return result.then(send)
        const model = current()
        const body = send(result)
        if (model?.version === result.registerVersion && question.asOf === undefined)
          answers.remember(model, request.question!, body, body.length)
      },
    )
  })
}
