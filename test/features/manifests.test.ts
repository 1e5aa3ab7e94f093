import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import Ajv2020 from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { sql } from 'kysely'
import { parse } from 'yaml'
import { createApiKey, generateKey } from '../../src/access/index.ts'
import { createTestApp as create, type createTestApp, loadFixtures } from '../support/app.ts'

/** A service's whole declaration: planned, applied, exported. The key of the role `service` stands for `shop`. */

let t: Awaited<ReturnType<typeof createTestApp>>
beforeEach(async () => {
  t = await create({ approvals: 'self' })
  await loadFixtures(t.ask)
})
afterEach(() => t.close())

const manifest = () => ({
  version: 1,
  purposes: { 'shop-orders': { name: 'Deliver what is ordered' } } as Record<string, object>,
  recipients: { parcels: { name: 'Parcel service', kind: 'external', countries: ['DE'] } } as Record<string, object>,
  processingActivities: {
    orders: {
      name: 'Orders',
      role: 'controller',
      organisation: 'example-hosting',
      purposes: [{ purpose: 'shop-orders' }],
      data: [{ dataCategory: 'contact-data', dataSubjectCategories: ['subscribers'] }],
      recipients: [{ recipient: 'parcels' }],
      services: ['shop'],
    },
  } as Record<string, Record<string, unknown>>,
})

const put = (body: unknown, as: 'service' | 'reader' | 'editor' | 'admin' = 'service', query = '') =>
  t.ask('PUT', `/v1/services/shop/manifest${query}`, { body, as })
const plan = (body: unknown) => put(body, 'reader', '?dryRun=true')
const entryOf = (json: any, key: string) => json.entries.find((entry: { key: string }) => entry.key === key)
const head = async () => (await t.ask('GET', '/v1/history/head')).json.position
const approve = async (key: string) => {
  const { json } = await t.ask('GET', `/v1/processing-activities/${key}?revision=proposed`)
  const { status } = await t.ask('POST', `/v1/processing-activities/${key}/approve`, {
    body: { contentHash: json.meta.contentHash, reason: 'Checked.' },
  })
  expect(status).toBe(200)
}

describe('a plan', () => {
  test('says what would happen to each entry, in the order of writing, and writes nothing', async () => {
    const before = await head()
    const { status, json } = await plan(manifest())
    expect(status).toBe(200)
    expect(json).toMatchObject({ outcome: 'would-apply', create: 3, conflict: 0, approvalNeeded: true })
    expect(json.entries.map(({ key, action }: any) => [key, action])).toEqual([
      ['shop-orders', 'create'],
      ['parcels', 'create'],
      ['orders', 'create'],
    ])
    expect(await head()).toBe(before)
    expect((await t.ask('GET', '/v1/purposes/shop-orders')).status).toBe(404)
  })

  test('tells the effect in law, what is material, and the findings that it brings', async () => {
    await put(manifest())
    await approve('orders')
    const changed = manifest()
    changed.processingActivities.orders!.transfers = [{ to: { recipient: 'parcels' }, destination: { country: 'CN' } }]
    const orders = entryOf((await plan(changed)).json, 'orders')
    expect(orders).toMatchObject({ action: 'update', approval: 'needed' })
    expect(orders.effects).toEqual([expect.stringMatching(/^Adds a transfer to CN: /)])
    expect(orders.changes).toEqual([
      expect.objectContaining({ pointer: '/transfers/0', kind: 'added', material: true }),
    ])
    const brought = orders.findings.filter(({ introduced }: any) => introduced)
    expect(brought.map(({ finding }: any) => finding.pointer)).toContain('/transfers/0')
    expect(orders.findings.length).toBeGreaterThan(brought.length)
  })

  test('a change of the catalogue brings findings in activities that stay as they are', async () => {
    const related = (category: object) => ({
      ...manifest(),
      dataCategories: { 'order-data': { name: 'Orders', ...category } },
      processingActivities: {
        orders: {
          ...manifest().processingActivities.orders,
          data: [{ dataCategory: 'order-data', dataSubjectCategories: ['subscribers'] }],
        },
      },
    })
    await put(related({}))
    await approve('orders')
    const foundBy = async (category: object) => {
      const { action, findings } = entryOf((await put(related(category), 'admin', '?dryRun=true')).json, 'orders')
      const some = (wanted: boolean) =>
        findings.filter(({ introduced }: any) => introduced === wanted).map(({ finding }: any) => finding.code)
      return { action, introduced: some(true), before: some(false) }
    }
    const standing = await foundBy({})
    expect(standing).toMatchObject({ action: 'unchanged', introduced: [] })
    expect(standing.before.length).toBeGreaterThan(0)
    const brought = await foundBy({ specialCategory: 'health' })
    expect(brought).toMatchObject({ action: 'unchanged', before: standing.before })
    expect(brought.introduced.length).toBeGreaterThan(0)
  })

  test('names every conflict at once, and where it stands in the manifest', async () => {
    const wrong = manifest()
    wrong.purposes.newsletter = { name: 'Mine now' }
    wrong.processingActivities.orders!.securityMeasures = ['none-such']
    const { status, json } = await plan(wrong)
    expect(status).toBe(200)
    expect(json).toMatchObject({ outcome: 'conflict', conflict: 2 })
    expect(json.entries.flatMap(({ errors }: any) => errors.map(({ pointer }: any) => pointer))).toEqual([
      '/purposes/newsletter',
      '/processingActivities/orders/securityMeasures/0',
    ])
  })
})

