import { styleText } from 'node:util'
import type { Outcome, Severity, Verdict } from './index.ts'

const marks = { pass: '✓', fail: '✗', undetermined: '?' } as const
const colourOf: Record<Outcome | Severity, 'green' | 'red' | 'yellow' | 'gray'> = {
  pass: 'green',
  fail: 'red',
  undetermined: 'yellow',
  error: 'red',
  warning: 'yellow',
  info: 'gray',
}

export const renderText = ({ outcome, summary, cases }: Verdict, colours: boolean): string => {
  const painted = (kind: Outcome | Severity, text: string) =>
    colours ? styleText(colourOf[kind], text, { validateStream: false }) : text
  const lines = cases.flatMap(({ name, title, outcome, messages }) => [
    `${painted(outcome, marks[outcome])} ${name}: ${title}`,
    ...messages.flatMap(({ severity, text, fix, place }) => [
      `    ${painted(severity, severity)} ${text} (${place.file}:${place.line})`,
      ...(fix ? [`      → ${fix}`] : []),
    ]),
  ])
  return `${[...lines, painted(outcome, `${marks[outcome]} ${summary}`)].join('\n')}\n`
}
