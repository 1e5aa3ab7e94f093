import type { ActivityContent } from '../activities/index.ts'
import type { ModelEntry } from '../register/index.ts'

/** What checks ask of an activity; the rest of it takes most of the memory. */
export type CheckedContent = Pick<
  ActivityContent,
  'performedUntil' | 'purposes' | 'data' | 'recipients' | 'subprocessors' | 'transfers' | 'services' | 'statements'
>

/** Reads what checks ask of entries, once while they stay as they are: whoever changes an entry gives it another body. */
export const createContents = () => {
  const activities = new WeakMap<Buffer, CheckedContent>()
  const parents = new WeakMap<Buffer, { parent: string | undefined }>()
  return {
    activity: ({ body }: ModelEntry): CheckedContent => {
      let content = activities.get(body)
      if (!content) {
        content = checkedOf(JSON.parse(body.toString()))
        activities.set(body, content)
      }
      return content
    },
    /** Key of the category that a category of data is a kind of. */
    parent: ({ body }: ModelEntry): string | undefined => {
      let found = parents.get(body)
      if (!found) {
        const { parent } = JSON.parse(body.toString()) as { parent?: string }
        found = { parent }
        parents.set(body, found)
      }
      return found.parent
    },
  }
}

export type Contents = ReturnType<typeof createContents>

const checkedOf = (content: CheckedContent): CheckedContent => ({
  performedUntil: content.performedUntil,
  purposes: content.purposes?.map(({ purpose, legalBasis }) => ({
    purpose,
    ...(legalBasis && { legalBasis: { article: legalBasis.article } }),
  })),
  data: content.data?.map(({ dataCategory, dataSubjectCategories }) => ({ dataCategory, dataSubjectCategories })),
  recipients: content.recipients?.map(({ recipient }) => ({ recipient })),
  subprocessors: content.subprocessors?.map(({ subprocessor, dataCategories }) => ({ subprocessor, dataCategories })),
  transfers: content.transfers,
  services: content.services,
  statements: content.statements,
})
