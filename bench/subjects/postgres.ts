import Fastify from 'fastify'
import pg from 'pg'

/** Fastify and pg on the same Postgres, by named statements: stored texts by key and by keyset, and a bare insert of a row. */
const [port] = process.argv.slice(2)
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL!, max: 10 })
await pool.query(
  'create table if not exists bench_rows (id bigint generated always as identity primary key, body text not null)',
)
const app = Fastify()
const json = 'application/json; charset=utf-8'

app.get<{ Params: { key: string } }>('/activity/:key', async ({ params: { key } }, reply) => {
  const { rows } = await pool.query({
    name: 'one',
    text: `select r.content::text as body from entries e join revisions r on r.id = e.shown_id
      where e.resource = 'processing-activities' and e.key = $1`,
    values: [key],
  })
  return reply.type(json).send(rows[0].body)
})

app.get<{ Querystring: { after?: string } }>('/activities', async ({ query: { after = '' } }, reply) => {
  const { rows } = await pool.query({
    name: 'page',
    text: `select string_agg(body, ',') as body from (
      select r.content::text as body from entries e join revisions r on r.id = e.shown_id
      where e.resource = 'processing-activities' and e.status <> 'retired' and e.key > $1 order by e.key limit 50) page`,
    values: [after],
  })
  return reply.type(json).send(`[${rows[0].body}]`)
})

app.post<{ Body: object }>('/row', async ({ body }, reply) => {
  await pool.query({
    name: 'insert',
    text: 'insert into bench_rows (body) values ($1)',
    values: [JSON.stringify(body)],
  })
  return reply.type(json).send('{}')
})

await app.listen({ host: '127.0.0.1', port: Number(port) })
