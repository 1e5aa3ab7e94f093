export { Import, importRoutes } from './routes.ts'
