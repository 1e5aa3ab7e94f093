import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import canonicalize from 'canonicalize'
import pg from 'pg'
import { applyPatch } from 'rfc6902'
import { createTestApp, loadFixtures } from '../../support/app.ts'

let t: Awaited<ReturnType<typeof createTestApp>>
let admin: pg.Client
beforeAll(async () => {
  t = await createTestApp({ approvals: 'four-eyes' })
  await loadFixtures(t.ask)
  admin = new pg.Client({ connectionString: t.connectionString })
  await admin.connect()
}, 30_000)
afterAll(async () => {
  await admin.end()
  await t.close()
})

const verify = async (query = '') => (await t.ask('GET', `/v1/history/verify${query}`)).json

describe('the history of an entry', () => {
  test('has a revision for each content; what is unchanged writes none', async () => {
    const path = '/v1/purposes/history'
    for (const name of ['One', 'Two', 'Two', 'Three']) await t.ask('PUT', path, { body: { name, tags: [name] } })
    await t.ask('DELETE', path)
    const { json } = await t.ask('GET', `${path}/history`)
    expect(json.items.map(({ type, revision }: { type: string; revision: number }) => [type, revision])).toEqual([
      ['created', 1],
      ['updated', 2],
      ['updated', 3],
      ['retired', 3],
    ])
    expect((await t.ask('GET', `${path}/revisions/1`)).json).toMatchObject({
      name: 'One',
      meta: { revision: 1, status: 'superseded', updatedBy: 'test-admin' },
    })
    expect((await t.ask('GET', `${path}/revisions/3`)).json.meta.status).toBe('retired')
    expect((await t.ask('GET', `${path}/revisions/4`)).status).toBe(404)
    const pages: number[] = []
    for (let url: string | undefined = `${path}/history?limit=1`; url; ) {
      const page: Awaited<ReturnType<typeof t.ask>> = await t.ask('GET', url)
      pages.push(page.json.items[0].position)
      url = /<([^>]+)>/.exec(page.headers.link ?? '')?.[1]
    }
    expect(pages).toEqual(json.items.map(({ position }: { position: number }) => position))
  })

  test('a difference is a JSON Patch that leads from one content to the other, and sentences for people', async () => {
    const path = '/v1/data-subject-categories/diffed'
    await t.ask('PUT', path, { body: { name: 'One', tags: ['a', 'b', 'c'], description: 'x' } })
    await t.ask('PUT', path, { body: { name: 'Two', tags: ['c', 'b'], children: 'excluded' } })
    const content = async (revision: number) => {
      const { meta: _, key: __, ...rest } = (await t.ask('GET', `${path}/revisions/${revision}`)).json
      return rest
    }
    const { json } = await t.ask('GET', `${path}/diff`)
    expect(json).toMatchObject({ from: 1, to: 2 })
    const patched = await content(1)
    expect(applyPatch(patched, json.patch).every((error) => error === null)).toBe(true)
    expect(patched).toEqual(await content(2))
    expect(json.changes.map(({ text }: { text: string }) => text)).toEqual([
      'name: “One” became “Two”',
      'tags › a: removed “a”',
      'description: removed “x”',
      'children: added “excluded”',
    ])
    const { text } = await t.ask('GET', `${path}/diff?format=text`)
    expect(text).toBe(
      'diffed: revision 1 → 2\n~ name: “One” became “Two”\n- tags › a: removed “a”\n- description: removed “x”\n+ children: added “excluded”\n',
    )
  })
})

