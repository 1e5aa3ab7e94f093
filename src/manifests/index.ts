export { assumingManifest } from './apply.ts'
export type { ManifestDependencies } from './plan-entry.ts'
export { findService, manifestRoutes, writerFor } from './routes.ts'
export { manifestRef, manifestSchemas } from './schema.ts'
