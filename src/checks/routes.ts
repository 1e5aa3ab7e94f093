import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { principalOf } from '../access/index.ts'
import { findMoment, shownHeaders } from '../entries/index.ts'
import { countryCodes } from '../law/index.ts'
import { assumingManifest, findService, type ManifestDependencies, writerFor } from '../manifests/index.ts'
import { type Database, inTransaction } from '../platform/db/database.ts'
import { json, jsonType, operation } from '../platform/http/operation.ts'
import { ref } from '../platform/http/schema.ts'
import type { HttpServer } from '../platform/http/server.ts'
import { invalidRequest } from '../platform/http/validation.ts'
import type { Model, Register } from '../register/index.ts'
import { checkRoute } from './check-route.ts'
import { worstOf } from './evaluate.ts'
import { createMemoryChecks } from './from-memory.ts'
import { answerQuestion } from './question.ts'
import { CheckBatch, CheckBatchResult, type CheckQuery, type CheckQuestion, CheckResult, checkQuery } from './schema.ts'

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

const listOf = (text: string): string[] => (text === '' ? [] : text.split(','))

/**
 * The question that a query asks.
 * @throws HttpProblem 400 when the lists are not those of a question
 */
const questionOf = ({ purpose, legalBasis, service, asOf, ...lists }: CheckQuery): CheckQuestion => {
  const { dataCategories, ...optional } = Object.fromEntries(
    Object.entries(lists).map(([name, text]) => [name, listOf(text)]),
  )
  const errors = Object.entries({ dataCategories, ...optional }).flatMap(([name, keys]) => [
    ...(keys!.length > 500 ? [{ pointer: `/query/${name}`, message: 'has more than 500 elements; ask by POST' }] : []),
    ...(new Set(keys).size < keys!.length ? [{ pointer: `/query/${name}`, message: 'has an element twice' }] : []),
    ...keys!.flatMap((key) =>
      name === 'countries' && !(countryCodes as readonly string[]).includes(key)
        ? [{ pointer: `/query/${name}`, message: `\`${key}\` is no country of ISO 3166-1` }]
        : [],
    ),
  ])
  if (errors.length > 0) throw invalidRequest(errors)
  return {
    purpose,
    dataCategories: dataCategories!,
    ...optional,
    ...(legalBasis !== undefined && { legalBasis }),
    ...(service !== undefined && { service }),
    ...(asOf !== undefined && { asOf }),
  }
}

/** `/v1/checks`: is a use of personal data documented? */
export const checkRoutes = async (
  app: HttpServer,
  { db, register, ...manifests }: ManifestDependencies & { db: Database; register: Register },
): Promise<void> => {
  const { shown } = register
  const answerFromMemory = createMemoryChecks()
  const answer = (
    request: FastifyRequest,
    question: CheckQuestion,
    pointer: string,
  ): CheckResult | Promise<CheckResult> => {
    const from = (model: Model | undefined) =>
      model ? answerFromMemory(model, question) : answerFromPostgres(db, question, pointer)
    if (question.asOf !== undefined) return from(undefined)
    const model = shown(request)
    return model instanceof Promise ? model.then(from) : from(model)
  }
  const description =
    'Says whether what is in force covers a use of personal data, and why. A check that fails is a good answer: its status ' +
    'is 200. Keys that the register does not know make it fail. It says what is documented, never that processing is lawful.'
  const tag = 'Checks'

  await checkRoute(app, {
    answer: (request, question) => answer(request, question, '/asOf'),
    current: register.current,
    documented: { tag, description, example },
  })

  app.get(
    '/v1/checks',
    {
      config: { access: 'read' },
      schema: {
        ...operation({
          operationId: 'checkByQuery',
          tag,
          summary: 'Check whether a use of data is documented, by a query',
          description: `The same question as a query, for caches. ${description}`,
          answers: {
            200: json('The outcome, with its reasons.', ref(CheckResult), example, {
              ETag: Type.String({ description: 'The entity tag of the answer.' }),
            }),
            304: { description: 'It is the one that `If-None-Match` names.' },
          },
          problems: ['invalid-request'],
        }),
        headers: shownHeaders,
        querystring: checkQuery,
      },
    },
    async (request, reply) => send(reply, await answer(request, questionOf(request.query), '/query/asOf')),
  )

  app.post(
    '/v1/checks/batch',
    {
      config: { access: 'read' },
      schema: {
        ...operation({
          operationId: 'checkBatch',
          tag,
          summary: 'Check many uses of data at once',
          description:
            'Answers up to 1,000 questions from one moment of the register. With `assuming` a manifest that is not applied yet is ' +
            'taken as applied and approved, so that a build can tell what still waits from what is not declared at all.',
          answers: {
            200: json('Every outcome, with its reasons.', ref(CheckBatchResult), {
              outcome: 'pass',
              results: [example],
              registerVersion: example.registerVersion,
            }),
          },
          problems: [
            'invalid-request',
            'not-found',
            'conflict',
            'unknown-reference',
            'body-too-large',
            'unsupported-media-type',
          ],
        }),
        headers: shownHeaders,
        body: ref(CheckBatch),
      },
    },
    async (request, reply) => {
      const { checks, assuming } = request.body
      const model = assuming || checks.some(({ asOf }) => asOf !== undefined) ? undefined : await shown(request)
      if (model) {
        const results = checks.map((question) => answerFromMemory(model, question))
        return send(reply, { outcome: worstOf(results), results, registerVersion: model.version })
      }
      if (!assuming)
        return send(reply, await inTransaction(db, (transaction) => answerAll(transaction, checks), 'repeatable read'))
      const service = await findService(db, assuming.service)
      const writer = writerFor(principalOf(request), service)
      const result = await assumingManifest(
        db,
        manifests,
        service,
        assuming.manifest,
        writer,
        async (assumed, registerVersion) => {
          const { outcome, results } = await answerAll(assumed, checks)
          return { outcome, results: results.map((result) => ({ ...result, registerVersion })), registerVersion }
        },
      )
      return send(reply, result)
    },
  )
}

const answerFromPostgres = async (db: Database, question: CheckQuestion, pointer: string): Promise<CheckResult> =>
  answerQuestion(db, question, await findMoment(db, question.asOf, pointer))

const answerAll = async (db: Database, checks: CheckQuestion[]): Promise<CheckBatchResult> => {
  const results: CheckResult[] = []
  for (const [index, question] of checks.entries())
    results.push(await answerFromPostgres(db, question, `/checks/${index}/asOf`))
  return { outcome: worstOf(results), results, registerVersion: results[0]!.registerVersion }
}

const send = (reply: FastifyReply, result: CheckResult | CheckBatchResult) =>
  reply.header('register-version', result.registerVersion).type(jsonType).send(JSON.stringify(result))