describe('the feed', () => {
  test('has every event once, in order and without a gap, while 32 write and some take their time', async () => {
    const start = (await t.ask('GET', '/v1/history/head')).json.position
    const slow = Array.from({ length: 8 }, async (_, i) => {
      const client = new pg.Client({ connectionString: t.connectionString })
      await client.connect()
      // A transaction that holds an entry for a while: whoever writes it waits, and nobody else does.
      await client.query('begin')
      await client.query(`select from entries where resource = 'purposes' and key = 'newsletter' for no key update`)
      await new Promise((resolve) => setTimeout(resolve, 20 * i))
      await client.query('commit')
      await client.end()
    })
    let writing = true
    const seen: { position: number; hash: string; previous: string }[] = []
    const reader = (async () => {
      for (let after = start; ; ) {
        const { json } = await t.ask('GET', `/v1/changes?after=${after}&wait=1&limit=7`)
        seen.push(...json.items)
        after = json.next
        if (json.items.length === 0 && !writing) return
      }
    })()
    await Promise.all(
      Array.from({ length: 32 }, async (_, writer) => {
        for (let i = 0; i < 8; i++) {
          const key = i % 3 === 0 ? 'newsletter' : `feed-${writer}-${i}`
          await t.ask('PUT', `/v1/purposes/${key}`, { body: { name: `${writer} ${i}` } })
        }
      }),
    )
    await Promise.all(slow)
    writing = false
    await reader
    const { json: head } = await t.ask('GET', '/v1/history/head')
    expect(seen.map(({ position }) => position)).toEqual(
      Array.from({ length: head.position - start }, (_, i) => start + 1 + i),
    )
    expect(seen.at(-1)!.hash).toBe(head.hash)
  }, 60_000)

  test('its items are the chain: anybody can verify it from them alone', async () => {
    let previous = '0'.repeat(64)
    for (let after = 0; ; ) {
      const { json } = await t.ask('GET', `/v1/changes?after=${after}&limit=1000`)
      for (const { hash, actorName: _, ...event } of json.items) {
        expect(event.previous).toBe(previous)
        expect(createHash('sha256').update(canonicalize(event)!).digest('hex')).toBe(hash)
        previous = hash
      }
      if (json.items.length === 0) break
      after = json.next
    }
    expect(previous).toBe((await t.ask('GET', '/v1/history/head')).json.hash)
  })

  test('waits for the first event, for as long as it is told', async () => {
    const { position } = (await t.ask('GET', '/v1/history/head')).json
    const begun = Date.now()
    const nothing = await t.ask('GET', `/v1/changes?after=${position}&wait=1`)
    expect(nothing.json).toEqual({ items: [], next: position })
    expect(Date.now() - begun).toBeGreaterThanOrEqual(990)
    const waiting = t.ask('GET', `/v1/changes?after=${position}&wait=30`)
    await t.ask('PUT', '/v1/purposes/awaited', { body: { name: 'Awaited' } })
    expect((await waiting).json.items).toEqual([expect.objectContaining({ position: position + 1, type: 'created' })])
    expect(Date.now() - begun).toBeLessThan(10_000)
  })

  test('lets those who wait go when the service ends', async () => {
    const other = await createTestApp()
    const address = await other.app.listen({ host: '127.0.0.1', port: 0 })
    const { position } = (await other.ask('GET', '/v1/history/head')).json
    const headers = { authorization: `Bearer ${other.keys.reader}` }
    const waiting = fetch(`${address}/v1/changes?after=${position}&wait=30`, { headers })
    await new Promise((resolve) => setTimeout(resolve, 300))
    const begun = Date.now()
    const closed = other.close()
    const answer = await waiting
    expect([answer.status, await answer.json()]).toEqual([200, { items: [], next: position }])
    await closed
    expect(Date.now() - begun).toBeLessThan(5_000)
  }, 60_000)
})

