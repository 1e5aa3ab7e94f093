import { today } from './moment.ts'
import type { ShownEntries } from './shown.ts'

/** What an answer takes of memory beside its question and itself, in bytes. */
const overhead = 1000

/**
 * Answers by the very text of their questions: a service asks the same again and again. They hold while the register in memory, and
 * the day whose law counts, stay as they were.
 * @param most how many bytes the answers may have together; one that takes more than a thirty-second of that is not remembered
 */
export const createRememberedAnswers = <Answer>(most: number) => {
  const answers = new Map<string, Answer>()
  let size = 0
  let holds: { shown: ShownEntries; version: number; day: string } | undefined

  const isHolding = (shown: ShownEntries): boolean =>
    holds !== undefined && holds.shown === shown && holds.version === shown.version && holds.day === today()

  return {
    find: (shown: ShownEntries, question: string): Answer | undefined =>
      isHolding(shown) ? answers.get(question) : undefined,
    /**
     * To be told of an answer as soon as it was made of the register in memory.
     * @param length of the answer, in bytes
     */
    remember: (shown: ShownEntries, question: string, answer: Answer, length: number): void => {
      const own = question.length + length + overhead
      if (own > most / 32) return
      if (!isHolding(shown) || size + own > most) {
        answers.clear()
        size = 0
      }
      holds = { shown, version: shown.version, day: today() }
      if (!answers.has(question)) size += own
      answers.set(question, answer)
    },
  }
}

export type RememberedAnswers<Answer> = ReturnType<typeof createRememberedAnswers<Answer>>
