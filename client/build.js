import { spawnSync } from 'node:child_process'
import { cpSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

// Makes dist: the client as JavaScript with its types, once as ES modules and once as CommonJS.

const here = fileURLToPath(new URL('./', import.meta.url))
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc')

const compile = (folder, type, ...options) => {
  const outDir = `dist/${folder}`
  const { status } = spawnSync(process.execPath, [tsc, '-p', '.', '--outDir', outDir, ...options], {
    cwd: here,
    stdio: 'inherit',
  })
  if (status !== 0) process.exit(1)
  writeFileSync(`${here}${outDir}/package.json`, `{ "type": "${type}" }\n`)
}

rmSync(`${here}dist`, { recursive: true, force: true })
compile('esm', 'module', '--module', 'nodenext')
compile(
  'cjs',
  'commonjs',
  '--module',
  'commonjs',
  '--moduleResolution',
  'node10',
  '--esModuleInterop',
  '--declaration',
  'false',
)
for (const name of ['index', 'retrying', 'contract'])
  cpSync(`${here}dist/esm/${name}.d.ts`, `${here}dist/cjs/${name}.d.ts`)
