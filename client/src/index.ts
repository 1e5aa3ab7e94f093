import createOpenApiClient from 'openapi-fetch'
import type { components, paths } from './contract.ts'
import { retrying } from './retrying.ts'

/** A typed client of the register, made from its contract. */

export { retrying } from './retrying.ts'
export type { components, paths }
export type Schemas = components['schemas']

export type ClientOptions = {
  /** Where the register is, as `https://ropa.example.org`. */
  baseUrl: string
  /** An API key, `ropa_…`. */
  apiKey: string
  /** For tests, and for proxies; absent: that of the platform. */
  fetch?: (request: Request) => Promise<Response>
}

// The CommonJS types of openapi-fetch 0.17.0 lack `Client`, so both builds read the types for ES modules.
export type RegisterClient = import('openapi-fetch', { with: { 'resolution-mode': 'import' }}).Client<paths>

/**
 * A client whose calls have the paths, parameters and answers of the contract. What was answered before is asked for with its
 * `ETag`; 429, 503 and lost connections are tried again; every `POST` has an `Idempotency-Key`, so that this is safe.
 */
export const createRegisterClient = ({ baseUrl, apiKey, fetch = globalThis.fetch }: ClientOptions): RegisterClient => {
  const client = createOpenApiClient<paths>({
    baseUrl,
    headers: { authorization: `Bearer ${apiKey}` },
    fetch: remembering(retrying(fetch)),
  })
  client.use({
    onRequest: ({ request }) => {
      // A key is shown once, so its answer is never kept to be given again.
      if (request.method === 'POST' && !request.url.endsWith('/v1/api-keys'))
        request.headers.set('idempotency-key', crypto.randomUUID())
      return request
    },
  })
  return client
}

/** How many answers are remembered. */
const mostRemembered = 500

/** Asks with the entity tag of the last answer, and gives that answer again when it still holds (RFC 9110, 13.1.2). */
const remembering = (fetch: (request: Request) => Promise<Response>) => {
  const known = new Map<string, { etag: string; response: Response }>()
  return async (request: Request): Promise<Response> => {
    if (request.method !== 'GET' || request.headers.has('if-none-match')) return fetch(request)
    const name = `${request.url} ${request.headers.get('accept') ?? ''}`
    const before = known.get(name)
    if (before) request.headers.set('if-none-match', before.etag)
    const response = await fetch(request)
    if (response.status === 304 && before) {
      await response.body?.cancel()
      return before.response.clone()
    }
    const etag = response.headers.get('etag')
    if (response.status === 200 && etag) {
      if (known.size === mostRemembered) known.delete(known.keys().next().value!)
      known.set(name, { etag, response: response.clone() })
    }
    return response
  }
}

type Page<T> = { items: T[]; nextCursor: string | null }
type Answer<T> = { data?: T; error?: unknown }

/**
 * Every item of a list, page after page.
 * @param list asks for the page at a cursor; the first has none
 * @throws what the register answered instead of a page
 */
export async function* itemsOf<T>(list: (cursor: string | undefined) => Promise<Answer<Page<T>>>): AsyncGenerator<T> {
  let cursor: string | undefined
  do {
    const { data, error } = await list(cursor)
    if (!data) throw error
    yield* data.items
    cursor = data.nextCursor ?? undefined
  } while (cursor !== undefined)
}

/** How long the register waits for a change before it answers that there is none, in seconds. */
const longPoll = 30

/**
 * Committed changes in their order, without a gap, as they come; it ends when the signal is given.
 * @param after the position of the last change that is known; 0: from the beginning
 * @throws what the register answered instead of changes
 */
export async function* changesAfter(
  client: RegisterClient,
  after: number,
  signal?: AbortSignal,
): AsyncGenerator<Schemas['Event']> {
  let position = after
  while (!signal?.aborted) {
    const { data, error } = await client
      .GET('/v1/changes', { params: { query: { after: position, wait: longPoll } }, ...(signal && { signal }) })
      .catch((failure: unknown) => {
        if (signal?.aborted) return { data: { items: [], next: position }, error: undefined }
        throw failure
      })
    if (!data) throw error
    yield* data.items
    position = data.next
  }
}