describe('applying', () => {
  test('writes all of it, and the same again writes nothing', async () => {
    const { status, json } = await put(manifest())
    expect(status).toBe(200)
    expect(json.outcome).toBe('applied')
    expect((await t.ask('GET', '/v1/processing-activities/orders')).json.meta).toMatchObject({
      status: 'in-review',
      owner: 'shop',
    })
    const position = await head()
    expect((await put(manifest())).json).toMatchObject({ unchanged: 3, create: 0, update: 0, approvalNeeded: true })
    expect(await head()).toBe(position)
  })

  test('is appended in the order of the plan, each event once, in one chain', async () => {
    const many = manifest()
    for (let i = 0; i < 30; i++)
      many.processingActivities[`orders-${String(i).padStart(2, '0')}`] = { ...manifest().processingActivities.orders! }
    const before = await head()
    const { json } = await put(many)
    const written = await sql<{ position: number; key: string }>`
      select v.position, e.key from events v join entries e on e.id = v.entry_id
      where v.position > ${before} order by v.position`.execute(t.db)
    expect(written.rows.map(({ key }) => key)).toEqual(json.entries.map(({ key }: any) => key))
    expect(written.rows.map(({ position }) => position)).toEqual(
      json.entries.map((_: any, i: number) => before + 1 + i),
    )
    expect(json.registerVersion).toBe(before + json.entries.length)
    expect((await t.ask('GET', '/v1/history/verify')).json).toMatchObject({ valid: true })
  })

  test('what it brings may refer to what it brings, and is judged by it; what is refused is referred to by nothing', async () => {
    const related = {
      ...manifest(),
      dataCategories: {
        'child-data': { name: 'Child', parent: 'parent-data' },
        'parent-data': { name: 'Parent', specialCategory: 'health' },
      },
    }
    related.processingActivities.orders!.data = [{ dataCategory: 'child-data', dataSubjectCategories: ['subscribers'] }]
    const { status, json } = await put(related)
    expect([status, json.create]).toEqual([200, 5])
    const { json: stands } = await t.ask('GET', '/v1/processing-activities/orders')
    const { json: same } = await put(related)
    expect(same).toMatchObject({ unchanged: 5 })

    const refused = {
      ...related,
      dataCategories: { ...related.dataCategories, 'new-data': { name: 'New', parent: 'none' } },
    }
    refused.processingActivities = {
      orders: {
        ...related.processingActivities.orders!,
        data: [{ dataCategory: 'new-data', dataSubjectCategories: ['subscribers'] }],
      },
    }
    const planned = (await plan(refused)).json
    expect(planned.entries.flatMap(({ errors }: any) => errors.map(({ pointer }: any) => pointer))).toEqual([
      '/dataCategories/new-data/parent',
      '/processingActivities/orders/data/0/dataCategory',
    ])
    expect((await t.ask('GET', '/v1/processing-activities/orders')).text).toBe(JSON.stringify(stands))
  })

  test('the service may be declared as itself and as an entry: one after the other', async () => {
    const before = await head()
    const { json } = await put({
      version: 1,
      service: { description: 'Sells things.' },
      services: { shop: { tags: ['shop'] } },
    })
    expect(json.entries.map(({ action }: any) => action)).toEqual(['update', 'update'])
    expect(await head()).toBe(before + 2)
    expect((await t.ask('GET', '/v1/services/shop')).json).toMatchObject({
      description: 'Sells things.',
      tags: ['shop'],
    })
  })

  test('all or nothing: what is in conflict keeps the rest from being written', async () => {
    const before = await head()
    const wrong = manifest()
    wrong.purposes.newsletter = { name: 'Mine now' }
    const { status, json } = await put(wrong)
    expect(status).toBe(409)
    expect(json.errors[0].pointer).toBe('/purposes/newsletter')
    expect(await head()).toBe(before)
  })

  test('a reference to nothing is a 422, an invalid entry a 400, each named', async () => {
    const unknown = manifest()
    unknown.processingActivities.orders!.recipients = [{ recipient: 'nobody' }]
    const refused = await put(unknown)
    expect([refused.status, refused.json.errors[0].pointer]).toEqual([
      422,
      '/processingActivities/orders/recipients/0/recipient',
    ])
    const incomplete = manifest()
    delete incomplete.processingActivities.orders!.role
    const invalid = await put(incomplete)
    expect([invalid.status, invalid.json.code]).toEqual([400, 'invalid-request'])
    expect(JSON.stringify(invalid.json.errors)).toContain('/processingActivities/orders')
    const surplus = await put({ ...manifest(), prupose: {} })
    expect([surplus.status, JSON.stringify(surplus.json.errors)]).toEqual([400, expect.stringContaining('prupose')])
  })

  test('what is left out of an entry is kept; judgements of compliance staff are too', async () => {
    await put(manifest())
    const { json } = await t.ask('GET', '/v1/processing-activities/orders?revision=proposed')
    json.purposes[0].legalBasis = { article: '6(1)(b)' }
    json.tags = ['kept']
    expect((await t.ask('PUT', '/v1/processing-activities/orders', { body: json })).status).toBe(200)
    await approve('orders')
    const { json: again } = await put(manifest())
    expect(entryOf(again, 'orders').action).toBe('unchanged')
    const stands = (await t.ask('GET', '/v1/processing-activities/orders')).json
    expect([stands.purposes[0].legalBasis.article, stands.tags]).toEqual(['6(1)(b)', ['kept']])

    const overruling = manifest()
    overruling.processingActivities.orders!.purposes = [{ purpose: 'shop-orders', legalBasis: { article: '6(1)(f)' } }]
    const refused = await put(overruling)
    expect([refused.status, refused.json.errors[0].pointer]).toEqual([
      409,
      '/processingActivities/orders/purposes/0/legalBasis',
    ])
  })

  test('an entry that is left out is proposed for retirement; a catalogue entry stays while it is used', async () => {
    await put(manifest())
    await approve('orders')
    const { json } = await put({ version: 1, recipients: manifest().recipients })
    expect(entryOf(json, 'orders')).toMatchObject({ action: 'retire', approval: 'needed', pointer: '' })
    expect(entryOf(json, 'shop-orders')).toMatchObject({ action: 'unchanged', note: expect.stringContaining('orders') })
    expect((await t.ask('GET', '/v1/processing-activities/orders')).json.meta.status).toBe('in-force')
    await approve('orders')
    expect((await t.ask('GET', '/v1/processing-activities/orders')).json.meta.status).toBe('retired')
    const later = await put({ version: 1, recipients: manifest().recipients })
    expect(entryOf(later.json, 'shop-orders').action).toBe('retire')
  })

  test('a key that another service claims is a 409 with its owner', async () => {
    await put(manifest())
    await t.ask('PUT', '/v1/services/other', { body: { name: 'Other' } })
    const key = generateKey()
    await createApiKey(t.db, key, { principal: 'other', role: 'service', service: 'other' })
    const { status, json } = await t.ask('PUT', '/v1/services/other/manifest', { body: manifest(), key })
    expect(status).toBe(409)
    expect(json.errors.every(({ message }: any) => message.includes('`shop`'))).toBe(true)
  })

  test('concurrent applies of one service: one wins, the others are told or find nothing to do', async () => {
    const versions = Array.from({ length: 8 }, (_, i) => {
      const changed = manifest()
      changed.processingActivities.orders!.description = `As of version ${i}`
      return changed
    })
    const answers = await Promise.all(versions.map((body) => put(body)))
    const statuses = answers.map(({ status }) => status)
    expect(statuses).toContain(200)
    expect(statuses.every((status) => status === 200 || status === 409)).toBe(true)
    for (const { status, json } of answers) if (status === 409) expect(json.detail).toContain('being applied')
    expect((await t.ask('GET', '/v1/history/verify')).json.consistent ?? true).toBe(true)
  })

  test('only the service itself and staff may apply; everybody who reads may plan', async () => {
    expect((await put(manifest(), 'reader')).status).toBe(403)
    expect((await plan(manifest())).status).toBe(200)
    await t.ask('PUT', '/v1/services/other', { body: { name: 'Other' } })
    const { status } = await t.ask('PUT', '/v1/services/other/manifest', { body: { version: 1 }, as: 'service' })
    expect(status).toBe(409)
    expect((await put(manifest(), 'editor')).status).toBe(200)
    expect((await t.ask('PUT', '/v1/services/none/manifest', { body: { version: 1 } })).status).toBe(404)
  })
})

