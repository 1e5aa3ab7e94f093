export { checkRoutes } from './routes.ts'
export { checkSchemas } from './schema.ts'
