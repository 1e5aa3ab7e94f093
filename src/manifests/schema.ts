import { type Static, type TSchema, Type } from 'typebox'
import { exampleFinding, Finding } from '../activities/index.ts'
import type { EntryContent, Resource } from '../entries/index.ts'
import { closed, key, keyOptions, oneOf, ref } from '../platform/http/schema.ts'

/** Entries of a resource by key, as a service declares them. */
export type Declarations = Record<string, Partial<EntryContent>>

/** A service's whole declaration. Its other properties are resources, in camelCase. */
export type Manifest = { version: 1; service?: Partial<EntryContent> } & { [property: string]: unknown }

/** The property of a manifest that holds the entries of a resource: `data-categories` stands under `dataCategories`. */
export const propertyOf = (resource: string): string =>
  resource.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())

const nameOf = ({ component }: Resource) => `${component}Declaration`

/** The body of an entry with nothing required: what is left out keeps the value that it has. */
const declarationOf = (resource: Resource): TSchema => {
  const { key: _, meta: __, ...properties } = resource.Input.properties as Record<string, TSchema>
  return Type.Unsafe({
    type: 'object',
    $id: nameOf(resource),
    description: `What a service declares of a ${resource.singular}. What is left out keeps the value that it has.`,
    additionalProperties: false,
    properties,
  })
}

const versionProperty = { type: 'integer', const: 1, description: 'The version of the format of manifests.' }

/** The schemas of manifests and of plans, for the contract. */
export const manifestSchemas = (resources: ReadonlyMap<string, Resource>): TSchema[] => {
  const declarations = [...resources.values()].map(declarationOf)
  const entries = [...resources.values()].map((resource) => [
    propertyOf(resource.resource),
    {
      type: 'object',
      description: `The entries of \`${resource.resource}\` that the service brings, by key. One that it brought before and leaves out is retired.`,
      maxProperties: 1000,
      propertyNames: { type: 'string', ...keyOptions },
      additionalProperties: { $ref: `${nameOf(resource)}#` },
    },
  ])
  const manifest = Type.Unsafe({
    $id: 'Manifest',
    type: 'object',
    description:
      'What a service says that it processes, and the entries of the catalogue that it brings. It is applied as a whole.',
    additionalProperties: false,
    required: ['version'],
    properties: {
      version: versionProperty,
      service: { $ref: 'ServiceDeclaration#' },
      ...Object.fromEntries(entries),
    },
    examples: [exampleManifest],
  })
  return [...declarations, manifest, PlannedEntry, ManifestPlan]
}

export const exampleManifest = {
  version: 1,
  purposes: { 'send-newsletter': { name: 'Send the newsletter' } },
  processingActivities: {
    newsletter: {
      name: 'Newsletter',
      role: 'controller',
      organisation: 'example',
      purposes: [{ purpose: 'send-newsletter' }],
    },
  },
}

export const manifestRef = Type.Unsafe<Manifest>({ $ref: 'Manifest#' })

const PlannedEntry = closed(
  {
    resource: Type.String({ description: 'Its resource.', examples: ['processing-activities'] }),
    key: key('Its key.'),
    pointer: Type.String({
      description: 'Where it stands in the manifest, as a JSON Pointer (RFC 6901); empty: it is left out.',
    }),
    action: oneOf(
      ['create', 'update', 'unchanged', 'retire', 'conflict'],
      'What becomes of it. `conflict`: it cannot be written, and so nothing of the manifest is.',
    ),
    approval: oneOf(
      ['needed', 'not-needed'],
      '`needed`: it is proposed, and in force when compliance staff have approved it.',
    ),
    changes: Type.Array(
      closed(
        {
          kind: oneOf(['added', 'removed', 'changed'], 'What kind of difference it is.'),
          pointer: Type.String({ description: 'JSON Pointer (RFC 6901) into the entry.' }),
          place: Type.String({ description: 'Where it is, in words.' }),
          before: Type.Optional(Type.Any({ description: 'What is in force; absent: nothing.' })),
          after: Type.Optional(Type.Any({ description: 'What is declared; absent: nothing.' })),
          material: Type.Boolean({ description: 'Whether it needs an approval; else it is editorial.' }),
        },
        { description: 'One difference.' },
      ),
      { description: 'How what is declared differs from what is in force.' },
    ),
    effects: Type.Array(Type.String({ description: 'One effect, as an English sentence.' }), {
      description: 'What the differences mean in law, in words.',
      examples: [['Adds a transfer to US: no mechanism is named.']],
    }),
    findings: Type.Array(
      closed(
        {
          finding: ref(Finding),
          introduced: Type.Boolean({ description: 'Whether the manifest brings it; else it was there before.' }),
        },
        { description: 'One finding.' },
      ),
      { description: 'What the rules find in an activity as it is declared.' },
    ),
    errors: Type.Array(
      closed(
        {
          pointer: Type.String({ description: 'JSON Pointer (RFC 6901) into the manifest.' }),
          message: Type.String({ description: 'What is wrong there, and how to mend it.' }),
        },
        { description: 'One mistake.' },
      ),
      { description: 'Why it is in conflict.' },
    ),
    note: Type.Optional(Type.String({ description: 'What else is to be said of it.' })),
  },
  { $id: 'PlannedEntry', description: 'What a manifest means for one entry.' },
)

const counted = (what: string) => Type.Integer({ minimum: 0, description: `How many entries ${what}.` })

export const ManifestPlan = closed(
  {
    service: key('The service.', 'newsletter'),
    dryRun: Type.Boolean({ description: 'Whether it was only tried.' }),
    outcome: oneOf(
      ['applied', 'would-apply', 'conflict'],
      '`applied`: it is written; `would-apply`: nothing stands in the way; `conflict`: it would be refused.',
    ),
    create: counted('are new'),
    update: counted('change'),
    unchanged: counted('stay as they are'),
    retire: counted('are retired, or proposed to be'),
    conflict: counted('cannot be written'),
    approvalNeeded: Type.Boolean({ description: 'Whether anything waits for an approval then.' }),
    entries: Type.Array(ref(PlannedEntry), { description: 'Every entry, in the order in which they are written.' }),
    registerVersion: Type.Integer({ description: 'The version of the register that the plan was made for.' }),
  },
  { $id: 'ManifestPlan', description: 'What a manifest means for the register.' },
)

export type PlannedEntry = Static<typeof PlannedEntry>
export type ManifestPlan = Static<typeof ManifestPlan>

export const examplePlan: ManifestPlan = {
  service: 'newsletter',
  dryRun: true,
  outcome: 'would-apply',
  create: 1,
  update: 0,
  unchanged: 0,
  retire: 0,
  conflict: 0,
  approvalNeeded: true,
  entries: [
    {
      resource: 'processing-activities',
      key: 'newsletter',
      pointer: '/processingActivities/newsletter',
      action: 'create',
      approval: 'needed',
      changes: [{ kind: 'added', pointer: '/role', place: 'role', after: 'controller', material: true }],
      effects: ['Adds the purpose `send-newsletter`.'],
      findings: [{ finding: exampleFinding, introduced: true }],
      errors: [],
    },
  ],
  registerVersion: 128,
}
