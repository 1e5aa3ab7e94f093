import { activityResource, activitySchemas } from './activities/index.ts'
import { catalogue, catalogueResource, catalogueSchemas } from './catalogue/index.ts'
import { createComponents, type Resource, sharedSchemas } from './entries/index.ts'

/** The schemas that entries are made of, by which `$ref`s are followed. */
export const entryComponents = [...sharedSchemas, ...catalogueSchemas, ...activitySchemas]

export const components = createComponents(entryComponents)

/** Every resource that entries belong to, in the order in which they can be loaded: what is referred to comes first. */
export const resources: ReadonlyMap<string, Resource> = new Map(
  [...catalogue.map((definition) => catalogueResource(definition, components)), activityResource(components)].map(
    (resource) => [resource.resource, resource],
  ),
)
