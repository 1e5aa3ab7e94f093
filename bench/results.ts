import { execSync } from 'node:child_process'
import { cpus } from 'node:os'
import type { Row, Setting } from './rows/row.ts'

/** What was measured, as Markdown: a table a subject. */
export const renderResults = (bySubject: Map<string, Row[]>, { rounds, seconds }: Setting['effort']): string =>
  [
    '# What was measured',
    '',
    'Made by `npm run bench`. Ratios compare the medians of ' +
      `${rounds} interleaved runs of ${seconds} s each, on the same data and the same Postgres; ` +
      'absolute figures drift from machine to machine. The load comes from one process with 32 connections unless said otherwise, ' +
      'which shares the processors with what it measures: beside the rate, the processor time of the server for a request is compared.',
    '',
    `- ${cpus().length} × ${cpus()[0]!.model}; Node ${process.version}; ${new Date().toISOString().slice(0, 10)}`,
    `- commit ${commit()}, with authorisation and logging as they are by default, \`APPROVALS=off\``,
    ...[...bySubject].flatMap(([subject, rows]) => [
      '',
      `## ${subject}`,
      '',
      '| activities | what | measured | wanted |',
      '| ---: | --- | --- | --- |',
      ...rows.map(({ activities, what, figure, wanted }) => `| ${activities} | ${what} | ${figure} | ${wanted} |`),
    ]),
    '',
  ].join('\n')

const commit = () =>
  execSync('git rev-parse --short HEAD', { cwd: new URL('..', import.meta.url), encoding: 'utf8' }).trim()
