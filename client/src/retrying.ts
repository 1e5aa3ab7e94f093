/** How often a request is tried. */
const attempts = 5

/** How long is waited in between, in milliseconds. */
const firstWait = 200
const longestWait = 10_000

/** A longer wait is not slept through: the caller gets the answer and decides. In milliseconds. */
const longestAskedWait = 60_000

const mayRepeat = (request: Request) => request.method !== 'POST' || request.headers.has('idempotency-key')

/** A random wait, up to twice the one before, so that many clients do not repeat at the same moment. */
const waitBefore = (attempt: number, random: () => number) => random() * Math.min(longestWait, firstWait * 2 ** attempt)

/** `Retry-After` in milliseconds; it is a number of seconds or a date (RFC 9110, 10.2.3). 0: nothing that can be read. */
const askedWait = (response: Response | undefined): number => {
  const text = response?.headers.get('retry-after') ?? ''
  const milliseconds = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now()
  return Number.isNaN(milliseconds) ? 0 : Math.max(0, milliseconds)
}

const sleep = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds))

/**
 * Sends a request again when the register sheds load (429, 503) or the connection is lost, if repeating is safe.
 * @returns the last answer, if it is still one of these, or if it asks for a wait of more than a minute
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
      let asked = 0
      try {
        const response = await fetch(last ? request : request.clone())
        if (last || (response.status !== 429 && response.status !== 503)) return response
        asked = askedWait(response)
        if (asked > longestAskedWait) return response
        await response.body?.cancel()
      } catch (error) {
        if (last || request.signal.aborted) throw error
      }
      await wait(Math.max(asked, waitBefore(attempt, random)))
    }
  }
