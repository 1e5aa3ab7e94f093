import { html } from './html.ts'
import { problems } from './problems.ts'
import type { HttpServer } from './server.ts'

/** `/problems`: where the `type` of every problem document leads. */
export const problemsPage = (app: HttpServer) => {
  const rows = Object.entries(problems).map(
    ([code, [status, title, advice]]) => html`<h2 id="${code}">${title}</h2>
<p><code>${code}</code>, status ${status}. ${advice}</p>`,
  )
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Problems</title></head>
<body><h1>Problems</h1>
<p>Every error of the register is a problem document (RFC 9457). Its <code>type</code> leads here.</p>
${rows}
</body></html>
`
  app.get('/problems', { config: { access: 'open' }, schema: { hide: true } }, async (_, reply) =>
    reply
      .header(
        'content-security-policy',
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      )
      .type('text/html; charset=utf-8')
      .send(page.toString()),
  )
}
