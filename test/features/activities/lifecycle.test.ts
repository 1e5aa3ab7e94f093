import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import { createApiKey, generateKey } from '../../../src/access/index.ts'
import { type Ask, createTestApp, loadFixtures } from '../../support/app.ts'
import { cleanActivity } from '../../support/fixtures.ts'

let t: Awaited<ReturnType<typeof createTestApp>>
let ask: Ask
beforeAll(async () => {
  t = await createTestApp({ approvals: 'four-eyes' })
  ask = t.ask
  await loadFixtures(ask)
}, 30_000)
afterAll(() => t.close())

/** Each test has an activity of its own. */
let path: string
let count = 0
beforeEach(() => {
  path = `/v1/processing-activities/activity-${count++}`
})

const body = cleanActivity()
const recipients = [{ recipient: 'marketing-partner' }]
const changed = { ...body, recipients }
const editor = { as: 'editor' } as const
const approver = { as: 'approver' } as const

const put = (content: object = body, options: Parameters<Ask>[2] = editor) =>
  ask('PUT', path, { body: content, ...options })
const step = (name: string, content: object = {}, options: Parameters<Ask>[2] = editor) =>
  ask('POST', `${path}/${name}`, { body: content, ...options })
const approve = async (options: Parameters<Ask>[2] = approver) => {
  const { json } = await ask('GET', `${path}?revision=proposed`)
  return step('approve', { contentHash: json.meta.contentHash }, options)
}
const states = {
  absent: async () => undefined,
  draft: async () => void (await put()),
  'in review': async () => {
    await put()
    await step('submit')
  },
  'in force': async () => {
    await states['in review']()
    expect((await approve()).status).toBe(200)
  },
  'in force, a draft': async () => {
    await states['in force']()
    await put(changed)
  },
  'in force, in review': async () => {
    await states['in force, a draft']()
    await step('submit')
  },
  'in force, retirement in review': async () => {
    await states['in force']()
    await ask('DELETE', path, editor)
    await step('submit')
  },
  retired: async () => {
    await states['in force, retirement in review']()
    expect((await approve()).status).toBe(200)
  },
}
type State = keyof typeof states

const hash = `sha256:${'0'.repeat(64)}`
const steps = {
  'PUT changed': () => put({ ...body, subprocessors: [] }),
  'PUT equal to what is in force': () => put(),
  DELETE: () => ask('DELETE', path, editor),
  submit: () => step('submit'),
  approve: async () => {
    const { status, json } = await ask('GET', `${path}?revision=proposed`)
    return step('approve', { contentHash: status === 200 ? json.meta.contentHash : hash }, approver)
  },
  reject: () => step('reject', { reason: 'No' }, approver),
  withdraw: () => step('withdraw'),
  waivers: () => step('waivers', { findingCode: 'owner-missing', reason: 'No', until: '2090-01-01' }, approver),
  reviewed: () => step('reviewed', { nextReviewDate: '2090-01-01' }),
}
type StepName = keyof typeof steps

