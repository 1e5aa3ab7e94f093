import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createTestApp } from '../../support/app.ts'

let t: Awaited<ReturnType<typeof createTestApp>>
beforeAll(async () => {
  t = await createTestApp()
})
afterAll(() => t.close())

const problem = (status: number, code: string) => ({
  status,
  code,
  type: `/problems#${code}`,
  title: expect.any(String),
  detail: expect.any(String),
  instance: expect.stringMatching(/^urn:uuid:/),
})

test('a body with five mistakes names all five, each with its pointer', async () => {
  const body = {
    nme: 'x',
    name: ' ',
    description: 5,
    iri: 'javascript:alert(1)',
    references: [{}],
    statements: { '/nope': { state: 'unknown', reason: 'r' } },
  }
  const { status, json } = await t.ask('PUT', '/v1/purposes/p', { body })
  expect(status).toBe(400)
  expect(json).toMatchObject(problem(400, 'invalid-request'))
  const pointers = json.errors.map((e: { pointer: string }) => e.pointer)
  expect(new Set(pointers)).toEqual(
    new Set(['/nme', '/name', '/description', '/iri', '/references/0/title', '/statements/~1nope']),
  )
  expect((await t.ask('GET', '/v1/purposes/p')).status).toBe(404)
})

describe('nothing is coerced and nothing is dropped', () => {
  test.each([
    ['null for text', { name: null }, '/name'],
    ['an array for text', { name: ['x'] }, '/name'],
    ['a number for text', { name: 1 }, '/name'],
    ['text for an array', { name: 'x', tags: 'a' }, '/tags'],
    ['an unknown property below', { name: 'x', references: [{ title: 't', more: 1 }] }, '/references/0/more'],
    ['U+0000', { name: 'a\u0000b' }, '/name'],
    ['half a surrogate pair', { name: 'a\ud800' }, '/name'],
    ['too long a name', { name: 'x'.repeat(201) }, '/name'],
  ])('%s', async (_, body, pointer) => {
    const { status, json } = await t.ask('PUT', '/v1/purposes/p', { body: JSON.stringify(body) })
    expect(status).toBe(400)
    expect(json.errors).toContainEqual({ pointer, message: expect.any(String) })
  })
})

describe('statements', () => {
  const put = (body: object) => t.ask('PUT', '/v1/organisations/o', { body: { name: 'O', kind: 'own', ...body } })
  const unknown = { state: 'unknown', reason: 'The source does not say.' }

  test('may speak of what is absent', async () => {
    expect(
      (await put({ contact: { email: 'a@b.example' }, statements: { '/country': unknown, '/contact/phone': unknown } }))
        .status,
    ).toBe(201)
  })

  test.each([
    ['a property that has a value', { country: 'DE', statements: { '/country': unknown } }],
    ['a property that does not exist', { statements: { '/colour': unknown } }],
    ['a part of an absent object', { statements: { '/contact/phone': unknown } }],
    ['the key', { statements: { '/key': unknown } }],
    ['an inherited name', { statements: { '/constructor': unknown } }],
  ])('not of %s', async (_, body) => {
    const { status, json } = await put(body)
    expect(status).toBe(400)
    expect(json.errors[0].pointer).toMatch(/^\/statements\//)
  })
})

describe('every way to ask badly is answered with a problem document', () => {
  test.each([
    ['malformed JSON', 'PUT', '/v1/purposes/p', '{bad', {}, 400, 'malformed-request'],
    ['no body', 'PUT', '/v1/purposes/p', undefined, {}, 400, 'invalid-request'],
    ['__proto__', 'PUT', '/v1/purposes/p', '{"name":"x","__proto__":{}}', {}, 400, 'malformed-request'],
    [
      'another media type',
      'PUT',
      '/v1/purposes/p',
      'x',
      { 'content-type': 'text/plain' },
      415,
      'unsupported-media-type',
    ],
    [
      'a form',
      'PUT',
      '/v1/purposes/p',
      'a=b',
      { 'content-type': 'application/x-www-form-urlencoded' },
      415,
      'unsupported-media-type',
    ],
    ['too large a body', 'PUT', '/v1/purposes/p', `"${'x'.repeat(9_000_000)}"`, {}, 413, 'body-too-large'],
    ['a malformed URL', 'GET', '/v1/purposes/%zz', undefined, {}, 400, 'malformed-request'],
    ['an unknown path', 'GET', '/v1/nothing', undefined, {}, 404, 'not-found'],
    ['an absent entry', 'GET', '/v1/purposes/absent', undefined, {}, 404, 'not-found'],
    ['an unknown parameter', 'GET', '/v1/purposes?colour=red', undefined, {}, 400, 'invalid-request'],
    ['a limit out of range', 'GET', '/v1/purposes?limit=201', undefined, {}, 400, 'invalid-request'],
    ['a repeated parameter', 'GET', '/v1/purposes?q=a&q=b', undefined, {}, 400, 'invalid-request'],
    ['U+0000 in a parameter', 'GET', '/v1/purposes?q=%00', undefined, {}, 400, 'invalid-request'],
    ['a key that is no slug', 'GET', '/v1/purposes/Nope_', undefined, {}, 400, 'invalid-request'],
  ] as const)('%s', async (_, method, url, body, headers, status, code) => {
    const answer = await t.ask(method, url, { body, headers: headers as Record<string, string> })
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8')
    expect(answer.json).toMatchObject(problem(status, code))
  })

  test('a method that the path does not know: 405 with Allow, whatever the body', async () => {
    const answer = await t.ask('PATCH', '/v1/purposes/p', { body: '{bad' })
    expect(answer.json).toMatchObject(problem(405, 'method-not-allowed'))
    expect(answer.headers.allow).toBe('GET, HEAD, PUT, DELETE')
    expect((await t.ask('POST', '/v1/purposes')).headers.allow).toBe('GET, HEAD')
  })

  test('bytes that are no HTTP', async () => {
    await t.app.listen({ port: 0, host: '127.0.0.1' })
    const { port } = t.app.server.address() as { port: number }
    const answer = await new Promise<string>((resolve, reject) => {
      let text = ''
      const socket = connect(port, '127.0.0.1', () => socket.write('NOT HTTP\r\n\r\n'))
      socket.on('data', (data) => {
        text += data
      })
      socket.on('end', () => resolve(text)).on('error', reject)
    })
    expect(answer).toMatch(/^HTTP\/1.1 400 /)
    expect(answer).toContain('application/problem+json')
  })

  test('a body nested deeper than the stack', async () => {
    const deep = `{"name":"x","meta":{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}}`
    expect((await t.ask('PUT', '/v1/purposes/deep', { body: deep })).status).toBeLessThan(500)
  })
})

test('every code leads to its description', async () => {
  const { text } = await t.ask('GET', '/problems', { as: null })
  expect(text).toContain('id="invalid-request"')
})

test('a probe is always answered in full', async () => {
  for (const url of ['/livez', '/readyz']) {
    const { status } = await t.ask('GET', url, { headers: { 'if-none-match': '*' } })
    expect(status).toBe(200)
  }
})
