import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { html } from '../../platform/http/html.ts'

/** The head of every report that is a page, up to the opened body: complete in itself, without any script. */

const style = readFileSync(new URL('report.css', import.meta.url), 'utf8')

export const pageHead = {
  /** Lets the page use its one style sheet and nothing else: no script, no picture, no frame, no address beyond it. */
  policy:
    `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; ` +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  render: (title: string, language: string): string =>
    `${html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
`}<style>${style}</style>
</head>
<body>
`,
}
