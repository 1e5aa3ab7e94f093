import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createTestDatabase } from '../support/database.ts'
import { createServiceProcess, type ServiceProcess } from '../support/service-process.ts'

let database: Awaited<ReturnType<typeof createTestDatabase>>
let service: ServiceProcess
beforeAll(async () => {
  database = await createTestDatabase()
  service = await createServiceProcess(database.connectionString)
  await service.start()
}, 60_000)
afterAll(async () => {
  if (service.running) await service.end('SIGTERM')
  await database.drop()
})

test('of 100 who write one entry with If-Match, one wins each round, and nothing is lost', async () => {
  const path = '/v1/purposes/contended'
  await service.ask('PUT', path, { body: { name: 'start' } })
  for (let round = 1; round <= 20; round++) {
    const etag = (await service.ask('GET', path))!.headers.get('etag')!
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, i) =>
        service.ask('PUT', path, { body: { name: `${round} ${i}` }, headers: { 'if-match': etag } }),
      ),
    )
    const won = answers.filter((answer) => answer?.status === 200)
    // 503 is overload, honestly said: nothing was written, and the caller may repeat.
    expect(answers.map((answer) => answer?.status).filter((status) => status !== 412 && status !== 503)).toEqual([200])
    const { json } = (await service.ask('GET', path))!
    expect(json).toMatchObject({ name: won[0]!.json.name, meta: { revision: round + 1 } })
  }
}, 120_000)

test('SIGTERM under load: every request that was accepted is answered, and the exit code is 0', async () => {
  let unanswered = 0
  const written: string[] = []
  let stop = false
  const clients = Array.from({ length: 16 }, async (_, client) => {
    for (let i = 0; !stop; i++) {
      const key = `term-${client}-${i}`
      const answer = await service.ask('PUT', `/v1/purposes/${key}`, { body: { name: key } })
      if (answer?.status === 201) written.push(key)
      // Refused connections are no requests; one that broke after it was accepted would be.
      else if (answer !== undefined && answer.status !== 503) unanswered++
      if (answer === undefined) return
    }
  })
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  const begun = Date.now()
  expect(await service.end('SIGTERM')).toBe(0)
  expect(Date.now() - begun).toBeLessThan(10_000)
  stop = true
  await Promise.all(clients)
  expect(unanswered).toBe(0)
  expect(written.length).toBeGreaterThan(50)
  await service.start()
  for (const key of written) expect((await service.ask('GET', `/v1/purposes/${key}`))!.status).toBe(200)
  const { json: head } = (await service.ask('GET', '/v1/history/head'))!
  const { json: check } = (await service.ask('GET', '/v1/history/verify'))!
  expect(check).toMatchObject({ valid: true, head: { position: head.position } })
}, 60_000)
