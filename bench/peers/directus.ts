import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Request } from '../load.ts'
import type { Subject } from '../process.ts'
import type { Setting } from '../rows/row.ts'
import { children } from './tables.ts'

const folder = new URL('directus/', import.meta.url).pathname
const command = ['--no-node-snapshot', `${folder}node_modules/directus/cli.js`]
const headers = { authorization: 'Bearer directus-admin-token', 'content-type': 'application/json' }

const environmentOf = (connectionString: string) => {
  const { hostname, port, username, password, pathname } = new URL(connectionString)
  return {
    NODE_ENV: 'production',
    KEY: 'directus-key',
    SECRET: 'directus-secret-of-at-least-32-characters',
    DB_CLIENT: 'pg',
    DB_HOST: hostname,
    DB_PORT: port,
    DB_USER: decodeURIComponent(username),
    DB_PASSWORD: decodeURIComponent(password),
    DB_DATABASE: pathname.slice(1),
    ADMIN_EMAIL: 'admin@example.com',
    ADMIN_PASSWORD: 'directus-admin-password',
    ADMIN_TOKEN: 'directus-admin-token',
    TELEMETRY: 'false',
    LOG_LEVEL: 'error',
    RATE_LIMITER_ENABLED: 'false',
    PRESSURE_LIMITER_ENABLED: 'false',
    WEBSOCKETS_ENABLED: 'false',
  }
}

/** All of an activity, as the service's answer has it. */
const fields = `fields=${['*', ...Object.keys(children).map((name) => `${name}.*`)].join()}`

export const readOne = (key: string): Request => ({ path: `/items/activity/${key}?${fields}`, headers })

export const readList = (limit: number): Request => ({
  path: `/items/activity?limit=${limit}&sort=key&${fields}`,
  headers,
})

/** @param activity with its children, as rows */
export const create = (activity: object): Request => ({
  method: 'POST',
  path: '/items/activity?fields=key',
  headers,
  body: JSON.stringify(activity),
})

/**
 * Starts Directus on the tables of the peers, as it comes, without what would refuse requests.
 * @throws Error unless it answers
 */
export const startDirectus = async (start: Setting['start'], connectionString: string): Promise<Subject> => {
  const env = environmentOf(connectionString)
  await promisify(execFile)(process.execPath, [...command, 'bootstrap'], {
    cwd: folder,
    env: { ...process.env, ...env },
  })
  const subject = await start([...command, 'start'], env, '/server/ping')
  await makeCollections(subject.url)
  for (const { path, ...request } of [readOne('activity-000000'), readList(1)]) await ask(subject.url, path, request)
  return subject
}

/** Makes collections of the tables, and lists of the children. */
const makeCollections = async (url: string) => {
  const send = (method: string, path: string, body: object) =>
    ask(url, path, { method, headers, body: JSON.stringify(body) })
  for (const collection of ['activity', ...Object.values(children)])
    await send('PATCH', `/collections/${collection}`, { meta: { hidden: false } })
  for (const [field, collection] of Object.entries(children)) {
    await send('POST', '/fields/activity', {
      field,
      type: 'alias',
      schema: null,
      meta: { special: ['o2m'], interface: 'list-o2m' },
    })
    await send('PATCH', `/relations/${collection}/activity`, {
      collection,
      field: 'activity',
      related_collection: 'activity',
      meta: { one_field: field },
    })
  }
}

const ask = async (url: string, path: string, request: RequestInit): Promise<void> => {
  const answer = await fetch(url + path, request)
  if (!answer.ok) throw new Error(`Directus: ${answer.status} ${await answer.text()}`)
}
