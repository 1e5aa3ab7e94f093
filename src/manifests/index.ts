export { assumingManifest } from './apply.ts'
export type { ManifestDependencies } from './plan-entry.ts'
export { findService, manifestRoutes, writerFor } from './routes.ts'
export { exampleManifest, manifestRef, manifestSchemas } from './schema.ts'