describe('the export', () => {
  test('applied as it is, it changes nothing, in JSON and in YAML', async () => {
    const full = manifest()
    await put({ ...full, service: { description: 'Sells things.' } })
    await approve('orders')
    const { json } = await t.ask('GET', '/v1/services/shop/manifest')
    expect(json).toMatchObject({ ...full, service: { name: 'Shop', description: 'Sells things.' } })
    const position = await head()
    expect((await put(json)).json).toMatchObject({ unchanged: 4, update: 0 })
    const yaml = await t.ask('GET', '/v1/services/shop/manifest?format=yaml')
    expect(yaml.headers['content-type']).toContain('application/yaml')
    expect(yaml.text).toContain('# yaml-language-server: $schema=')
    expect(parse(yaml.text)).toEqual(json)
    expect(await head()).toBe(position)
  })
})

describe('the schema for editors', () => {
  test('stands alone, is open, accepts what the service accepts and names what is wrong', async () => {
    const { status, text } = await t.ask('GET', '/schemas/manifest/v1.json', { as: null })
    expect(status).toBe(200)
    const ajv = new Ajv2020.default({ strict: true, strictTypes: false, strictRequired: false, allErrors: true })
    addFormats.default(ajv)
    const validate = ajv.compile(JSON.parse(text))
    expect(validate(manifest())).toBe(true)
    const wrong = manifest()
    wrong.processingActivities.orders!.rloe = 'controller'
    expect(validate(wrong)).toBe(false)
    expect(validate({ version: 2 })).toBe(false)
    expect(validate({ version: 1, purposes: { 'Not A Key': { name: 'x' } } })).toBe(false)
  })
})
