/** Who may do what. Each route declares the access that it needs; the service refuses to start if one does not. */

export const roles = ['reader', 'service', 'editor', 'approver', 'admin'] as const
export type Role = (typeof roles)[number]

/**
 * What a route needs. `open`: no credentials; `read`: every `GET`, and checks; `write`: activities and catalogue
 * (a service only what it owns); `edit`: the steps of staff, submitting and reviewing; `approve`: decisions, waivers and
 * erasure; `administer`: keys and ownership.
 */
export const accesses = {
  open: [],
  read: ['reader', 'service', 'editor', 'approver', 'admin'],
  write: ['service', 'editor', 'approver', 'admin'],
  edit: ['editor', 'approver', 'admin'],
  approve: ['approver', 'admin'],
  administer: ['admin'],
} as const satisfies Record<string, readonly Role[]>

export type Access = keyof typeof accesses

export const mayDo = (role: Role, access: Access): boolean => (accesses[access] as readonly Role[]).includes(role)

/** Who makes a request: the principal behind a key, with the role of that key. */
export type Principal = {
  id: string
  name: string
  role: Role
  /** The service that a key of the role `service` stands for. */
  service: { id: string; key: string } | null
}
