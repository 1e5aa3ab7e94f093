export { type Components, createComponents } from './components.ts'
export { entryKeywords } from './keywords.ts'
export {
  findEntry,
  hasFacet,
  type ListFilter,
  listEntries,
  readEntry,
  readReferredTo,
  readWholeCatalogue,
  refersTo,
} from './read.ts'
export { type EntryReference, referenceFinder } from './references.ts'
export { type EntryRow, etagOf, renderEntry } from './render.ts'
export type { EntryContent, Facet, Resource } from './resource.ts'
export { contentOf, entryRoutes, type ListParameters, listSchema, notFound, Usage, usageRoute } from './routes.ts'
export {
  Citation,
  Contact,
  Contract,
  Country,
  entrySchemas,
  iri,
  key,
  Meta,
  reference,
  Statement,
  sharedSchemas,
  statuses,
  TransferDocument,
} from './schema.ts'
export { type Author, contentHash, putEntry, type Written } from './write.ts'
