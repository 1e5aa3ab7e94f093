import type { FastifyBaseLogger } from 'fastify'

const levels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const

/**
 * The logger of a request, made when the request has something to log: most have nothing, and making one takes longer than
 * finding what they ask for.
 */
export const createRequestLogger = (logger: FastifyBaseLogger, bindings: object): FastifyBaseLogger =>
  new RequestLogger(logger, bindings) as unknown as FastifyBaseLogger

class RequestLogger {
  readonly #logger: FastifyBaseLogger
  readonly #bindings: object
  constructor(logger: FastifyBaseLogger, bindings: object) {
    this.#logger = logger
    this.#bindings = bindings
  }
  get level() {
    return this.#logger.level
  }
  child(bindings: object) {
    return this.#logger.child({ ...this.#bindings, ...bindings })
  }
  silent() {}
  /** Whether something of this level is written at all. */
  writes(level: (typeof levels)[number]): boolean {
    return (this.#logger as { isLevelEnabled?(level: string): boolean }).isLevelEnabled?.(level) ?? true
  }
}

for (const level of levels)
  Object.defineProperty(RequestLogger.prototype, level, {
    value(this: RequestLogger, ...message: [object, string]) {
      if (this.writes(level)) this.child({})[level](...message)
    },
  })
