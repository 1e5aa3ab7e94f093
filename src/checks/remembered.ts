import { today } from '../entries/index.ts'
import type { Model } from '../register/index.ts'

/** How many answers are remembered, and how long a question and its answer may be together, in characters. */
const most = { answers: 5000, length: 4000 }

/**
 * Answers by the very text of their questions: a service asks the same before each use of data. They hold while the register in
 * memory, and the day whose law counts, stay as they were.
 */
export const createRememberedAnswers = () => {
  const answers = new Map<string, string>()
  let holds: { model: Model; version: number; day: string } | undefined

  const isHolding = (model: Model): boolean =>
    holds !== undefined && holds.model === model && holds.version === model.version && holds.day === today()

  return {
    find: (model: Model, question: string): string | undefined =>
      isHolding(model) ? answers.get(question) : undefined,
    /** To be told of an answer as soon as it was made of the register in memory. */
    remember: (model: Model, question: string, answer: string): void => {
      if (!isHolding(model) || answers.size === most.answers) answers.clear()
      holds = { model, version: model.version, day: today() }
      if (question.length + answer.length <= most.length) answers.set(question, answer)
    },
  }
}
