import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import { createTestApp } from '../../support/app.ts'

let t: Awaited<ReturnType<typeof createTestApp>>
beforeAll(async () => {
  t = await createTestApp()
})
afterAll(() => t.close())

const eventCount = async () =>
  (await sql<{ n: number }>`select count(*)::int as n from events`.execute(t.db)).rows[0]!.n

describe('an entry is created, replaced and read by its key', () => {
  test('PUT creates with 201 and Location; the same body again is a 200 that writes nothing', async () => {
    const body = { name: 'Send the newsletter', description: 'News.' }
    const created = await t.ask('PUT', '/v1/purposes/send-newsletter', { body })
    expect(created.status).toBe(201)
    expect(created.headers.location).toBe('/v1/purposes/send-newsletter')
    expect(created.json).toMatchObject({
      key: 'send-newsletter',
      ...body,
      meta: { revision: 1, status: 'in-force', approval: 'none', updatedBy: 'test-admin' },
    })

    const before = await eventCount()
    const again = await t.ask('PUT', '/v1/purposes/send-newsletter', {
      body: { description: 'News.', name: 'Send the newsletter' },
    })
    expect(again.status).toBe(200)
    expect(again.headers.etag).toBe(created.headers.etag)
    expect(await eventCount()).toBe(before)
  })

  test('what a GET answers can be PUT back as it is, and writes nothing', async () => {
    const read = await t.ask('GET', '/v1/purposes/send-newsletter')
    const put = await t.ask('PUT', '/v1/purposes/send-newsletter', { body: read.json })
    expect(put.status).toBe(200)
    expect(put.text).toBe(read.text)
  })

  test('a change adds a revision and changes the ETag and the content hash', async () => {
    const before = await t.ask('GET', '/v1/purposes/send-newsletter')
    const after = await t.ask('PUT', '/v1/purposes/send-newsletter', { body: { name: 'Newsletter' } })
    expect(after.status).toBe(200)
    expect(after.json.meta.revision).toBe(2)
    expect(after.headers.etag).not.toBe(before.headers.etag)
    expect(after.json.meta.contentHash).not.toBe(before.json.meta.contentHash)
    expect(Number(after.headers['register-version'])).toBeGreaterThan(Number(before.headers['register-version']))
  })

  test('properties keep the order in which they were written', async () => {
    const body = { description: 'second', name: 'first', tags: ['b', 'a'] }
    const { text } = await t.ask('PUT', '/v1/purposes/ordered', { body })
    expect(text).toContain('"description":"second","name":"first","tags":["b","a"]')
  })

  test('a key in the body must be that of the path', async () => {
    const { status, json } = await t.ask('PUT', '/v1/purposes/one', { body: { key: 'other', name: 'x' } })
    expect(status).toBe(400)
    expect(json.errors).toEqual([{ pointer: '/key', message: expect.stringContaining('one') }])
  })
})

describe('preconditions (RFC 9110, 13)', () => {
  test('If-None-Match: * only creates', async () => {
    const headers = { 'if-none-match': '*' }
    expect((await t.ask('PUT', '/v1/purposes/only-new', { body: { name: 'x' }, headers })).status).toBe(201)
    expect((await t.ask('PUT', '/v1/purposes/only-new', { body: { name: 'y' }, headers })).status).toBe(412)
    expect((await t.ask('GET', '/v1/purposes/only-new')).json.name).toBe('x')
  })

  test('If-Match replaces only what was read', async () => {
    const { headers } = await t.ask('GET', '/v1/purposes/only-new')
    const etag = headers.etag!
    expect(
      (await t.ask('PUT', '/v1/purposes/only-new', { body: { name: 'y' }, headers: { 'if-match': etag } })).status,
    ).toBe(200)
    expect(
      (await t.ask('PUT', '/v1/purposes/only-new', { body: { name: 'z' }, headers: { 'if-match': etag } })).status,
    ).toBe(412)
    expect(
      (await t.ask('PUT', '/v1/purposes/absent', { body: { name: 'z' }, headers: { 'if-match': '*' } })).status,
    ).toBe(412)
    expect((await t.ask('GET', '/v1/purposes/absent')).status).toBe(404)
  })

  test('If-None-Match on a read gives 304, for an entry and for a list', async () => {
    for (const url of ['/v1/purposes/only-new', '/v1/purposes?limit=2']) {
      const { headers } = await t.ask('GET', url)
      const again = await t.ask('GET', url, { headers: { 'if-none-match': `"x", W/${headers.etag}` } })
      expect(again.status).toBe(304)
      expect(again.text).toBe('')
      expect(again.headers.etag).toBe(headers.etag)
    }
  })

  test('of 20 writers with the same If-Match one wins, and nothing is lost', async () => {
    for (let round = 0; round < 5; round++) {
      const { headers, json } = await t.ask('GET', '/v1/purposes/only-new')
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, i) =>
          t.ask('PUT', '/v1/purposes/only-new', {
            body: { name: `${round} ${i}` },
            headers: { 'if-match': headers.etag! },
          }),
        ),
      )
      const winners = answers.filter(({ status }) => status === 200)
      expect(winners).toHaveLength(1)
      expect(answers.filter(({ status }) => status === 412)).toHaveLength(19)
      const now = (await t.ask('GET', '/v1/purposes/only-new')).json
      expect(now.name).toBe(winners[0]!.json.name)
      expect(now.meta.revision).toBe(json.meta.revision + 1)
    }
  })
})

