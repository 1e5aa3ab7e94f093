import type { Resource } from '../entries/index.ts'
import { manifestSchemas } from './schema.ts'

type Node = { [property: string]: unknown }

/** Where it is published. */
export const manifestSchemaPath = '/schemas/manifest/v1.json'

/** Keywords of JSON Schema 2020-12 that editors use; the rest is for the service alone. */
const forEditors = (name: string) => !name.startsWith('x-') && !name.startsWith('~')

/**
 * The schema of manifests as a document of its own (JSON Schema 2020-12), with everything that it refers to, so that an
 * editor completes and checks a manifest without credentials.
 * @param components what the resources' schemas refer to
 */
export const manifestJsonSchema = (resources: ReadonlyMap<string, Resource>, components: readonly object[]): Node => {
  const known = new Map(
    [...(components as Node[]), ...(manifestSchemas(resources) as Node[])].map((schema) => [
      String(schema.$id),
      schema,
    ]),
  )
  const definitions: Record<string, Node> = {}

  const standalone = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(standalone)
    if (node === null || typeof node !== 'object') return node
    const { $id: _, $ref, ...rest } = node as Node
    if (typeof $ref === 'string') return { $ref: `#/$defs/${define($ref.replace(/#$/, ''))}` }
    return Object.fromEntries(
      Object.entries(rest)
        .filter(([name]) => forEditors(name))
        .map(([name, value]) => [name, standalone(value)]),
    )
  }

  const define = (name: string): string => {
    if (name in definitions) return name
    // Set first: a definition may refer to itself.
    definitions[name] = {}
    const schema = known.get(name)
    if (!schema) throw new Error(`No schema of the name ${name}`)
    definitions[name] = standalone(schema) as Node
    return name
  }

  const manifest = standalone(known.get('Manifest')!) as Node
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'ropa.yaml',
    ...manifest,
    $defs: definitions,
  }
}
