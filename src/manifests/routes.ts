import { Type } from 'typebox'
import { stringify } from 'yaml'
import { mayDo, type Principal, principalOf } from '../access/index.ts'
import { entryParams, findEntry, noPreconditions, notFound, readEntry, type Writer } from '../entries/index.ts'
import type { Database } from '../platform/db/database.ts'
import { json, jsonType, operation } from '../platform/http/operation.ts'
import { HttpProblem } from '../platform/http/problems.ts'
import { closed, oneOf, ref } from '../platform/http/schema.ts'
import type { HttpServer } from '../platform/http/server.ts'
import { entryComponents } from '../resources.ts'
import { applyManifest, type Service } from './apply.ts'
import { declareOwned } from './declare.ts'
import { manifestJsonSchema, manifestSchemaPath } from './json-schema.ts'
import type { ManifestDependencies } from './plan-entry.ts'
import { exampleManifest, examplePlan, ManifestPlan, manifestRef } from './schema.ts'

const tag = 'Manifests'
const path = '/v1/services/:key/manifest'
const yamlType = 'application/yaml'

/** `/v1/services/{key}/manifest`: what a service declares; and the schema of manifests, for editors. */
export const manifestRoutes = (app: HttpServer, { db, ...dependencies }: ManifestDependencies & { db: Database }) => {
  const { resources } = dependencies
  const schema = JSON.stringify(manifestJsonSchema(resources, entryComponents))

  app.get(manifestSchemaPath, { config: { access: 'open' }, schema: { hide: true } }, async (_, reply) =>
    reply.type('application/schema+json').send(schema),
  )

  app.get(
    path,
    {
      config: { access: 'read' },
      schema: {
        ...operation({
          operationId: 'getManifest',
          tag,
          summary: 'Read: manifest of a service',
          description:
            'What the service owns, as a manifest; applied as it is, it changes nothing. What is for compliance staff to judge ' +
            '(legal bases, conditions, transfer mechanisms, assessments) is left out, and so kept. `format=yaml` gives a `ropa.yaml` to begin with.',
          answers: {
            200: {
              description: 'The manifest.',
              content: {
                'application/json': { schema: manifestRef, example: exampleManifest },
                [yamlType]: { schema: Type.String({ description: 'YAML 1.2.' }), example: 'version: 1\n' },
              },
              headers: { ETag: Type.String({ description: 'The entity tag of the manifest.' }) },
            },
            304: { description: 'It is the one that `If-None-Match` names.' },
          },
          problems: ['invalid-request', 'not-found'],
        }),
        params: entryParams,
        querystring: closed({ format: Type.Optional(oneOf(['json', 'yaml'], 'The format; absent: JSON.')) }),
      },
    },
    async (request, reply) => {
      const { registerVersion, result: service } = await readEntry(db, 'services', request.params.key)
      if (!service) throw notFound('service', request.params.key)
      const manifest = await declareOwned(db, { ...service, contentId: service.revisionId }, resources)
      reply.header('register-version', registerVersion)
      if (request.query.format !== 'yaml') return reply.type(jsonType).send(JSON.stringify(manifest))
      const schemaComment = `# yaml-language-server: $schema=${request.protocol}://${request.host}${manifestSchemaPath}\n`
      return reply.type(`${yamlType}; charset=utf-8`).send(schemaComment + stringify(manifest, { lineWidth: 0 }))
    },
  )

  app.put(
    path,
    {
      // A dry run is a read; `assertMayWrite` decides who may apply.
      config: { access: 'read' },
      preValidation: async (request) => {
        if (String(request.query.dryRun) !== 'true') assertMayWrite(principalOf(request))
      },
      schema: {
        ...operation({
          operationId: 'applyManifest',
          tag,
          summary: 'Apply the manifest of a service',
          description:
            'Writes everything that a service declares, or nothing. What it leaves out of an entry is kept; an entry that it brought ' +
            'before and leaves out is retired, an activity by a proposal. What is material waits for compliance staff. The same ' +
            'manifest again writes nothing, so it belongs into every deploy. `dryRun=true` only plans: what would happen to each ' +
            'entry, what that means in law, and what the rules find.',
          answers: { 200: json('What the manifest means for each entry.', ref(ManifestPlan), examplePlan) },
          problems: [
            'invalid-request',
            'not-found',
            'conflict',
            'unknown-reference',
            'body-too-large',
            'unsupported-media-type',
          ],
        }),
        params: entryParams,
        querystring: closed({
          dryRun: Type.Boolean({ default: false, description: 'Whether it is only planned; `true` writes nothing.' }),
        }),
        body: manifestRef,
      },
    },
    async (request, reply) => {
      const { key } = request.params
      const { dryRun } = request.query
      const principal = principalOf(request)
      const service = await findService(db, key)
      if (!dryRun) assertOwn(principal, service)
      const plan = await applyManifest(db, dependencies, service, request.body, writerFor(principal, service), dryRun)
      return reply.header('register-version', plan.registerVersion).type(jsonType).send(JSON.stringify(plan))
    },
  )
}

/**
 * The service that a manifest is of.
 * @throws HttpProblem 404
 */
export const findService = async (db: Database, key: string): Promise<Service> => {
  const service = await findEntry(db, 'services', key)
  if (!service || service.status === 'retired')
    throw new HttpProblem('not-found', `There is no service \`${key}\`. Create it: PUT /v1/services/${key}.`)
  return service
}

/** Whoever applies a manifest writes for its service. */
export const writerFor = ({ id, role }: Principal, service: Service): Writer => ({
  author: { principalId: id, serviceId: service.id, service: service.key },
  role,
  preconditions: noPreconditions,
})

/** A dry run is a read; the rest is for those who may write. Asked before the body is looked at. */
const assertMayWrite = ({ role }: Principal) => {
  if (!mayDo(role, 'write'))
    throw new HttpProblem('forbidden', `The role \`${role}\` may only plan: add \`dryRun=true\`.`)
}

/** A service applies its own manifest; staff who may write apply it for the service. */
const assertOwn = ({ role, service }: Principal, { key }: Service) => {
  if (role === 'service' && service?.key !== key)
    throw new HttpProblem(
      'conflict',
      `The manifest is that of the service \`${key}\`; the key stands for \`${service?.key}\`.`,
    )
}