describe('writers of one entry', () => {
  test('without preconditions come one after another: each write is a revision', async () => {
    await t.ask('PUT', '/v1/purposes/contended', { body: { name: 'start' } })
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => t.ask('PUT', '/v1/purposes/contended', { body: { name: `n ${i}` } })),
    )
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200))
    const revisions = answers.map(({ json }) => json.meta.revision).sort((a, b) => a - b)
    expect(revisions).toEqual(Array.from({ length: 20 }, (_, i) => i + 2))
  })
})

describe('a PUT that changes nothing', () => {
  const url = '/v1/organisations/contacted'
  const body = {
    name: 'Contacted',
    kind: 'controller',
    country: 'DE',
    contact: { name: 'Jo Doe', email: 'jo@contacted.example', address: 'Street 1' },
  }

  test('is found equal with its personal values, by the entry as it is now', async () => {
    const created = await t.ask('PUT', url, { body })
    expect(created.status).toBe(201)
    const before = await eventCount()
    const again = await t.ask('PUT', url, { body })
    expect([again.status, again.text, again.headers.etag]).toEqual([200, created.text, created.headers.etag])
    expect(await eventCount()).toBe(before)
    const other = { ...body, contact: { ...body.contact, name: 'Jo Public' } }
    expect((await t.ask('PUT', url, { body: other })).json.contact.name).toBe('Jo Public')
    expect((await t.ask('PUT', url, { body })).json.meta.revision).toBe(3)
  })

  test('is refused all the same: a precondition that fails, an owner that is another', async () => {
    const { status } = await t.ask('PUT', url, { body, headers: { 'if-match': '"1"' } })
    expect(status).toBe(412)
    expect((await t.ask('PUT', url, { body, headers: { 'if-none-match': '*' } })).status).toBe(412)
    expect((await t.ask('PUT', url, { body, as: 'service' })).status).toBe(409)
  })
})

describe('references', () => {
  test('an unknown one is a 422 that names each', async () => {
    const body = { name: 'x', kind: 'own', parent: 'nobody', representative: 'no-one' }
    const { status, json } = await t.ask('PUT', '/v1/organisations/acme', { body })
    expect(status).toBe(422)
    expect(json.errors.map((e: { pointer: string }) => e.pointer)).toEqual(['/parent', '/representative'])
    expect((await t.ask('GET', '/v1/organisations/acme')).status).toBe(404)
  })

  test('what is referred to is not retired, and usage says by whom', async () => {
    await t.ask('PUT', '/v1/data-categories/contact', { body: { name: 'Contact data' } })
    await t.ask('PUT', '/v1/data-categories/email', { body: { name: 'E-mail', parent: 'contact' } })
    const usage = await t.ask('GET', '/v1/data-categories/contact/usage')
    expect(usage.json.items).toEqual([
      { resource: 'data-categories', key: 'email', name: 'E-mail', pointers: ['/parent'] },
    ])
    const refused = await t.ask('DELETE', '/v1/data-categories/contact')
    expect(refused.status).toBe(409)
    expect(refused.json.detail).toContain('data-categories/email')

    expect((await t.ask('DELETE', '/v1/data-categories/email')).status).toBe(200)
    expect((await t.ask('DELETE', '/v1/data-categories/contact')).status).toBe(200)
    const revived = await t.ask('PUT', '/v1/data-categories/email', { body: { name: 'E-mail', parent: 'contact' } })
    expect(revived.status).toBe(422)
    expect(revived.json.errors[0].message).toContain('retired')
  })

  test('retiring races with referring: one of the two is refused', async () => {
    for (let round = 0; round < 20; round++) {
      const parent = `p${round}`
      await t.ask('PUT', `/v1/data-categories/${parent}`, { body: { name: 'Parent' } })
      const [retire, refer] = await Promise.all([
        t.ask('DELETE', `/v1/data-categories/${parent}`),
        t.ask('PUT', `/v1/data-categories/c${round}`, { body: { name: 'Child', parent } }),
      ])
      expect([retire.status, refer.status]).toEqual(retire.status === 200 ? [200, 422] : [409, 201])
    }
  })
})

