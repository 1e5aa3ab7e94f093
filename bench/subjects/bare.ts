import { readFileSync } from 'node:fs'
import Fastify from 'fastify'
import { CheckQuestion } from '../../src/checks/schema.ts'
import { manifestSchemas } from '../../src/manifests/index.ts'
import { entryComponents, resources } from '../../src/resources.ts'

/** Fastify as it comes, with a constant answer: what there is to reach. Sends the bytes of the file that it is given. */
const [port, file] = process.argv.slice(2)
const body = readFileSync(file!, 'utf8')
const app = Fastify()
for (const schema of [...entryComponents, ...manifestSchemas(resources)]) app.addSchema(schema)
const send = (_: unknown, reply: { type(type: string): { send(body: string): unknown } }) =>
  reply.type('application/json; charset=utf-8').send(body)
app.get('/activity', send)
app.post('/check', { schema: { body: CheckQuestion } }, send)
await app.listen({ host: '127.0.0.1', port: Number(port) })
