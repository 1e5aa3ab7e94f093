/**
 * HTML that is safe by construction: `html` escapes every value but those that it made itself, so templates nest and
 * nothing that a user wrote becomes markup. Values are for text and for quoted attributes; never put one into a script,
 * a style sheet or an unquoted attribute, and pass addresses through `webAddress` first.
 */
export class Html {
  readonly #markup: string

  constructor(markup: string) {
    this.#markup = markup
  }

  toString() {
    return this.#markup
  }
}

export type HtmlValue = Html | string | number | undefined | false | readonly HtmlValue[]

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

const escapeText = (text: string) => text.replace(/[&<>"']/g, (character) => entities[character]!)

const render = (value: HtmlValue): string => {
  if (value === undefined || value === false) return ''
  if (value instanceof Html) return value.toString()
  if (Array.isArray(value)) return value.map(render).join('')
  return escapeText(String(value))
}

/** A template whose values are escaped; `undefined` and `false` show nothing, arrays show their items one after another. */
export const html = ({ raw }: TemplateStringsArray, ...values: HtmlValue[]): Html => {
  let markup = raw[0]!
  for (let i = 0; i < values.length; i++) markup += render(values[i]) + raw[i + 1]!
  return new Html(markup)
}

/** The address when a browser may follow it, `undefined` for every other scheme, `javascript:` first of all. */
export const webAddress = (url: string): string | undefined => (/^(https?|mailto|tel):/i.test(url) ? url : undefined)