describe('retiring', () => {
  test('keeps the entry readable, leaves it out of lists, and a PUT revives it', async () => {
    await t.ask('PUT', '/v1/recipients/bank', { body: { name: 'Bank' } })
    const retired = await t.ask('DELETE', '/v1/recipients/bank')
    expect(retired.json.meta.status).toBe('retired')
    expect((await t.ask('DELETE', '/v1/recipients/bank')).headers.etag).toBe(retired.headers.etag)
    expect((await t.ask('GET', '/v1/recipients/bank')).json.meta.status).toBe('retired')
    expect((await t.ask('GET', '/v1/recipients')).json.items).toEqual([])
    expect((await t.ask('GET', '/v1/recipients?status=retired')).json.items).toHaveLength(1)

    const revived = await t.ask('PUT', '/v1/recipients/bank', { body: { name: 'Bank' } })
    expect(revived.status).toBe(200)
    expect(revived.json.meta).toMatchObject({ status: 'in-force', revision: 2 })
    expect((await t.ask('DELETE', '/v1/recipients/nothing')).status).toBe(404)
  })
})

describe('lists', () => {
  test('walking gives each entry once, in the order of keys, as its GET', async () => {
    for (let i = 0; i < 25; i++)
      await t.ask('PUT', `/v1/retention-periods/r${i}`, {
        body: { name: `R ${i}`, disposal: i % 2 ? 'delete' : 'archive' },
      })
    const walk = async (query: string) => {
      const items: { key: string }[] = []
      for (let url: string | undefined = `/v1/retention-periods?${query}`; url; ) {
        const page = await t.ask('GET', url)
        items.push(...page.json.items)
        expect(page.json.nextCursor === null).toBe(page.headers.link === undefined)
        url = /<([^>]+)>; rel="next"/.exec(page.headers.link ?? '')?.[1]
      }
      return items
    }
    const all = await walk('limit=7')
    expect(all.map(({ key }) => key)).toEqual(Array.from({ length: 25 }, (_, i) => `r${i}`).sort())
    expect(all[0]).toEqual((await t.ask('GET', '/v1/retention-periods/r0')).json)
    expect(await walk('limit=3&disposal=delete')).toHaveLength(12)
  })

  test('a cursor is bound to its filter', async () => {
    const { nextCursor } = (await t.ask('GET', '/v1/retention-periods?limit=2')).json
    const { status, json } = await t.ask('GET', `/v1/retention-periods?limit=2&disposal=delete&cursor=${nextCursor}`)
    expect(status).toBe(400)
    expect(json.errors[0].pointer).toBe('/query/cursor')
    expect((await t.ask('GET', '/v1/retention-periods?cursor=nonsense')).status).toBe(400)
  })

  test('q finds beginnings of words in key, name and description; all words must be found', async () => {
    await t.ask('PUT', '/v1/security-measures/backup', {
      body: { name: 'Nightly backups', description: 'Kept in Köln; tested (monthly).' },
    })
    const found = async (q: string) =>
      (await t.ask('GET', `/v1/security-measures?q=${encodeURIComponent(q)}`)).json.items.length
    expect(await found('night')).toBe(1)
    expect(await found('BACK köl monthly')).toBe(1)
    expect(await found('backup absent')).toBe(0)
    for (const strange of ["'", ':*', '!&|()', '\\', '<->', 'a:b', '%', '"x" & !y']) await found(strange)
  })
})

describe('events', () => {
  test('positions have no gap, also when many write at once and some fail', async () => {
    await Promise.all(
      Array.from({ length: 60 }, (_, i) =>
        t.ask('PUT', `/v1/purposes/busy-${i % 12}`, {
          body: { name: `n ${i}`, ...(i % 10 === 0 && { iri: 'nonsense' }) },
        }),
      ),
    )
    const { rows } = await sql<{ n: number; first: number; last: number; head: number }>`
      select count(*)::int as n, min(position) as first, max(position) as last,
        (select position from register_head) as head from events`.execute(t.db)
    expect(rows[0]).toEqual({ n: rows[0]!.last, first: 1, last: rows[0]!.last, head: rows[0]!.last })
  })
})

describe('ownership', () => {
  test('a service writes what it created and its own entry, and nothing else', async () => {
    await t.ask('PUT', '/v1/purposes/shared', { body: { name: 'Shared' } })
    const foreign = await t.ask('PUT', '/v1/purposes/shared', { body: { name: 'Mine' }, as: 'service' })
    expect(foreign.status).toBe(409)
    expect((await t.ask('DELETE', '/v1/purposes/shared', { as: 'service' })).status).toBe(409)
    const own = await t.ask('PUT', '/v1/purposes/shop-orders', { body: { name: 'Orders' }, as: 'service' })
    expect(own.status).toBe(201)
    expect(own.json.meta.owner).toBe('shop')
    expect(
      (await t.ask('PUT', '/v1/services/shop', { body: { name: 'Shop', team: 'Checkout' }, as: 'service' })).status,
    ).toBe(200)
    expect(
      (await t.ask('PUT', '/v1/purposes/shop-orders', { body: { name: 'Orders of the shop' }, as: 'editor' })).json.meta
        .owner,
    ).toBe('shop')
  })
})