/** What each step answers in each state, and the state that it leaves: status of what is shown, and of the proposal. */
const table: Record<State, Record<StepName, [status: number, shown?: string, proposal?: string]>> = {
  absent: {
    'PUT changed': [201, 'draft', 'draft'],
    'PUT equal to what is in force': [201, 'draft', 'draft'],
    DELETE: [404],
    submit: [404],
    approve: [404],
    reject: [404],
    withdraw: [404],
    waivers: [404],
    reviewed: [404],
  },
  draft: {
    'PUT changed': [200, 'draft', 'draft'],
    'PUT equal to what is in force': [200, 'draft', 'draft'],
    DELETE: [200, 'retired'],
    submit: [200, 'in-review', 'in-review'],
    approve: [409, 'draft', 'draft'],
    reject: [409, 'draft', 'draft'],
    withdraw: [200, 'retired'],
    waivers: [200, 'draft', 'draft'],
    reviewed: [409, 'draft', 'draft'],
  },
  'in review': {
    'PUT changed': [200, 'in-review', 'in-review'],
    'PUT equal to what is in force': [200, 'in-review', 'in-review'],
    DELETE: [200, 'retired'],
    submit: [409, 'in-review', 'in-review'],
    approve: [200, 'in-force'],
    reject: [200, 'retired'],
    withdraw: [200, 'retired'],
    waivers: [200, 'in-review', 'in-review'],
    reviewed: [409, 'in-review', 'in-review'],
  },
  'in force': {
    'PUT changed': [200, 'in-force', 'draft'],
    'PUT equal to what is in force': [200, 'in-force'],
    DELETE: [200, 'in-force', 'draft'],
    submit: [409, 'in-force'],
    approve: [409, 'in-force'],
    reject: [409, 'in-force'],
    withdraw: [409, 'in-force'],
    waivers: [200, 'in-force'],
    reviewed: [200, 'in-force'],
  },
  'in force, a draft': {
    'PUT changed': [200, 'in-force', 'draft'],
    'PUT equal to what is in force': [200, 'in-force'],
    DELETE: [200, 'in-force', 'draft'],
    submit: [200, 'in-force', 'in-review'],
    approve: [409, 'in-force', 'draft'],
    reject: [409, 'in-force', 'draft'],
    withdraw: [200, 'in-force'],
    waivers: [200, 'in-force', 'draft'],
    reviewed: [409, 'in-force', 'draft'],
  },
  'in force, in review': {
    'PUT changed': [200, 'in-force', 'in-review'],
    'PUT equal to what is in force': [200, 'in-force'],
    DELETE: [200, 'in-force', 'in-review'],
    submit: [409, 'in-force', 'in-review'],
    approve: [200, 'in-force'],
    reject: [200, 'in-force'],
    withdraw: [200, 'in-force'],
    waivers: [200, 'in-force', 'in-review'],
    reviewed: [409, 'in-force', 'in-review'],
  },
  'in force, retirement in review': {
    'PUT changed': [200, 'in-force', 'in-review'],
    'PUT equal to what is in force': [200, 'in-force'],
    DELETE: [200, 'in-force', 'in-review'],
    submit: [409, 'in-force', 'in-review'],
    approve: [200, 'retired'],
    reject: [200, 'in-force'],
    withdraw: [200, 'in-force'],
    waivers: [200, 'in-force', 'in-review'],
    reviewed: [409, 'in-force', 'in-review'],
  },
  retired: {
    'PUT changed': [200, 'draft', 'draft'],
    'PUT equal to what is in force': [200, 'draft', 'draft'],
    DELETE: [200, 'retired'],
    submit: [409, 'retired'],
    approve: [409, 'retired'],
    reject: [409, 'retired'],
    withdraw: [409, 'retired'],
    waivers: [409, 'retired'],
    reviewed: [409, 'retired'],
  },
}

describe.each(Object.keys(states) as State[])('an activity that is %s', (state) => {
  test.each(Object.keys(steps) as StepName[])('%s', async (name) => {
    await states[state]()
    const [status, shown, proposal] = table[state][name]
    const before = await ask('GET', path)
    const answer = await steps[name]()
    expect(answer.status).toBe(status)
    if (status === 409) expect(answer.json.detail).toMatch(/Legal steps now: \S/)
    const { json } = await ask('GET', path)
    expect(json.meta?.status).toBe(shown)
    expect(json.meta?.proposed?.status).toBe(proposal)
    if (status === 409) expect(json).toEqual(before.json)
  })
})

