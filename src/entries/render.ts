/** An entry as it is stored; dates as Postgres gives them to pg. */
export type EntryRow = {
  id: string
  resource: string
  key: string
  status: 'in-force' | 'retired'
  owner: string | null
  revision: number
  /** JSON text of the content, as it was written. */
  content: string
  contentHash: string
  position: number
  createdAt: Date
  updatedAt: Date
  updatedBy: string
}

/** The body of a `GET`. Joined as text: the content is sent as it was written, not parsed and serialised again. */
export const renderEntry = (row: EntryRow): string => {
  const meta = {
    id: row.id,
    revision: row.revision,
    status: row.status,
    approval: 'none',
    contentHash: row.contentHash,
    ...(row.owner && { owner: row.owner }),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    updatedBy: row.updatedBy,
  }
  return `{"key":${JSON.stringify(row.key)},${row.content.slice(1, -1)},"meta":${JSON.stringify(meta)}}`
}

/** The strong entity tag of an entry (RFC 9110, 8.8.3): the position of the event that last changed it. */
export const etagOf = (row: Pick<EntryRow, 'position'>): string => `"${row.position}"`
