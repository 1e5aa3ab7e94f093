import { createWriteStream, readFileSync } from 'node:fs'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Option } from 'commander'
import type { paths } from '../../client/src/index.ts'
import { answered, type CommonOptions, clientOf, exitCodes, registerCommand, UsageError } from './run.ts'

/** Reports, manifests and imports: what comes as a file, or goes as one. */

type Query = Record<string, string>

const collect = (pair: string, query: Query): Query => {
  const at = pair.indexOf('=')
  if (at < 1) throw new UsageError(`\`${pair}\` is no parameter; write it as name=value.`)
  return { ...query, [pair.slice(0, at)]: pair.slice(at + 1) }
}

/** Tells on a terminal how much has come; a pipe is left alone. */
const progress = (what: string) => {
  let bytes = 0
  const shown = process.stderr.isTTY
  return new Transform({
    transform(chunk: Buffer, _, done) {
      bytes += chunk.length
      if (shown) process.stderr.write(`\r${what}: ${(bytes / 1e6).toFixed(1)} MB`)
      done(null, chunk)
    },
    flush(done) {
      if (shown) process.stderr.write('\n')
      done()
    },
  })
}

const save = async (stream: ReadableStream | null, what: string, file: string | undefined) => {
  if (!stream) return
  const output = file === undefined ? process.stdout : createWriteStream(file)
  const input = Readable.fromWeb(stream as import('node:stream/web').ReadableStream)
  await pipeline(input, progress(what), output, { end: file !== undefined }).catch(
    ({ code, syscall, message }: NodeJS.ErrnoException) => {
      if (code === 'EPIPE') return
      if (syscall) throw new UsageError(`Cannot write ${file}: ${message}`)
      throw new UsageError(`The register broke off: ${message}`, exitCodes.unavailable)
    },
  )
}

type ReportPath = Extract<keyof paths, `/v1/reports/${string}`>

/** `ropa report`: any report, in any of its formats. */
export const reportCommand = () =>
  registerCommand('report', 'get a report, as: ropa report article-30 format=pdf language=de -o record.pdf', false)
    .argument(
      '<name>',
      'article-30, retention-schedule, subprocessors, transfers, findings, transparency-notice, access-disclosure',
    )
    .argument('[parameters...]', 'the parameters of the report, as name=value')
    .option('-o, --output <file>', 'where it is written; absent: standard output')
    .action(async (name: string, parameters: string[], options: CommonOptions & { output?: string }) => {
      const query = parameters.reduce((query, pair) => collect(pair, query), {} as Query)
      // The parameters differ from report to report; the register names one that it does not know.
      const asked = clientOf(options).GET(`/v1/reports/${encodeURIComponent(name)}` as ReportPath, {
        params: { query: query as never },
        parseAs: 'stream',
      })
      await save((await answered(options, asked)) as ReadableStream | null, name, options.output)
    })

/** `ropa export`: the manifest of what a service owns. */
export const exportCommand = () =>
  registerCommand('export', 'get the manifest of what a service owns, to begin a ropa.yaml with', false)
    .addOption(new Option('--service <key>', 'the service').env('ROPA_SERVICE').makeOptionMandatory())
    .option('-o, --output <file>', 'where it is written; absent: standard output')
    .action(async (options: CommonOptions & { service: string; output?: string }) => {
      const asked = clientOf(options).GET('/v1/services/{key}/manifest', {
        params: { path: { key: options.service }, query: { format: 'yaml' } },
        parseAs: 'stream',
      })
      await save((await answered(options, asked)) as ReadableStream | null, 'manifest', options.output)
    })

const mediaTypes: Record<string, string> = {
  csv: 'text/csv',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
}

/** `ropa import`: entries out of an edited export. */
export const importCommand = () =>
  registerCommand('import', 'import an edited export (XLSX, CSV); only tried without --apply', false)
    .argument('<file>', 'the file')
    .option('--apply', 'write it, all of it or nothing')
    .option(
      '--confirm-removals <number>',
      'how many values may be removed from columns that lose many; the refusal names it',
    )
    .action(async (file: string, options: CommonOptions & { apply?: boolean; confirmRemovals?: string }) => {
      const type = mediaTypes[file.split('.').at(-1)!.toLowerCase()]
      if (!type) throw new UsageError(`${file}: only .xlsx and .csv can be imported.`)
      const report = await answered(
        options,
        clientOf(options).POST('/v1/imports', {
          params: {
            query: {
              dryRun: !options.apply,
              ...(options.confirmRemovals !== undefined && { confirmRemovals: Number(options.confirmRemovals) }),
            },
          },
          headers: { 'content-type': type },
          body: readBytes(file) as never,
          bodySerializer: (bytes) => bytes,
        }),
      )
      for (const notice of report.notices) console.log(notice)
      for (const { resource, key, row, outcome, changes } of report.rows)
        if (outcome !== 'unchanged') {
          console.log(`${outcome} ${resource}/${key} (row ${row})`)
          for (const { place, before, after } of changes)
            console.log(`    ${place}: ${inWords(before)} → ${inWords(after)}`)
        }
      const { status, created, changed, unchanged } = report
      console.log(`${status}: ${created} created, ${changed} changed, ${unchanged} unchanged`)
    })

/** A value as one line shows it. */
const inWords = (value: unknown): string => {
  const text = value === undefined ? 'nothing' : JSON.stringify(value)
  return text.length > 100 ? `${text.slice(0, 99)}…` : text
}

const readBytes = (file: string): Uint8Array => {
  try {
    return readFileSync(file)
  } catch (error) {
    throw new UsageError(`Cannot read ${file}: ${(error as Error).message}`)
  }
}
