import { chmodSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

// Makes dist/ropa.cjs: the command line in one file, without the server, which runs wherever a Node of the last versions is.
// CommonJS, because Node 20 reads a lone file as that unless a package.json beside it says otherwise.

const here = (path) => fileURLToPath(new URL(path, import.meta.url))

const start = `#!/usr/bin/env node
if (Number(process.versions.node.split('.')[0]) < 20) {
  console.error('ropa: this needs Node 20 or later; here runs Node ' + process.versions.node + '.')
  process.exit(64)
}`

const file = here('dist/ropa.cjs')
await build({
  entryPoints: [here('src/ropa.ts')],
  outfile: file,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  minify: true,
  legalComments: 'inline',
  banner: { js: start },
  // The client and the chain are sources beside this folder; what they import is installed here alone.
  nodePaths: [here('node_modules')],
  logLevel: 'warning',
})
chmodSync(file, 0o755)
