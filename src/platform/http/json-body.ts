import { charsetOf, decodeUtf8, isUtf8Label, NotUtf8 } from '../text.ts'
import { HttpProblem } from './problems.ts'

type Done = (error: Error | null, body?: unknown) => void

/**
 * Hands the text of a JSON body on, or the problem with its bytes: whoever parses bodies may not throw.
 * @param parse given the text
 */
export const withJsonText = (
  bytes: Buffer,
  contentType: string | undefined,
  done: Done,
  parse: (text: string) => void,
): void => {
  let text: string
  try {
    text = decodeJsonBody(bytes, contentType)
  } catch (error) {
    done(error as Error)
    return
  }
  parse(text)
}

/**
 * The text of a JSON body, which is UTF-8 (RFC 8259, 8.1).
 * @param contentType the `Content-Type` field
 * @throws HttpProblem 415 for another encoding that is declared, 400 for bytes that are not UTF-8
 */
const decodeJsonBody = (bytes: Buffer, contentType: string | undefined): string => {
  const charset = charsetOf(contentType)
  if (charset !== undefined && !isUtf8Label(charset))
    throw new HttpProblem('unsupported-media-type', `JSON is sent as UTF-8, not as \`${charset}\` (RFC 8259, 8.1).`)
  try {
    return decodeUtf8(bytes)
  } catch (error) {
    if (!(error instanceof NotUtf8)) throw error
    throw new HttpProblem('malformed-request', `The body ${error.message}. JSON is sent as UTF-8 (RFC 8259, 8.1).`)
  }
}
