import closeWithGrace from 'close-with-grace'
import { banner } from './banner.ts'
import { readConfig } from './config.ts'
import { createLogger } from './platform/observability/logger.ts'
import { StartupError } from './platform/startup-error.ts'
import { startService } from './service.ts'

/** How long accepted requests have to finish after a signal, in milliseconds. */
const grace = 15_000

/** `npm start`: runs the service until SIGINT or SIGTERM. */
const main = async () => {
  const config = readConfig(process.env)
  // A local run belongs to a person at a terminal: the banner says what they need, and the log only what went wrong.
  const logger = createLogger(config.databaseUrl || process.env.LOG_LEVEL ? config.logLevel : 'warn')
  const service = await startService(config, logger)
  closeWithGrace({ delay: grace, logger }, async ({ err }) => {
    if (err) logger.fatal({ err }, 'The service ends after an error that nothing caught')
    await service.close()
  })
  if (service.local) console.log(banner({ address: service.address, ...service.local }))
  else logger.info({ address: service.address }, 'The register is running')
}

main().catch((error: unknown) => {
  console.error(error instanceof StartupError ? error.message : error)
  process.exit(1)
})
