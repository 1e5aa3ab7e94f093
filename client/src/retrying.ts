/** How often a request is tried, and how long is waited in between, in milliseconds. */
const attempts = 5
const firstWait = 200
const longestWait = 10_000

const mayRepeat = (request: Request) => request.method !== 'POST' || request.headers.has('idempotency-key')

/** Repeating waits of many clients must not fall together, so each is random up to twice the one before. */
const waitBefore = (attempt: number, random: () => number) => random() * Math.min(longestWait, firstWait * 2 ** attempt)

/** `Retry-After` in milliseconds; the register gives seconds (RFC 9110, 10.2.3). */
const askedWait = (response: Response | undefined) => Number(response?.headers.get('retry-after') ?? 0) * 1000

const sleep = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds))

/**
 * Sends a request again when the register sheds load (429, 503) or the connection is lost, if repeating is safe.
 * @returns the last answer, if it is still one of these
 * @throws the error of the last connection
 */
export const retrying =
  (
    fetch: (request: Request) => Promise<Response>,
    { wait = sleep, random = Math.random }: { wait?: typeof sleep; random?: () => number } = {},
  ) =>
  async (request: Request): Promise<Response> => {
    for (let attempt = 1; ; attempt++) {
      const last = attempt === attempts || !mayRepeat(request)
      let response: Response | undefined
      try {
        response = await fetch(last ? request : request.clone())
        if (last || (response.status !== 429 && response.status !== 503)) return response
        await response.body?.cancel()
      } catch (error) {
        if (last || request.signal.aborted) throw error
      }
      await wait(Math.max(askedWait(response), waitBefore(attempt, random)))
    }
  }
