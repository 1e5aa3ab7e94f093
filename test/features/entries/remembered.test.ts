import { expect, jest, test } from '@jest/globals'
import { createRememberedAnswers } from '../../../src/entries/remembered.ts'
import { createModel } from '../../../src/register/model.ts'

test('answers are forgotten with the register and the version that they were made of', () => {
  const answers = createRememberedAnswers<string>(32 * 1100)
  const model = createModel()
  answers.remember(model, 'a', 'A', 1)
  expect(answers.find(model, 'a')).toBe('A')
  expect(answers.find(createModel(), 'a')).toBeUndefined()
  model.apply([], 1)
  expect(answers.find(model, 'a')).toBeUndefined()
  answers.remember(model, 'b', 'B', 1)
  expect([answers.find(model, 'a'), answers.find(model, 'b')]).toEqual([undefined, 'B'])
})

test('answers are forgotten when they are too much together, and none of them is too long', () => {
  const answers = createRememberedAnswers<string>(32 * 1100)
  const model = createModel()
  answers.remember(model, '0', 'A', 99)
  answers.remember(model, 'long', 'B', 97)
  expect([answers.find(model, '0'), answers.find(model, 'long')]).toEqual(['A', undefined])
  for (let n = 0; n < 32; n++) answers.remember(model, '0', 'again', 99)
  for (let n = 1; n < 32; n++) answers.remember(model, `${n}`, 'N', 98)
  expect(answers.find(model, '0')).toBe('again')
  answers.remember(model, '32', 'N', 98)
  expect([answers.find(model, '0'), answers.find(model, '32')]).toEqual([undefined, 'N'])
})

test('answers hold for the day whose law counts', () => {
  jest.useFakeTimers({ now: new Date('2026-03-01T23:59:59Z') })
  const answers = createRememberedAnswers<string>(32 * 1100)
  const model = createModel()
  answers.remember(model, 'a', 'A', 1)
  expect(answers.find(model, 'a')).toBe('A')
  jest.setSystemTime(new Date('2026-03-02T00:00:00Z'))
  expect(answers.find(model, 'a')).toBeUndefined()
  jest.useRealTimers()
})
