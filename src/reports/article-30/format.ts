const regions = new Intl.DisplayNames('en', { type: 'region' })

export const country = (code: string): string => `${regions.of(code)} (${code})`

const units = { Y: 'year', M: 'month', W: 'week', D: 'day', H: 'hour', m: 'minute', S: 'second' } as const

/** An ISO 8601 duration in words: `P1Y6M` is "1 year 6 months". */
export const duration = (iso: string): string => {
  const [dates = '', times = ''] = iso.slice(1).split('T')
  const parts = [...dates.matchAll(/(\d+)([YMWD])/g), ...times.replace('M', 'm').matchAll(/(\d+)([HmS])/g)]
  return parts
    .map(([, count, unit]) => `${count} ${units[unit as keyof typeof units]}${count === '1' ? '' : 's'}`)
    .join(' ')
}

export const yesNo = (value: boolean): string => (value ? 'yes' : 'no')

const words: Record<string, string> = {
  'data-subject': 'provided by the data subject',
  automatic: 'collected automatically from the data subject',
  'third-party': 'obtained from somebody else',
  public: 'from a publicly accessible source',
  derived: 'derived from other data',
  delete: 'deletion',
  anonymise: 'anonymisation',
  archive: 'archiving',
  'not-required': 'not required',
  'in-progress': 'in progress',
  'joint-controller': 'joint controller',
  'public-authority': 'public authority',
  'standard-contractual-clauses': 'standard contractual clauses',
  'binding-corporate-rules': 'binding corporate rules',
  'transfer-impact-assessment': 'transfer impact assessment',
  'access-control': 'access control',
  'software-protection': 'protection of software',
  'processor-oversight': 'oversight of processors',
}

/** A literal of the schemas as a reader would say it. */
export const word = (literal: string): string => words[literal] ?? literal