describe('what is altered behind the service’s back is found, with its position', () => {
  /** Runs SQL as an owner who silences the triggers, verifies, and takes it back. */
  const tampered = async (statement: string, query = '') => {
    await admin.query('begin')
    await admin.query('set local session_replication_role = replica')
    const results = [await admin.query(statement)].flat()
    expect(results.at(-1)!.rowCount).toBeGreaterThan(0)
    await admin.query('commit')
    return verify(query)
  }
  /** A copy of each table, to put back what was altered. */
  const tables = [
    'events',
    'revisions',
    'entries',
    'register_head',
    'personal_values',
    'entry_references',
    'entry_facets',
  ]
  beforeAll(async () => {
    expect(await verify()).toMatchObject({ valid: true, problems: [] })
    for (const table of tables) await admin.query(`create temp table kept_${table} as table ${table}`)
  })
  const restore = async () => {
    await admin.query('begin')
    await admin.query('set local session_replication_role = replica')
    for (const table of tables) {
      await admin.query(`delete from ${table}`)
      const { rows } = await admin.query(
        `select string_agg(quote_ident(column_name), ', ') as columns from information_schema.columns
         where table_name = $1 and table_schema = 'public' and is_generated = 'NEVER'`,
        [table],
      )
      await admin.query(`insert into ${table} (${rows[0].columns}) select ${rows[0].columns} from kept_${table}`)
    }
    await admin.query('commit')
  }
  afterAll(async () => {
    expect(await verify()).toMatchObject({ valid: true, problems: [] })
  })

  const at = `where position = 5`
  test.each([
    [`type`, `update events set type = 'retired' ${at}`],
    [`reason`, `update events set reason = 'because' ${at}`],
    [`details`, `update events set details = '{"until":"2030-01-01"}' ${at}`],
    [`time, by a millisecond`, `update events set recorded_at = recorded_at + interval '1 ms' ${at}`],
    [`actor`, `update events set principal_id = (select id from principals where name = 'test-editor') ${at}`],
    [`entry`, `update events set entry_id = (select entry_id from events where position = 4) ${at}`],
    [`revision`, `update events set revision_id = (select revision_id from events where position = 4) ${at}`],
    [`status`, `update events set status = 'retired' ${at}`],
    [`revision in force`, `update events set in_force_id = null ${at}`],
    [
      `revision in force, of another entry`,
      `update events set in_force_id = (select in_force_id from events where position = 4) ${at}`,
    ],
    [`approval`, `update events set approval = 'approved' ${at}`],
    [`approving event`, `update events set approved_position = 1 ${at}`],
    [`owner`, `update events set owner_id = (select id from entries where resource = 'services' limit 1) ${at}`],
    [`hash of what is in force`, `update events set in_force_hash = 'sha256:0' ${at}`],
    [`own hash`, `update events set hash = repeat('0', 64) ${at}`],
    [`existence`, `delete from events ${at}`],
    [
      `content, by one byte`,
      `update revisions set content = replace(content::text, 'o', 'p')::json where id = (select revision_id from events ${at})`,
    ],
    [
      `content and its hash`,
      `update revisions set content_hash = 'sha256:' || repeat('0', 64) where id = (select revision_id from events ${at})`,
    ],
  ])('the %s of an event', async (_, statement) => {
    const { valid, problems } = await tampered(statement)
    expect(valid).toBe(false)
    // A missing event shows where the next one stands.
    expect(problems.some(({ position }: { position: number }) => position === 5 || position === 6)).toBe(true)
    await restore()
  })

  test.each([
    [
      'the order of events',
      `update events set position = -position where position in (7, 8);
       update events set position = 15 + position where position in (-7, -8)`,
    ],
    ['what stands', `update entries set status = 'retired' where resource = 'purposes' and key = 'newsletter'`],
    [
      'a name that lists sort and search by',
      `update entries set name = 'Other' where resource = 'purposes' and key = 'newsletter'`,
    ],
    ['what a revision refers to', `update revisions set targets = targets[2:] where cardinality(targets) > 1`],
    ['what lists know of a revision', `update revisions set facets = '{}' where facets <> '{}'`],
    [
      'what an activity refers to',
      `delete from entry_references where (entry_id, target_id) = (select entry_id, target_id from entry_references limit 1)`,
    ],
    ['whether what is shown refers to it', `update entry_references set shown = not shown`],
    ['what lists filter on', `update entry_facets set facet = 'role=processor' where facet = 'role=controller'`],
    ['what lists show', `delete from entry_facets where facet = 'role=controller'`],
    ['a contact', `update personal_values set value = 'other@hosting.example' where value = 'info@hosting.example'`],
    ['a contact, removed', `delete from personal_values where value = 'info@hosting.example'`],
    [
      'a contact, erased without an event',
      `update personal_values set value = null, salt = null, erased_at = now() where value = 'info@hosting.example'`,
    ],
    ['the head', `update register_head set hash = repeat('0', 64)`],
  ])('%s', async (_, statement) => {
    expect((await tampered(statement)).valid).toBe(false)
    await restore()
  })

  test('the end, cut off together with the head: found against a head that was noted elsewhere, and only so', async () => {
    const { position, hash } = (await t.ask('GET', '/v1/history/head')).json
    // The last event created an entry: with it goes everything that stands.
    const cut = `
      with cut as (delete from events where position = ${position} returning entry_id, revision_id),
      revision as (delete from revisions where id in (select revision_id from cut)),
      entry as (delete from entries where id in (select entry_id from cut))
      update register_head set position = ${position - 1}, hash = (select hash from events where position = ${position - 1})`
    expect(await tampered(cut)).toMatchObject({ valid: true, against: 'itself' })
    expect(await verify(`?position=${position}&hash=${hash}`)).toMatchObject({
      valid: false,
      against: 'known-head',
      problems: [{ position }],
    })
    await restore()
    expect(await verify(`?position=${position}&hash=${hash}`)).toMatchObject({ valid: true, against: 'known-head' })
    expect((await verify(`?position=3&hash=${'0'.repeat(64)}`)).problems).toEqual([
      expect.objectContaining({ position: 3 }),
    ])
  })

  test('history refuses to be changed by statements, also the owner’s', async () => {
    for (const statement of [
      'update events set reason = null',
      'delete from events',
      'truncate events cascade',
      'update revisions set number = number',
      'delete from revisions',
      'truncate revisions cascade',
      `update personal_values set value = 'x'`,
      'delete from personal_values',
      'truncate personal_values',
    ]) {
      await expect(admin.query(statement)).rejects.toThrow(/can only be/)
    }
  })
})

