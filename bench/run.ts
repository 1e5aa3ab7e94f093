import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { renderResults } from './results.ts'
import { checkRows } from './rows/checks.ts'
import { exportRows } from './rows/exports.ts'
import { listRows } from './rows/lists.ts'
import { memoryRows } from './rows/memory.ts'
import { peerRows } from './rows/peers.ts'
import { readRows } from './rows/reads.ts'
import type { Row, Setting } from './rows/row.ts'
import { visibilityRows } from './rows/visibility.ts'
import { writeRows } from './rows/writes.ts'
import { withSetting } from './setting.ts'

/**
 * `npm run bench`: measures the service against plain Fastify, Fastify with pg and others that make APIs, on the same data and the same
 * Postgres, and writes `bench/results.md`. `--smoke` runs it in short on a small register, without peers, and writes nothing.
 */

const { values } = parseArgs({
  options: { smoke: { type: 'boolean', default: false }, sizes: { type: 'string', default: '500,5000,50000' } },
})
const { smoke } = values
const sizes = smoke ? [300] : values.sizes.split(',').map(Number)
const effort = smoke ? { rounds: 1, seconds: 1 } : { rounds: 5, seconds: 2 }

/** In the order of the results; what writes comes after what reads. */
const subjects: Record<string, (setting: Setting) => Promise<Row[]>> = {
  Reads: readRows,
  Checks: checkRows,
  Lists: listRows,
  Exports: exportRows,
  ...(!smoke && { Peers: peerRows }),
  Writes: writeRows,
  Visibility: visibilityRows,
  Memory: memoryRows,
}

// Peers are large, so they are installed only to be measured.
if (!smoke)
  for (const folder of ['peers', 'peers/directus'])
    execFileSync(
      'npm',
      ['ci', '--prefix', new URL(folder, import.meta.url).pathname, '--ignore-scripts', '--no-audit', '--no-fund'],
      { stdio: 'inherit' },
    )

const bySubject = new Map<string, Row[]>(Object.keys(subjects).map((subject) => [subject, []]))
for (const size of sizes) {
  await withSetting(size, effort, async (setting) => {
    for (const [subject, measureRows] of Object.entries(subjects)) {
      bySubject.get(subject)!.push(...(await measureRows(setting)))
      console.error(`${size}: ${subject} done`)
    }
  })
  // After each size: all of them take half an hour.
  if (!smoke) writeFileSync(new URL('results.md', import.meta.url), renderResults(bySubject, effort))
}
console.log(renderResults(bySubject, effort))
