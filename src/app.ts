import accepts from '@fastify/accepts'
import cookie from '@fastify/cookie'
import type { Logger } from 'pino'
import {
  accessPlugin,
  accessRoutes,
  accessSchemas,
  type KeyCache,
  type LocalSession,
  mayDo,
  principalHeader,
  takePrincipalFromHeader,
} from './access/index.ts'
import {
  type ApprovalMode,
  activityResourceName,
  activityRoutes,
  Finding,
  Findings,
  lifecycleSchemas,
  queueRoute,
  queueSchemas,
} from './activities/index.ts'
import { catalogueRoutes } from './catalogue/index.ts'
import { checkRoutes, checkSchemas } from './checks/index.ts'
import { registerContract } from './contract.ts'
import {
  contentComparer,
  createEntryValidator,
  createRememberedAnswers,
  createWriteQueue,
  entryKeywords,
  listSchema,
  type RememberedPages,
  Usage,
} from './entries/index.ts'
import { erasureRoute, erasureSchemas, historyRoutes, historySchemas } from './history/index.ts'
import { Import, importRoutes } from './imports/index.ts'
import { manifestRoutes, manifestSchemas } from './manifests/index.ts'
import { type Database, isUnavailable } from './platform/db/database.ts'
import { conditionalReads } from './platform/http/conditional.ts'
import { announceDeprecations } from './platform/http/deprecation.ts'
import { shedOverload } from './platform/http/overload.ts'
import { Problem } from './platform/http/problems.ts'
import { problemsPage } from './platform/http/problems-page.ts'
import { createReadyAnswers } from './platform/http/ready.ts'
import { secureHeaders } from './platform/http/security-headers.ts'
import { createHttpServer, type HttpServer, refuseOtherMethods } from './platform/http/server.ts'
import { answerInThreads, type Threads } from './platform/http/threads.ts'
import type { Metrics } from './platform/observability/metrics.ts'
import { countAnswers, Health, observabilityRoutes } from './platform/observability/routes.ts'
import { type Register, readOwnWrites } from './register/index.ts'
import { reportRoutes, reportSchemas } from './reports/index.ts'
import { components, entryComponents, resources } from './resources.ts'

export type AppDependencies = {
  db: Database
  logger: Logger
  metrics: Metrics
  /** Whether `/metrics` is served. */
  serveMetrics: boolean
  /** How activities are approved. */
  approvals: ApprovalMode
  /** Whom API keys stand for. */
  keys: KeyCache
  /** The register in memory. */
  register: Register
  /** What makes reports, and what takes files in. */
  threads: { reports: Threads; imports: Threads }
  /** From how late the event loop is on average, in milliseconds, requests are refused; 0: never. */
  longestDelay: number
  /** Only on a local run: lets its user read pages in a browser. */
  localSession?: LocalSession | undefined
}

/** How many bytes the pages of lists may have together that are remembered. */
const pagesRemembered = 32 * 1024 * 1024

/** The application: every feature, in one place and in one order; the same in production and in tests. */
export const buildApp = async ({
  db,
  logger,
  metrics,
  serveMetrics,
  approvals,
  keys,
  register,
  threads,
  longestDelay,
  localSession,
}: AppDependencies): Promise<HttpServer> => {
  const keysAreTold = () => register.state() === 'current'
  const ready = createReadyAnswers({
    isAdmitted: (authorization, access) => {
      const principal = keys.remembered(authorization, keysAreTold())
      return principal !== undefined && mayDo(principal.role, access)
    },
    metrics,
  })
  const app = createHttpServer({
    logger,
    keywords: entryKeywords(components),
    isUnavailable,
    answerReady: ready.answer,
  })
  const entrySchemas = [...resources.values()].flatMap((resource) => [
    resource.Input,
    resource.View,
    listSchema(resource),
  ])
  for (const schema of [Problem, Health, Usage, Finding, Findings, ...entryComponents, ...entrySchemas])
    app.addSchema(schema)
  for (const schema of [
    ...accessSchemas,
    ...lifecycleSchemas,
    ...queueSchemas,
    ...historySchemas,
    ...erasureSchemas,
    ...checkSchemas,
    ...reportSchemas,
    ...manifestSchemas(resources),
    Import,
  ])
    app.addSchema(schema)

  const resource = resources.get(activityResourceName)!
  const validate = createEntryValidator(resources, components, entryComponents)
  const lifecycle = { resource, approvals, compare: contentComparer(resource.Input, components) }

  const refuse = refuseOtherMethods(app)
  countAnswers(app, metrics)
  await shedOverload(app, longestDelay)
  secureHeaders(app)
  if (localSession) await app.register(cookie)
  await app.register(accepts)
  await app.register(accessPlugin, { keys, keysAreTold, localSession })
  announceDeprecations(app, ({ method, routeOptions, principal }) =>
    metrics.noteDeprecated(method, routeOptions.url ?? 'none', principal?.name ?? 'nobody'),
  )
  conditionalReads(app)
  ready.noteRoutes(app)
  answerInThreads(app, threads, (request) => principalHeader(request.principal))
  readOwnWrites(app, register)
  await registerContract(app)

  metrics.watchRegister(register.versions)
  observabilityRoutes(app, { db, metrics, serveMetrics, registerState: register.state })
  problemsPage(app)
  accessRoutes(app, { db, keys, localSession })
  const writeInTurn = createWriteQueue(db)
  const pages: RememberedPages = createRememberedAnswers(pagesRemembered)
  catalogueRoutes(app, { db, register, writeInTurn, pages, resources, components, guardMaterial: approvals !== 'off' })
  activityRoutes(app, { db, register, writeInTurn, pages, lifecycle })
  queueRoute(app, { db, lifecycle })
  historyRoutes(app, { db, resources, components })
  erasureRoute(app, { db })
  reportRoutes(app, { db })
  await importRoutes(app, { db, resources, components, validate })
  const manifests = { db, resources, components, lifecycle, validate }
  await checkRoutes(app, { ...manifests, register })
  manifestRoutes(app, manifests)

  refuse()
  return app
}

/** What runs in the threads that make reports: the same routes, asked by nobody but the application. */
export const buildReportApp = async ({ db, logger }: Pick<AppDependencies, 'db' | 'logger'>): Promise<HttpServer> => {
  const app = createHttpServer({ logger, keywords: entryKeywords(components), isUnavailable })
  takePrincipalFromHeader(app)
  for (const schema of [Problem, ...entryComponents, ...reportSchemas, Import]) app.addSchema(schema)
  await app.register(accepts)
  conditionalReads(app)
  reportRoutes(app, { db })
  await importRoutes(app, {
    db,
    resources,
    components,
    validate: createEntryValidator(resources, components, entryComponents),
  })
  await app.ready()
  return app
}
