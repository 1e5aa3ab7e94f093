import canonicalize from 'canonicalize'

/** Whether two JSON values are equal: the order of properties does not count (RFC 8785 sorts them), that of elements does. */
export const sameJson = (a: unknown, b: unknown): boolean => a === b || canonicalize(a) === canonicalize(b)
