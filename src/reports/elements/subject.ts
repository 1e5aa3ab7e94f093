import type { ActivityContent } from '../../activities/index.ts'
import type { Catalogue } from '../../catalogue/index.ts'
import type { Language } from '../language/language.ts'
import type { Host } from './element.ts'

/** The activity that elements are drawn out of, with what it refers to. */
export type Subject = {
  activity: ActivityContent
  host: Host
  catalogue: Catalogue
  /** The day whose law transfers are judged by, `YYYY-MM-DD`. */
  at: string
  /** In what is said about what is recorded. */
  t: Language
}

/** One element of an array property of an activity. */
export type Row<K extends keyof ActivityContent> = NonNullable<ActivityContent[K]> extends (infer R)[] ? R : never
