import type { FieldError } from '../platform/http/problems.ts'
import { createValidatorFactory } from '../platform/http/validation.ts'
import type { Components } from './components.ts'
import { entryKeywords } from './keywords.ts'
import type { Resource } from './resource.ts'

/** Finds what is wrong with the body of an entry, as its `PUT` does. */
export type ValidateEntry = (resource: Resource, body: unknown) => FieldError[]

/** @param schemas every schema that those of the resources refer to */
export const createEntryValidator = (
  resources: ReadonlyMap<string, Resource>,
  components: Components,
  schemas: readonly object[],
): ValidateEntry => {
  const compile = createValidatorFactory(entryKeywords(components))(schemas)
  const validators = new Map(
    [...resources.values()].map((resource) => [resource.resource, compile({ schema: resource.Input })]),
  )
  return (resource, body) => validators.get(resource.resource)!(body).error?.errors ?? []
}