/** Waits until some connections wait for a lock. */
const waitForLocks = async (connections: number) => {
  for (const deadline = Date.now() + 15_000; Date.now() < deadline; ) {
    const { rows } = await admin.query(`
      select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`)
    if (rows.length >= connections) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error('Nobody waits.')
}

describe('erasure (Art. 17)', () => {
  test('takes a value out of earlier revisions; history still verifies, and says that it was erased', async () => {
    const path = '/v1/organisations/erasing'
    const body = (contact: object) => ({ body: { name: 'Erasing', kind: 'other', contact } })
    await t.ask('PUT', path, body({ name: 'Jane Doe', email: 'jane@erasing.example' }))
    const erase = (values: string[], options = {}) =>
      t.ask('POST', '/v1/erasures', { body: { values, reason: 'Request 7' }, ...options })
    const refused = await erase(['Jane Doe'])
    expect(refused.status).toBe(409)
    expect(refused.json.errors[0]).toMatchObject({
      pointer: '/values/0',
      message: expect.stringContaining('organisations/erasing'),
    })
    await t.ask('PUT', path, body({ email: 'info@erasing.example' }))
    const { hash } = (await t.ask('GET', `${path}/history`)).json.items[0]
    expect((await erase(['Jane Doe', 'jane@erasing.example'], { as: 'editor' })).status).toBe(403)
    expect((await erase(['Jane Doe', 'jane@erasing.example'])).json).toMatchObject({ values: 2, principal: false })
    const { json } = await t.ask('GET', `${path}/revisions/1`)
    expect(json).toMatchObject({ contact: {}, meta: { erased: ['/contact/name', '/contact/email'] } })
    expect((await t.ask('GET', `${path}/history`)).json.items[0].hash).toBe(hash)
    expect(await verify()).toMatchObject({ valid: true, erased: 2 })
    expect((await erase(['Jane Doe'])).status).toBe(404)
    const { rows } = await admin.query(`select 1 from pg_catalog.pg_class c, lateral (
      select query_to_xml(format('select * from %I', c.relname), true, false, '') as dump) d
      where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and d.dump::text like '%jane@erasing%'`)
    expect(rows).toEqual([])
    // With its salt left, a short value could be guessed from its digest.
    const salts = await admin.query('select 1 from personal_values where value is null and salt is not null')
    expect(salts.rows).toEqual([])
  })

  test.each(['the erasure', 'the write'])(
    'a value that is written again in the same moment is there in the end: %s comes first',
    async (first) => {
      const name = `Joan of ${first}`
      const path = `/v1/organisations/written-${first.replace(' ', '-')}`
      const put = () => t.ask('PUT', path, { body: { name: 'Again', kind: 'other', contact: { name } } })
      const erase = () => t.ask('POST', '/v1/erasures', { body: { values: [name], reason: 'Request 8' } })
      await put()
      await t.ask('DELETE', path)
      // Whoever holds the head keeps both from being committed.
      await admin.query('begin')
      await admin.query('select position from register_head for update')
      const steps = first === 'the erasure' ? [erase, put] : [put, erase]
      const done: ReturnType<typeof put>[] = []
      try {
        for (const [n, step] of steps.entries()) {
          done.push(step())
          await waitForLocks(n + 1)
        }
      } finally {
        await admin.query('commit')
      }
      const statuses = (await Promise.all(done)).map(({ status }) => status)
      expect(statuses).toEqual(first === 'the erasure' ? [201, 200] : [200, 409])
      expect((await t.ask('GET', path)).json).toMatchObject({ contact: { name }, meta: { status: 'in-force' } })
    },
    30_000,
  )

  test('takes the answers along that are kept for an Idempotency-Key: they may have the value in them', async () => {
    const path = '/v1/organisations/answered'
    await t.ask('PUT', path, { body: { name: 'Answered', kind: 'other', contact: { name: 'Joe Answered' } } })
    await t.ask('PUT', path, { body: { name: 'Answered', kind: 'other', contact: { name: 'Jim Answered' } } })
    await t.ask('PUT', path, { body: { name: 'Answered', kind: 'other' } })
    const erase = (value: string, headers = {}) =>
      t.ask('POST', '/v1/erasures', { body: { values: [value], reason: 'Request 9' }, headers })
    const once = { 'idempotency-key': 'erased-once' }
    expect((await erase('Joe Answered', once)).status).toBe(201)
    expect((await erase('Joe Answered', once)).status).toBe(201)
    expect((await erase('Jim Answered')).status).toBe(201)
    // The kept answer is gone, so the request is done anew, and finds nothing.
    expect((await erase('Joe Answered', once)).status).toBe(404)
  })

  test('takes the name of a principal out of history once it has no key any more', async () => {
    const { json: key } = await t.ask('POST', '/v1/api-keys', { body: { principal: 'mallory', role: 'editor' } })
    await t.ask('PUT', '/v1/purposes/by-mallory', { body: { name: 'x' }, key: key.key })
    const erase = () => t.ask('POST', '/v1/erasures', { body: { values: [], principal: 'mallory', reason: 'Left' } })
    expect((await erase()).json.errors[0].pointer).toBe('/principal')
    await t.ask('DELETE', `/v1/api-keys/${key.id}`)
    expect((await erase()).status).toBe(201)
    expect((await t.ask('GET', '/v1/purposes/by-mallory')).json.meta.updatedBy).toBe('(erased)')
    expect((await t.ask('GET', '/v1/purposes/by-mallory/history')).json.items[0].actorName).toBeUndefined()
    expect((await verify()).valid).toBe(true)
  })
})

describe('a moment', () => {
  test('is a date or a time, not in the future, and a day that exists', async () => {
    for (const asOf of ['2999-01-01', 'yesterday', '2026-02-30', '2026-01-01T25:00:00Z', '2026-01-01T00:00:00']) {
      const { status, json } = await t.ask('GET', `/v1/purposes?asOf=${encodeURIComponent(asOf)}`)
      expect(status).toBe(400)
      expect(json.errors[0].pointer).toBe('/query/asOf')
    }
  })

  test('before anything was recorded there is nothing', async () => {
    expect((await t.ask('GET', '/v1/purposes?asOf=2020-01-01')).json.items).toEqual([])
    expect((await t.ask('GET', '/v1/purposes/newsletter?asOf=2020-01-01')).status).toBe(404)
  })

  test('today is now', async () => {
    const today = new Date().toISOString().slice(0, 10)
    expect((await t.ask('GET', `/v1/purposes/newsletter?asOf=${today}`)).text).toBe(
      (await t.ask('GET', '/v1/purposes/newsletter')).text,
    )
  })
})
