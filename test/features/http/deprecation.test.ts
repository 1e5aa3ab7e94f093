import { expect, test } from '@jest/globals'
import pino from 'pino'
import { announceDeprecations } from '../../../src/platform/http/deprecation.ts'
import { createHttpServer } from '../../../src/platform/http/server.ts'

test('an operation that will go away says since when, until when and what replaces it, and its callers are noted', async () => {
  const app = createHttpServer({ logger: pino({ level: 'silent' }), keywords: [], isUnavailable: () => false })
  const calls: string[] = []
  announceDeprecations(app, ({ method, routeOptions }) => calls.push(`${method} ${routeOptions.url}`))
  const schema = { response: { 200: { type: 'string' } } }
  const config = {
    access: 'open' as const,
    deprecation: { since: '2027-01-01', sunset: '2027-07-01', successor: '/v2/things' },
  }
  app.get('/v1/things/:key', { config, schema }, async () => 'x')
  app.get('/v1/others', { config: { access: 'open' } }, async () => 'x')

  expect((await app.inject('/v1/things/1')).headers).toMatchObject({
    deprecation: '@1798761600',
    sunset: 'Thu, 01 Jul 2027 00:00:00 GMT',
    link: '</v2/things>; rel="successor-version"',
  })
  expect((await app.inject('/v1/others')).headers).not.toHaveProperty('deprecation')
  expect(calls).toEqual(['GET /v1/things/:key'])
  expect(schema).toMatchObject({ deprecated: true, response: { 200: { headers: { Sunset: expect.anything() } } } })
})
