export {
  type Catalogue,
  type CatalogueEntry,
  type CatalogueResource,
  catalogue,
  catalogueSchemas,
  transferProperties,
} from './resources.ts'
