import type { FastifyBaseLogger, FastifyRequest } from 'fastify'
import type { Database } from '../platform/db/database.ts'
import { type Feed, followEvents } from './feed.ts'
import { catchUp, loadModel } from './load.ts'
import type { Model } from './model.ts'

/** How long a request waits for memory to have what it asks for, in milliseconds; then Postgres answers. */
const patience = 1_000

export type RegisterState = 'loading' | 'current' | 'lost'

/**
 * The register in memory, which follows the feed of changes. It answers for the version that it has, which grows with every
 * write; what it cannot vouch for is for Postgres to answer.
 */
export type Register = {
  /** What a request is answered from: the model, once it has the version that the caller or this instance knows of. */
  shown(request: Pick<FastifyRequest, 'headers'>): Model | undefined | Promise<Model | undefined>
  /** The model, when it has every version that this instance knows of; nobody is told when it has not. */
  current(): Model | undefined
  /** Called when this instance wrote: whoever asks it from now on sees what was written. */
  wrote(position: number): Promise<void>
  /** Whether nobody was told of events for so long that memory may be behind. */
  state(): RegisterState
  /** Version that it has, and the last one that is known of. */
  versions(): { model: number; known: number }
  /** Resolves when the register is loaded. */
  loaded: Promise<void>
  close(): Promise<void>
}

export type RegisterOptions = {
  db: Database
  connectionString: string
  logger: FastifyBaseLogger
  /** Told when a request has to be answered by Postgres, and why. */
  onFallback(reason: RegisterState | 'behind'): void
  /** Told when API keys change. */
  onKeysChanged(): void
}

export const openRegister = ({
  db,
  connectionString,
  logger,
  onFallback,
  onKeysChanged,
}: RegisterOptions): Register => {
  let model: Model | undefined
  let known = 0
  let required = 0
  let waiting: { position: number; resolve: () => void }[] = []
  let running: Promise<void> | undefined
  let closed = false
  let markLoaded = () => {}
  const loaded = new Promise<void>((resolve) => {
    markLoaded = resolve
  })

  const version = () => model?.version ?? -1

  const readOnce = async () => {
    const before = model
    model = before ? await catchUp(db, before) : await loadModel(db)
    if (!before) {
      logger.info({ version: model.version, entries: model.size }, 'The register is in memory')
      markLoaded()
    }
    const at = model.version
    if (before && at < before.version) {
      logger.warn({ before: before.version, at }, 'The database was set back; the register was loaded anew')
      known = at
      required = at
    }
    known = Math.max(known, at)
    const done = waiting.filter(({ position }) => position <= at)
    waiting = waiting.filter(({ position }) => position > at)
    for (const { resolve } of done) resolve()
  }

  /** The last version that anybody knows of, or waits for. */
  const wanted = () => waiting.reduce((last, { position }) => Math.max(last, position), known)

  /** Brings memory up to date: once, and again when more became known after it had begun to read. */
  const refresh = (): Promise<void> => {
    running ??= (async () => {
      try {
        let sought: number
        do {
          sought = wanted()
          await readOnce()
        } while (!closed && wanted() > Math.max(sought, version()))
      } catch (err) {
        logger.warn({ err }, 'The register in memory could not be brought up to date')
      } finally {
        running = undefined
      }
    })()
    return running
  }

  const feed: Feed = followEvents({
    connectionString,
    logger,
    onEvents: (position) => {
      known = Math.max(known, position)
      if (version() < position) void refresh()
    },
    onKeysChanged,
    onHead: (position) => {
      known = Math.max(known, position)
      if (position !== version()) void refresh()
    },
  })

  const wait = (position: number): Promise<void> => {
    if (version() >= position) return Promise.resolve()
    const came = new Promise<void>((resolve) => {
      const waiter = {
        position,
        resolve: () => {
          clearTimeout(timer)
          resolve()
        },
      }
      // A version that never comes is not waited for any longer.
      const timer = setTimeout(() => {
        waiting = waiting.filter((each) => each !== waiter)
        resolve()
      }, patience)
      waiting.push(waiter)
    })
    void refresh()
    return came
  }

  const state = (): RegisterState => (model === undefined ? 'loading' : feed.alive() ? 'current' : 'lost')

  const current = () => (state() === 'current' && version() >= required ? model : undefined)

  const modelSince = (minimum: number): Model | undefined => {
    const found = current()
    if (found && found.version >= minimum) return found
    const now = state()
    onFallback(now === 'current' ? 'behind' : now)
    return undefined
  }

  return {
    shown: ({ headers }) => {
      const asked = headers['register-version-min']
      if (asked === undefined) return modelSince(0)
      const minimum = Number(asked)
      // What nobody tells of is not waited for.
      if (version() >= minimum || state() !== 'current') return modelSince(minimum)
      return wait(minimum).then(() => modelSince(minimum))
    },
    current,
    wrote: (position) => {
      required = Math.max(required, position)
      known = Math.max(known, position)
      return state() === 'current' ? wait(position) : Promise.resolve()
    },
    state,
    versions: () => ({ model: version(), known }),
    loaded,
    close: async () => {
      closed = true
      await feed.close()
      await running
    },
  }
}