describe('an approval', () => {
  test('is bound to what was read: a change of the proposal makes it stale', async () => {
    await states['in force, in review']()
    const { json } = await ask('GET', `${path}?revision=proposed`)
    await put({ ...changed, name: 'Another' })
    expect((await step('approve', { contentHash: json.meta.contentHash }, approver)).status).toBe(412)
    expect((await approve()).status).toBe(200)
  })

  test('is bound to the entries that it refers to: a change of one makes it stale, and changes the ETag', async () => {
    await states['in force, in review']()
    const read = await ask('GET', `${path}?revision=proposed`)
    await ask('PUT', '/v1/purposes/newsletter', { body: { name: `Newsletter ${count}` } })
    const again = await ask('GET', `${path}?revision=proposed`)
    expect(again.headers.etag).not.toBe(read.headers.etag)
    expect((await step('approve', { contentHash: read.json.meta.contentHash }, approver)).status).toBe(412)
    const answer = await step('approve', { contentHash: again.json.meta.contentHash }, approver)
    expect(answer.json.meta).toMatchObject({
      approval: 'approved',
      approvedBy: 'test-approver',
      contentHash: again.json.meta.contentHash,
    })
  })

  test('keeps what it approves from being changed until it is committed', async () => {
    await states['in review']()
    const free = sql`select from entries where resource = 'subprocessors' and key = 'mail-delivery' for no key update nowait`
    let approved: ReturnType<typeof approve> | undefined
    await t.db.transaction().execute(async (holder) => {
      await sql`select position from register_head for update`.execute(holder)
      await free.execute(t.db)
      approved = approve()
      for (;;) {
        const { rows } = await sql`
          select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`.execute(t.db)
        if (rows.length > 0) break
      }
      // 55P03: somebody has it locked.
      await expect(free.execute(t.db)).rejects.toMatchObject({ code: '55P03' })
    })
    expect((await approved!).status).toBe(200)
  })

  test('takes somebody who did not contribute, whichever key they use', async () => {
    await states['in force, in review']()
    const second = generateKey()
    await createApiKey(t.db, second, { principal: 'test-editor', role: 'approver' })
    const refused = await approve({ key: second })
    expect(refused.status).toBe(403)
    await put({ ...changed, tags: ['touched'] }, approver)
    expect((await approve(approver)).status).toBe(403)
    expect((await approve({ as: 'admin' })).status).toBe(200)
    // What was approved is nobody's contribution any more.
    await put(body)
    await step('submit')
    expect((await approve(approver)).status).toBe(200)
  })

  test('is refused while Art. 30 is not met, until somebody waives that with a reason and an end', async () => {
    await put({ name: 'Bare', role: 'controller', organisation: 'example-hosting' })
    await step('submit')
    const refused = await approve()
    expect(refused.status).toBe(409)
    const codes = refused.json.errors.map(({ message }: { message: string }) => message.split(' ')[0])
    expect(codes).toContain('purpose-missing')
    for (const findingCode of codes)
      expect(
        (await step('waivers', { findingCode, reason: 'Being clarified', until: '2090-01-01' }, approver)).status,
      ).toBe(200)
    const { json } = await ask('GET', `${path}/findings`)
    expect(json.items.find(({ code }: { code: string }) => code === 'purpose-missing').waiver).toEqual({
      reason: 'Being clarified',
      until: '2090-01-01',
      by: 'test-approver',
    })
    expect((await approve()).status).toBe(200)
  })

  test('a waiver names a rule and a day to come', async () => {
    await put()
    const { status, json } = await step(
      'waivers',
      { findingCode: 'no-such-rule', reason: 'x', until: '2020-01-01' },
      approver,
    )
    expect(status).toBe(400)
    expect(json.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(['/findingCode', '/until'])
  })

  test('is marked when an entry that was approved with it changes, and not before', async () => {
    await states['in force']()
    const codes = async () =>
      (await ask('GET', `${path}/findings`)).json.items.map(({ code }: { code: string }) => code)
    expect(await codes()).not.toContain('changed-since-approval')
    const before = (await ask('GET', path)).json.meta.contentHash
    const { json: used } = await ask('GET', '/v1/subprocessors/mail-delivery')
    await ask('PUT', '/v1/subprocessors/mail-delivery', { body: { ...used, name: `Mail ${count}` } })
    expect(await codes()).toContain('changed-since-approval')
    expect((await ask('GET', path)).json.meta.contentHash).toBe(before)
  })

  test('is carried over by an editorial change, in force at once, with nothing proposed', async () => {
    await states['in force']()
    const { status, json } = await put({ ...body, name: 'Better words' })
    expect(status).toBe(200)
    expect(json.meta).toMatchObject({
      status: 'in-force',
      approval: 'carried-over',
      approvedBy: 'test-approver',
      revision: 2,
    })
  })
})

test('a proposal of somebody else is not withdrawn by a PUT of what is in force', async () => {
  await states['in force, a draft']()
  expect((await put(body, approver)).status).toBe(409)
  expect((await ask('GET', path)).json.meta.proposed.revision).toBe(2)
})

test('a review is recorded, without an approval', async () => {
  await states['in force']()
  const { json } = await step('reviewed', { nextReviewDate: '2090-01-01' })
  expect(json.review).toEqual({
    ...body.review,
    lastReviewedOn: new Date().toISOString().slice(0, 10),
    nextReviewOn: '2090-01-01',
  })
  expect(json.meta.approval).toBe('carried-over')
  expect((await step('reviewed', { nextReviewDate: '2020-01-01' })).json.errors[0].pointer).toBe('/nextReviewDate')
})

test('ownership is transferred by an admin, to a service that exists', async () => {
  await put()
  expect((await step('transfer-ownership', { service: 'absent' }, { as: 'admin' })).status).toBe(422)
  expect((await step('transfer-ownership', { service: 'shop' }, { as: 'admin' })).json.meta.owner).toBe('shop')
  await ask('PUT', '/v1/services/gone', { body: { name: 'Gone' } })
  await ask('DELETE', '/v1/services/gone')
  expect((await step('transfer-ownership', { service: 'gone' }, { as: 'admin' })).status).toBe(422)
})

describe('the controllers of a processor, one by one', () => {
  const hosting = '/v1/processing-activities/hosting'
  test('are added, read, replaced and removed, each a change of the activity', async () => {
    const { json: submitted } = await ask('POST', `${hosting}/submit`, { body: {}, ...editor })
    await ask('POST', `${hosting}/approve`, { body: { contentHash: submitted.meta.contentHash }, ...approver })
    const one = `${hosting}/controllers/example-partner`
    const controller = { organisation: 'example-partner', categoriesOfProcessing: ['Backups'] }
    expect((await ask('GET', one)).status).toBe(404)
    const { headers, status } = await ask('PUT', one, { body: controller, ...editor })
    expect(status).toBe(200)
    expect((await ask('GET', one)).json).toEqual(controller)
    expect((await ask('GET', hosting)).json.meta).toMatchObject({
      revision: 2,
      status: 'in-force',
      approval: 'carried-over',
    })
    expect((await ask('PUT', one, { body: controller, headers: { 'if-match': '"1"' }, ...editor })).status).toBe(412)
    expect(
      (await ask('PUT', one, { body: { ...controller, organisation: 'other' }, ...editor })).json.errors[0].pointer,
    ).toBe('/organisation')
    expect(
      (await ask('PUT', `${hosting}/controllers/absent`, { body: { organisation: 'absent' }, ...editor })).status,
    ).toBe(422)
    expect((await ask('DELETE', one, { headers: { 'if-match': headers.etag! }, ...editor })).status).toBe(204)
    expect((await ask('DELETE', one, editor)).status).toBe(404)
    // Something new is done for it: that takes an approval.
    await ask('PUT', one, { body: { ...controller, categoriesOfProcessing: ['Analysis'] }, ...editor })
    expect((await ask('GET', hosting)).json.meta.proposed.status).toBe('draft')
  })
})

test('the queue shows what waits, since when, what it changes and what stands in the way', async () => {
  await states['in force, in review']()
  const item = async () => {
    const key = path.split('/').at(-1)
    for (let url: string | null = '/v1/approvals?limit=3'; url; ) {
      const { json, headers } = await ask('GET', url)
      const found = json.items.find((waiting: { key: string }) => waiting.key === key)
      if (found) return found
      url = headers.link ? /<([^>]+)>/.exec(headers.link)![1]! : null
    }
  }
  const { proposal, review } = await item()
  expect(review).toBeUndefined()
  expect(proposal).toMatchObject({ revision: 2, retirement: false, contributors: ['test-editor'], blockedBy: [] })
  expect(proposal.contentHash).toBe((await ask('GET', path)).json.meta.proposed.contentHash)
  expect(proposal.changes).toEqual([
    expect.objectContaining({ kind: 'added', pattern: '/recipients/*', material: true }),
  ])
  expect(Date.parse(proposal.since)).toBeGreaterThan(Date.now() - 60_000)
  await approve()
  expect(await item()).toBeUndefined()
})

describe('other modes', () => {
  test.each([
    ['self', 200, 'approved'],
    ['off', 409, undefined],
  ] as const)(
    'APPROVALS=%s',
    async (approvals, status, approval) => {
      const other = await createTestApp({ approvals })
      try {
        await loadFixtures(other.ask)
        const there = '/v1/processing-activities/own'
        const written = await other.ask('PUT', there, { body, as: 'approver' })
        expect(written.json.meta.status).toBe(approvals === 'off' ? 'in-force' : 'draft')
        await other.ask('POST', `${there}/submit`, { body: {}, as: 'approver' })
        const answer = await other.ask('POST', `${there}/approve`, {
          body: { contentHash: written.json.meta.contentHash },
          as: 'approver',
        })
        expect(answer.status).toBe(status)
        expect(answer.json.meta?.approval).toBe(approval)
      } finally {
        await other.close()
      }
    },
    60_000,
  )
})

describe('a service', () => {
  const service = { as: 'service' } as const
  const facts = { ...body, purposes: body.purposes!.map(({ purpose }) => ({ purpose })) }

  test('proposes straight into review, and keeps the judgements that it leaves out', async () => {
    const first = await put(facts, service)
    expect(first.json.meta).toMatchObject({ status: 'in-review', owner: 'shop' })
    await put(body)
    expect((await put({ ...facts, recipients }, service)).json.purposes).toEqual(body.purposes)
    const differs = structuredClone(body)
    differs.purposes![0]!.legalBasis = { article: '6(1)(f)' }
    const { status, json } = await put(differs, service)
    expect(status).toBe(409)
    expect(json.errors).toEqual([expect.objectContaining({ pointer: '/purposes/0/legalBasis' })])
  })

  test('deploys unchanged: nothing is written; deploys the former version again: its proposal is withdrawn', async () => {
    await put(body, service)
    await approve()
    const { json: before } = await ask('GET', '/v1/history/head')
    expect((await put(facts, service)).status).toBe(200)
    expect((await ask('GET', '/v1/history/head')).json).toEqual(before)
    expect((await put({ ...facts, recipients }, service)).json.meta.status).toBe('in-review')
    expect((await put(facts, service)).json.meta).toMatchObject({ status: 'in-force', revision: 1 })
    expect((await ask('GET', path)).json.meta.proposed).toBeUndefined()
  })

  test('changes nothing that is in force without an approval, however little', async () => {
    await put(body, service)
    await approve()
    const { json } = await put({ ...facts, name: 'Newsletter and offers' }, service)
    expect(json.meta).toMatchObject({ status: 'in-review', inForce: 1 })
    expect((await ask('GET', path)).json.name).toBe(body.name)
  })

  test('withdraws its own proposal, and nobody else’s of what it owns', async () => {
    await put(body, service)
    await approve()
    expect((await put({ ...facts, recipients }, service)).json.meta.status).toBe('in-review')
    expect((await step('withdraw', {}, service)).status).toBe(200)
    expect((await put(changed, editor)).json.meta.proposed).toMatchObject({ status: 'draft' })
    const refused = await step('withdraw', {}, service)
    expect([refused.status, refused.json.detail]).toEqual([409, expect.stringContaining('only its own')])
    expect((await step('withdraw')).status).toBe(200)
  })

  test('leaves alone what is not its own, and takes none of the steps of staff', async () => {
    await put(body)
    expect((await put(facts, service)).status).toBe(409)
    expect((await step('withdraw', {}, service)).status).toBe(409)
    for (const name of ['submit', 'approve', 'reject', 'waivers', 'reviewed', 'transfer-ownership'])
      expect((await step(name, {}, service)).status).toBe(403)
  })
})

describe('Idempotency-Key', () => {
  const once = { ...editor, headers: { 'idempotency-key': 'one' } }

  test('a repeated request is answered as the first time, and done once', async () => {
    await put()
    const [first, second] = [await step('submit', {}, once), await step('submit', {}, once)]
    expect(first.status).toBe(200)
    expect(second.text).toBe(first.text)
    expect(second.headers.etag).toBe(first.headers.etag)
    const { json } = await ask('GET', `${path}/history`)
    expect(json.items.map(({ type }: { type: string }) => type)).toEqual(['proposed', 'submitted'])
    expect((await step('withdraw', {}, once)).status).toBe(409)
  })

  test('at the same time, too; what was refused is not remembered', async () => {
    const headers = { 'idempotency-key': 'two' }
    expect((await step('submit', {}, { ...editor, headers })).status).toBe(404)
    await put()
    const answers = await Promise.all([1, 2, 3].map(() => step('submit', {}, { ...editor, headers })))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
    expect((await ask('GET', `${path}/history`)).json.items).toHaveLength(2)
  })
})
