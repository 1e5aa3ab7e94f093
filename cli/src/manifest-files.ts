import { type Document, isScalar, isMap as isYamlMap, LineCounter, parseDocument } from 'yaml'
import type { Schemas } from '../../client/src/index.ts'
import { readText, UsageError } from './run.ts'

export type Manifest = Schemas['Manifest']

/** A place in a file, for whoever has to mend it; lines count from 1. */
export type Place = { file: string; line: number }

/** Several files that make one manifest. */
export type ManifestFiles = {
  manifest: Manifest
  /** Where something of the manifest stands, or the nearest around it that is written. */
  placeOf(pointer: string): Place
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value)

/**
 * Reads a manifest out of one or several files, each of which has a part of the entries.
 * @throws UsageError that names the file and the line
 */
export const readManifest = (files: string[]): ManifestFiles => {
  const documents = files.map((file) => readDocument(file))
  const manifest: Record<string, unknown> = { version: 1 }
  for (const { file, content, lineOf } of documents)
    for (const [property, value] of Object.entries(content)) {
      const there = manifest[property]
      if (property === 'version') manifest.version = value
      else if (!isMap(there) || !isMap(value)) manifest[property] = value
      else {
        const twice = Object.keys(value).find((key) => key in there)
        if (twice !== undefined)
          throw new UsageError(
            `${file}:${lineOf([property, twice])}: \`${property}.${twice}\` stands in another file too.`,
          )
        manifest[property] = { ...there, ...value }
      }
    }
  const placeOf = (pointer: string): Place => {
    for (let path = tokensOf(pointer); path.length > 0; path = path.slice(0, -1))
      for (const { file, has, lineOf } of documents) if (has(path)) return { file, line: lineOf(path) }
    return { file: files[0]!, line: 1 }
  }
  return { manifest: manifest as Manifest, placeOf }
}

const tokensOf = (pointer: string): (string | number)[] =>
  pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((token) => (/^\d+$/.test(token) ? Number(token) : token))

const readDocument = (file: string) => {
  const lines = new LineCounter()
  const document: Document = parseDocument(readText(file), { lineCounter: lines })
  const [error] = document.errors
  if (error) throw new UsageError(`${file}:${lines.linePos(error.pos[0]).line}: ${error.message.split('\n')[0]}`)
  const content = document.toJS() as unknown
  if (!isMap(content)) throw new UsageError(`${file}: is no manifest: it has to begin with \`version: 1\`.`)
  /** Where a name stands in its map, else where an element begins. */
  const startOf = (path: (string | number)[]): number => {
    const parent = document.getIn(path.slice(0, -1), true)
    const pair = isYamlMap(parent)
      ? parent.items.find(({ key }) => isScalar(key) && key.value === path.at(-1))
      : undefined
    const node = (pair?.key ?? document.getIn(path, true)) as { range?: [number, number, number] } | undefined
    return node?.range?.[0] ?? 0
  }
  return {
    file,
    content,
    has: (path: (string | number)[]) => document.hasIn(path),
    lineOf: (path: (string | number)[]) => lines.linePos(startOf(path)).line,
  }
}
