import { Type } from 'typebox'
import {
  type Components,
  Country,
  type EntryContent,
  type Facet,
  type ListParameters,
  personalSeparator,
  type Resource,
  referenceFinder,
} from '../entries/index.ts'
import { ref } from '../platform/http/schema.ts'
import type { catalogue } from './resources.ts'

type Definition = (typeof catalogue)[number]

/** What the common mechanism needs to know of one resource of the catalogue. */
export const catalogueResource = (definition: Definition, components: Components): Resource => ({
  resource: definition.resource,
  component: definition.component,
  singular: definition.singular,
  Input: definition.Input,
  View: definition.View,
  references: referenceFinder(definition.Input, components),
  separatePersonal: personalSeparator(definition.Input, components),
  facets: (content) => [...filterFacets(definition, content), ...countryFacets(definition, content)],
})

const filterFacets = ({ filters }: Definition, content: EntryContent): Facet[] =>
  filters.flatMap((kind) => (content[kind] === undefined ? [] : [{ kind, value: String(content[kind]) }]))

const countryFacets = ({ countries }: Definition, content: EntryContent): Facet[] =>
  countries(content).flatMap((country) => (country === undefined ? [] : [{ kind: 'country', value: country }]))

/** The parameters of a resource's list: one for each property that its definition names, and `country`. */
export const catalogueParameters = ({ filters, hasCountries, Input }: Definition): ListParameters => ({
  properties: {
    ...Object.fromEntries(
      filters.map((name) => {
        const { description, ...schema } = Input.properties[name as keyof typeof Input.properties] as unknown as {
          description: string
        }
        return [name, Type.Optional(Type.Unsafe({ ...schema, description: `Entries with this value. ${description}` }))]
      }),
    ),
    ...(hasCountries && { country: Type.Optional(ref(Country)) }),
  },
  filter: (query) => ({
    facets: [...filters, ...(hasCountries ? ['country'] : [])].flatMap((kind) =>
      query[kind] === undefined ? [] : [{ kind, value: String(query[kind]) }],
    ),
    references: [],
    conditions: [],
  }),
})
