/** Where an entry stands in its life. */
export const statuses = ['in-force', 'draft', 'in-review', 'retired'] as const
export type Status = (typeof statuses)[number]

/** Where a revision stands: as the entry, or what became of it. */
export const revisionStatuses = [...statuses, 'superseded', 'rejected', 'withdrawn'] as const
export type RevisionStatus = (typeof revisionStatuses)[number]

/** How what is in force was approved. */
export const approvals = ['none', 'approved', 'carried-over'] as const
export type Approval = (typeof approvals)[number]

/** The proposal of an entry, in brief. */
export type ProposedRow = {
  revision: number
  status: 'draft' | 'in-review'
  contentHash: string
  retirement: boolean
  proposedBy: string | null
}

/** An entry as it is read, with one of its revisions; dates as Postgres gives them to pg. */
export type EntryRow = {
  id: string
  resource: string
  key: string
  status: RevisionStatus
  owner: string | null
  revisionId: string
  revision: number
  /** JSON text of the content, as it was written. */
  content: string
  contentHash: string
  approval: Approval
  approved: { by: string | null; at: string } | null
  /** Number of the revision in force. */
  inForce: number | null
  proposed: ProposedRow | null
  position: number
  createdAt: Date
  updatedAt: Date
  updatedBy: string | null
  /** Pointers of personal values that were erased. */
  erased: string[]
}

/** What stands for the name of a principal that was erased. */
export const erasedName = '(erased)'

/** What the register itself says of an entry. */
export const metaOf = (row: EntryRow) => ({
  id: row.id,
  revision: row.revision,
  status: row.status,
  approval: row.approval,
  ...(row.approved && { approvedBy: row.approved.by ?? erasedName, approvedAt: row.approved.at }),
  contentHash: row.contentHash,
  ...(row.inForce !== null && row.inForce !== row.revision && { inForce: row.inForce }),
  ...(row.proposed && { proposed: { ...row.proposed, proposedBy: row.proposed.proposedBy ?? erasedName } }),
  ...(row.owner && { owner: row.owner }),
  createdAt: row.createdAt.toISOString(),
  updatedAt: row.updatedAt.toISOString(),
  updatedBy: row.updatedBy ?? erasedName,
  ...(row.erased.length > 0 && { erased: row.erased }),
})

/** The body of a `GET`. Joined as text: the content is sent as it was written, not parsed and serialised again. */
export const renderEntry = (row: EntryRow): string =>
  `{"key":${JSON.stringify(row.key)},${row.content.slice(1, -1)},"meta":${JSON.stringify(metaOf(row))}}`

/**
 * The strong entity tag of an entry (RFC 9110, 8.8.3): the position of its last event and, while something is proposed,
 * the beginning of the hash that is to be approved, which changes with the entries that the proposal refers to.
 */
export const entityTag = (position: number, proposedHash: string | undefined): string =>
  proposedHash === undefined ? `"${position}"` : `"${position}-${proposedHash.slice(7, 19)}"`

export const etagOf = (row: EntryRow): string => entityTag(row.position, row.proposed?.contentHash)
