import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

// Compares openapi/v1.json of the checkout that it runs in with that of the last release, which is the last tag vN.N.N before it.
// A candidate (v1.0.0-rc.1) promises nothing yet. Ends with 1 when a difference is breaking, or when `info.version` was not
// raised as the differences ask.

const git = (...args) =>
  execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 64e6 })

const lastRelease = () => {
  try {
    return git('describe', '--tags', '--abbrev=0', '--match', 'v[0-9]*', '--exclude', '*-*').trim()
  } catch {
    return undefined
  }
}

const tag = lastRelease()
if (tag === undefined) {
  console.log('There is no release yet that the contract could be compared with.')
} else {
  const folder = mkdtempSync(join(tmpdir(), 'contract-'))
  const released = join(folder, `${tag}.json`)
  writeFileSync(released, git('show', `${tag}:openapi/v1.json`))
  const { status } = spawnSync('redocly', ['diff', released, 'openapi/v1.json', '--check-version'], {
    stdio: 'inherit',
  })
  rmSync(folder, { recursive: true })
  process.exitCode = status ?? 1
}
