export { key } from '../platform/http/schema.ts'
export { etagHeader, exampleView, listSchema, type RememberedPages, sendEntry } from './answer.ts'
export { appendEvent, type Change, type NewRevision, nextHead, prepareRevision } from './append.ts'
export { type ContentChange, contentComparer } from './changes.ts'
export { type Components, createComponents, type JsonSchema } from './components.ts'
export { hashWithReferences } from './content-hash.ts'
export { facetBefore, facetValue, hasFacet } from './filters.ts'
export { inForceAtOnce, inForceState, writeType } from './in-force.ts'
export { type Judgement, keepJudgements, withoutJudgements } from './judgements.ts'
export { entryKeywords } from './keywords.ts'
export { type ListCondition, type ListFilter, listEntries, listNames } from './list.ts'
export {
  type Author,
  assertOwned,
  type EntryState,
  type LockedEntry,
  lockEntry,
  notFound,
} from './lock.ts'
export { type MaterialityRow, materialChanges } from './materiality.ts'
export { type At, asOfParameter, entriesAt, findMoment, lawDay, type Moment, rfc3339, today } from './moment.ts'
export { type EntryToWrite, inReferenceOrder } from './order.ts'
export { digestOf, personalSeparator, withPersonalValues } from './personal.ts'
export {
  findEntry,
  readChanged,
  readContent,
  readEntries,
  readEntry,
  readReferredTo,
  readRevision,
  readShown,
  readWholeCatalogue,
  type ShownContent,
  type ShownRow,
} from './read.ts'
export { referenceFinder } from './references.ts'
export { createRememberedAnswers } from './remembered.ts'
export {
  type EntryRow,
  erasedName,
  etagOf,
  metaOf,
  renderEntry,
} from './render.ts'
export {
  contentOf,
  entryParams,
  preconditionHeaders,
  type Writer,
  writeProblems,
  writerOf,
} from './request.ts'
export { type EntryContent, type Facet, facetText, type Resource } from './resource.ts'
export { retiredState, retireEntry } from './retire.ts'
export { type EntryWrites, entryRoutes, type ListParameters } from './routes.ts'
export {
  Contact,
  Contract,
  Country,
  entrySchemas,
  iri,
  reference,
  Statement,
  sharedSchemas,
  TransferDocument,
} from './schema.ts'
export {
  type Posting,
  type Postings,
  type ShownEntries,
  type ShownEntry,
  type ShownSource,
  shownHeaders,
} from './shown.ts'
export { lockTargets } from './targets.ts'
export { Usage, usageRoute } from './usage.ts'
export { createEntryValidator, type ValidateEntry } from './validator.ts'
export {
  currentTag,
  type EntryWrite,
  leftAlone,
  noPreconditions,
  readWritten,
  recordChange,
  type StandingContents,
  unlessRefused,
  type WriteRules,
  type Written,
  writeEntries,
  writeEntry,
} from './write.ts'
export { createWriteQueue, type WriteInTurn } from './write-queue.ts'
