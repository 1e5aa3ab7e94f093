import { gzipSync } from 'node:zlib'
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import { componentName, jsonType, problemType } from './platform/http/operation.ts'
import type { HttpServer } from './platform/http/server.ts'

const contractVersion = '1.0.0-rc.1'

const tags = [
  ['Processing activities', 'The record itself: what the organisation does with personal data (Art. 30).'],
  [
    'Catalogue',
    'What activities refer to: organisations, purposes, data, recipients, subprocessors, retention, measures, services.',
  ],
  ['Approvals', 'The life of an activity: proposed, reviewed, approved, and what waits for whom.'],
  ['History', 'What happened: of each entry, of the whole register, and whether it is as it was recorded.'],
  ['Reports', 'The record as an authority reads it, and what is wrong with it.'],
  ['Imports', 'The register as a file that people edit, and back.'],
  ['Checks', 'Whether a use of personal data is documented: for continuous integration.'],
  ['Manifests', 'What a service declares beside its code: planned, applied as a whole, exported.'],
  ['Access', 'API keys and their roles.'],
  ['Operation', 'Whether the service lives and is ready.'],
]

type Parameter = { required?: boolean; schema?: { default?: unknown } }
type Answer = { content?: Record<string, { [componentName]?: string }> }
type Operation = { parameters?: Parameter[]; responses?: Record<string, Answer> }

/** The contract: generated from the schemas of the routes, so it says what the service does. Registered before any route. */
export const registerContract = async (app: HttpServer) => {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Register of processing activities',
        version: contractVersion,
        summary: 'The record of processing activities that Art. 30 GDPR asks for, as a service.',
        description:
          'Stores processing activities and what they refer to, answers what is documented, and reports it as Art. 30 asks.\n\n' +
          'Bodies are JSON, objects are closed: an unknown property is refused by name. Entries are addressed by key. ' +
          'Errors are problem documents (RFC 9457) that name every mistake at once; `/problems` describes each kind.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
        contact: { name: 'The operator of this register' },
      },
      servers: [{ url: '/', description: 'This service.' }],
      tags: tags.map(([name, description]) => ({ name: name!, description: description! })),
      components: {
        securitySchemes: {
          apiKey: {
            type: 'http',
            scheme: 'bearer',
            bearerFormat: 'ropa_<selector>_<verifier>',
            description: 'An API key.',
          },
        },
      },
      security: [{ apiKey: [] }],
    },
    convertConstToEnum: false,
    transformObject: (document) => {
      if (!('openapiObject' in document)) throw new Error('The contract is OpenAPI.')
      const { openapiObject } = document
      const operations = Object.values(openapiObject.paths ?? {}).flatMap((path) => Object.values(path as object))
      // A parameter with a default is there for whoever handles the request, and may be left out by whoever sends it.
      for (const { parameters = [] } of operations as Operation[])
        for (const parameter of parameters) if (parameter.schema?.default !== undefined) parameter.required = false
      Object.assign(openapiObject.components!, { responses: shareAnswers(operations) })
      return openapiObject
    },
    refResolver: { buildLocalReference: (json) => String(json.$id) },
  })
  const texts = () => {
    const plain = Buffer.from(renderContract(app))
    return { identity: plain, gzip: gzipSync(plain) }
  }
  let rendered: ReturnType<typeof texts> | undefined
  app.get('/openapi/v1.json', { config: { access: 'open' }, schema: { hide: true } }, async (request, reply) => {
    rendered ??= texts()
    const encoding = request.accepts().encoding(['gzip', 'identity']) === 'gzip' ? 'gzip' : 'identity'
    if (encoding === 'gzip') reply.header('content-encoding', 'gzip')
    return reply.type(jsonType).header('vary', 'accept-encoding').send(rendered[encoding])
  })
  await app.register(async (docs) => {
    // The routes of the browser for the contract are not ours to declare: all of them are open.
    docs.addHook('onRoute', (route) => {
      route.config = { ...route.config, access: 'open' }
    })
    await docs.register(swaggerUi, {
      routePrefix: '/docs',
      staticCSP: true,
      uiConfig: { docExpansion: 'list', deepLinking: true, tryItOutEnabled: false },
    })
  })
}

/** Puts a reference in the place of each answer that many operations have. @returns these answers, by their names */
const shareAnswers = (operations: readonly Operation[]): Record<string, object> => {
  const shared = new Map<string, object>()
  for (const { responses = {} } of operations)
    for (const [status, { content, ...answer }] of Object.entries(responses)) {
      const { [componentName]: name, ...problem } = content?.[problemType] ?? {}
      if (name === undefined) continue
      shared.set(name, { ...answer, content: { [problemType]: problem } })
      responses[status] = { $ref: `#/components/responses/${name}` } as Answer
    }
  return Object.fromEntries([...shared].sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** The contract as text, as it is committed in `openapi/v1.json`. The application must be ready. */
export const renderContract = (app: HttpServer): string => `${JSON.stringify(app.swagger(), null, 2)}\n`
