import pino, { type Logger } from 'pino'

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const

/**
 * Structured logs on standard output. Header fields and bodies are not logged at all; what could still carry a secret,
 * such as an error that holds a connection string, is redacted.
 */
export const createLogger = (level: (typeof logLevels)[number]): Logger =>
  pino({
    level,
    redact: {
      paths: [
        '*.authorization',
        '*.headers.authorization',
        '*.cookie',
        '*.password',
        '*.connectionString',
        '*.key',
        '*.verifier',
      ],
      censor: '[redacted]',
    },
  })
