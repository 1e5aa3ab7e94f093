import fc from 'fast-check'
import { contract } from './contract.ts'

/** Bad requests, made from the contract: its operations, its examples and its parameters, spoiled in many ways. */

export type BadRequest = {
  method: 'GET' | 'PUT' | 'POST' | 'DELETE'
  url: string
  headers: Record<string, string>
  body: string | Buffer | undefined
}

type Parameter = { in: string; name: string }
type Operation = { parameters?: Parameter[]; requestBody?: { content: Record<string, { schema: { $ref?: string } }> } }

const operations = Object.entries(contract.paths).flatMap(([path, methods]) =>
  Object.entries(methods as unknown as Record<string, Operation>).map(([method, operation]) => ({
    method: method.toUpperCase() as BadRequest['method'],
    path,
    parameters: (operation.parameters ?? []).filter((parameter) => parameter.in === 'query'),
    example: exampleOf(operation),
  })),
)

function exampleOf(operation: Operation): unknown {
  const name = operation.requestBody?.content['application/json']?.schema.$ref?.split('/').at(-1)
  const schemas = contract.components.schemas as Record<string, { examples?: unknown[] }>
  return name === undefined ? undefined : (schemas[name]?.examples?.[0] ?? {})
}

/** Values that programs stumble over. */
const nasty = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    false,
    0,
    -1,
    1e308,
    -0,
    2 ** 53,
    1.5,
    '',
    ' ',
    '\0',
    '\ud800',
    'a\0b',
    '＜script＞',
    "'; drop table entries; --",
    '../../etc/passwd',
    '%00',
    '{{7*7}}',
    '\u202e',
    '😀'.repeat(200),
    'x'.repeat(70_000),
    [],
    {},
    [[[[[]]]]],
    [null],
    { __proto__: null, constructor: { prototype: {} } },
    '2026-02-30',
    '2026-13-01T00:00:00Z',
    'P1',
    'javascript:alert(1)',
    'XX',
    '-',
    '--',
    'A',
    'a'.repeat(101),
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.jsonValue({ maxDepth: 4 }),
)

/** A place in a value: how often to go down, and where. */
const place = fc.array(fc.nat(20), { minLength: 1, maxLength: 5 })

const spoil = (value: unknown, [step, ...rest]: number[], what: 'remove' | 'add' | 'replace', by: unknown): unknown => {
  if (value === null || typeof value !== 'object' || step === undefined) return by
  const names = Object.keys(value)
  const copy: Record<string, unknown> | unknown[] = Array.isArray(value) ? [...value] : { ...value }
  const name = names[step % Math.max(1, names.length)]
  if (rest.length > 0 && name !== undefined)
    (copy as Record<string, unknown>)[name] = spoil((copy as Record<string, unknown>)[name], rest, what, by)
  else if (what === 'remove' && name !== undefined) delete (copy as Record<string, unknown>)[name]
  else if (what === 'replace' && name !== undefined) (copy as Record<string, unknown>)[name] = by
  else (copy as Record<string, unknown>)[Array.isArray(copy) ? String(copy.length) : 'surplus'] = by
  return copy
}

const raw = fc.oneof(
  fc.constantFrom(
    '',
    '{',
    '[',
    '{"name":',
    '{"name":"x"}}',
    'null',
    '"',
    '{"name":"\\ud800"}',
    '{"a":1,"a":2}',
    '\ufeff{}',
    'NaN',
    '{"name":1e999}',
    '['.repeat(20_000),
    '{"a":'.repeat(5_000),
  ),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
)

const key = fc.oneof(
  fc.constantFrom(
    'example',
    'shop',
    '%',
    '%zz',
    '%ff',
    'A',
    'a b',
    'ä',
    '-a',
    'a'.repeat(101),
    'a'.repeat(300),
    '%00',
    '0',
    ';',
    'null',
    '{key}',
  ),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }).map((text) => {
    try {
      return encodeURIComponent(text)
    } catch {
      return '%ED%A0%80'
    }
  }),
)

const headers = fc.dictionary(
  fc.constantFrom(
    'content-type',
    'if-match',
    'if-none-match',
    'accept',
    'idempotency-key',
    'accept-encoding',
    'x-forwarded-for',
    'transfer-encoding-x',
    'cookie',
  ),
  fc.oneof(
    fc.constantFrom(
      '',
      '*',
      '"',
      'W/"',
      'text/plain',
      'application/xml',
      'application/json; charset=utf-16',
      'multipart/form-data',
      'application/json;',
      '*/*;q=x',
      'a'.repeat(5_000),
    ),
    fc.string({ maxLength: 60 }).map((text) => text.replaceAll(/[^\x20-\x7e]/g, '?')),
  ),
  { maxKeys: 2 },
)

const asQuery = (value: unknown) => {
  try {
    return encodeURIComponent(typeof value === 'string' ? value : JSON.stringify(value ?? null))
  } catch {
    return '%ED%A0%80'
  }
}

/** One bad request. Some are good by chance. */
export const badRequest: fc.Arbitrary<BadRequest> = fc
  .record({
    operation: fc.constantFrom(...operations),
    keys: fc.array(key, { minLength: 3, maxLength: 3 }),
    query: fc.array(fc.tuple(fc.nat(20), nasty), { maxLength: 3 }),
    body: fc.oneof(
      { weight: 4, arbitrary: fc.record({ at: place, what: fc.constantFrom('remove', 'add', 'replace'), by: nasty }) },
      { weight: 1, arbitrary: fc.record({ raw }) },
      { weight: 1, arbitrary: fc.record({ value: nasty }) },
    ),
    headers: fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: headers }),
    sane: fc.boolean(),
  })
  .map(({ operation: { method, path, parameters, example }, keys, query, body, headers, sane }) => {
    let n = 0
    const filled = path.replaceAll(/\{[^}]+\}/g, () => (sane ? 'example' : keys[n++ % keys.length]!))
    const search = query.map(
      ([index, value]) =>
        `${parameters.length > 0 ? parameters[index % parameters.length]!.name : 'surplus'}=${asQuery(value)}`,
    )
    const hasBody = example !== undefined
    const content =
      'raw' in body
        ? body.raw
        : JSON.stringify('value' in body ? body.value : spoil(example, body.at, body.what as 'remove', body.by))
    return {
      method,
      url: search.length > 0 && (!sane || method === 'GET') ? `${filled}?${search.join('&')}` : filled,
      headers: { ...(hasBody && { 'content-type': 'application/json' }), ...headers },
      body: hasBody ? content : undefined,
    }
  })
