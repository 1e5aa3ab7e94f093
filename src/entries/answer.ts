import { hash } from 'node:crypto'
import type { FastifyReply } from 'fastify'
import { Type } from 'typebox'
import type { Database } from '../platform/db/database.ts'
import { jsonType } from '../platform/http/operation.ts'
import { linkTo, pageParts } from '../platform/http/page.ts'
import type { ReadyAnswer } from '../platform/http/ready.ts'
import { closed, ref } from '../platform/http/schema.ts'
import { notFound } from './lock.ts'
import { findMoment } from './moment.ts'
import { readEntry, readRevision } from './read.ts'
import type { RememberedAnswers } from './remembered.ts'
import { type EntryRow, etagOf, renderEntry } from './render.ts'
import type { Resource } from './resource.ts'
import { atLeast, type FindShown, type ShownEntries, type ShownEntry, type ShownSource } from './shown.ts'
import { readWritten, type Written } from './write.ts'

/** What answers about entries have in common: an entry or a page of them, out of memory or out of Postgres. */

export const etagHeader = { ETag: Type.String({ description: 'The entity tag of the entry; any change changes it.' }) }

/** The component of a page of a resource's list. */
export const listSchema = ({ component, View, singular }: Resource) =>
  closed(
    {
      items: Type.Array(ref(View as { $id?: string } & typeof View), {
        description: 'The entries, ordered by key; each as its `GET` shows it.',
      }),
      nextCursor: Type.Union([Type.String(), Type.Null()], {
        description: 'Where the list goes on; null: it ends here.',
      }),
    },
    { $id: `${component}List`, description: `A page of a list. One item is one ${singular}.` },
  )

export const sendEntry = (reply: FastifyReply, row: EntryRow) =>
  reply.header('etag', etagOf(row)).type(jsonType).send(renderEntry(row))

/** An entry in memory, for a `GET` that asks for it and nothing else: no key has to be decoded. */
export const readyEntry =
  ({ current }: ShownSource, { resource }: Resource) =>
  (url: string): ReadyAnswer | undefined => {
    const shown = current()
    const entry = shown?.find(resource, url.slice(url.lastIndexOf('/') + 1))
    return entry && { etag: entry.etag, body: entry.body, fields: ['register-version', String(shown!.version)] }
  }

export const sendShown = (reply: FastifyReply, { resource, singular }: Resource, key: string, shown: ShownEntries) => {
  reply.header('register-version', shown.version)
  const entry = shown.find(resource, key)
  if (!entry) throw notFound(singular, key)
  return reply.header('etag', entry.etag).type(jsonType).send(entry.body)
}

export const sendStored = async (
  db: Database,
  reply: FastifyReply,
  { resource, singular }: Resource,
  key: string,
  revision: string | undefined,
  asOf: string | undefined,
) => {
  const moment = await findMoment(db, asOf)
  const which = revision === undefined || revision === 'proposed' ? revision : Number(revision)
  const { registerVersion, result: row } = await (which === undefined
    ? readEntry(db, resource, key, moment)
    : readRevision(db, resource, key, which, moment))
  reply.header('register-version', registerVersion)
  if (!row) throw notFound(singular, key)
  return sendEntry(reply, row)
}

/**
 * Sends an entry as a write left it. Memory takes in what this instance wrote before it is answered, so one reading serves
 * both, unless what was written is a proposal or somebody wrote the entry again.
 */
export const sendWritten = async (db: Database, findShown: FindShown, reply: FastifyReply, written: Written) => {
  const { resource, key, position, state } = written
  const shown = state.proposed === null ? (await findShown(atLeast(position)))?.find(resource, key) : undefined
  if (shown?.position === position) return sendOwn(reply, shown)
  return sendEntry(reply.header('register-version', position), await readWritten(db, written))
}

/** Sends an entry to whoever wrote it, with the version that has it. */
export const sendOwn = (reply: FastifyReply, { position, etag, body }: ShownEntry) =>
  reply.headers({ 'register-version': position, etag }).type(jsonType).send(body)

const between = Buffer.from(pageParts(null).between)

/**
 * A page of entries. Its entity tag is made of theirs, which are far shorter than they are. Its parts are the bytes of the entries as
 * they lie in memory: putting them together takes longer than sending them.
 * @param url of the page
 */
export const pageOfEntries = (
  url: string,
  entries: { etag: string; body: Buffer }[],
  nextCursor: string | null,
  registerVersion: number,
): ReadyAnswer => {
  const { before, behind } = pageParts(nextCursor)
  const tags = entries.map(({ etag }) => etag).join()
  const bodies = entries.flatMap(({ body }, index) => (index === 0 ? [body] : [between, body]))
  return {
    etag: `"${hash('sha256', `${tags} ${nextCursor}`, 'base64url').slice(0, 27)}"`,
    body: [Buffer.from(before), ...bodies, Buffer.from(behind)],
    fields: [
      'register-version',
      String(registerVersion),
      ...(nextCursor === null ? [] : ['link', linkTo(url, nextCursor)]),
    ],
  }
}

/** Pages of lists that were asked for before, by their path and query. */
export type RememberedPages = RememberedAnswers<ReadyAnswer>

/** A page that was asked for before. Asked for again, it is put together: sent in one piece, it takes three quarters of the time. */
export const readyPage =
  ({ current }: ShownSource, pages: RememberedPages) =>
  (url: string): ReadyAnswer | undefined => {
    const shown = current()
    const page = shown && pages.find(shown, url)
    if (page && Array.isArray(page.body)) page.body = Buffer.concat(page.body)
    return page
  }

export const exampleView = (example: Record<string, unknown>, status = 'in-force') => ({
  key: 'example',
  ...example,
  meta: {
    id: '01970000-0000-7000-8000-000000000000',
    revision: 1,
    status,
    approval: 'none',
    contentHash: `sha256:${'0'.repeat(64)}`,
    createdAt: '2026-11-24T08:00:00.000Z',
    updatedAt: '2026-11-24T08:00:00.000Z',
    updatedBy: 'ci',
  },
})
