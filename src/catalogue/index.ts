export { catalogueMateriality, isLonger, materialChangesOfEntry } from './materiality.ts'
export { readCatalogue, readCatalogueOf } from './read.ts'
export { catalogueResource } from './resource.ts'
export {
  type Catalogue,
  type CatalogueEntry,
  type CatalogueResource,
  catalogue,
  catalogueResources,
  catalogueSchemas,
} from './resources.ts'
export { catalogueRoutes } from './routes.ts'
export { transferProperties } from './transfer.ts'
export { catalogueJudgements, catalogueWriteRules } from './writes.ts'
