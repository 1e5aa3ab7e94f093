import { renderGithub } from './github.ts'
import { renderJunit } from './junit.ts'
import { renderSarif } from './sarif.ts'
import { renderText } from './text.ts'

/** What a command found, for people and for programs. */

export type Severity = 'error' | 'warning' | 'info'
export type Outcome = 'pass' | 'fail' | 'undetermined'

export type Message = {
  code: string
  severity: Severity
  text: string
  fix?: string
  place: { file: string; line: number }
}

export type Verdict = {
  command: string
  outcome: Outcome
  summary: string
  cases: { name: string; title: string; outcome: Outcome; messages: Message[] }[]
  /** What the register answered. */
  answer: unknown
}

export const formats = ['text', 'json', 'junit', 'sarif', 'github'] as const
export type Format = (typeof formats)[number]

export const render = (verdict: Verdict, format: Format, { colours }: { colours: boolean }): string => {
  switch (format) {
    case 'text':
      return renderText(verdict, colours)
    case 'json': {
      const { command, outcome, summary, answer } = verdict
      return `${JSON.stringify({ command, outcome, summary, answer }, null, 2)}\n`
    }
    case 'junit':
      return renderJunit(verdict)
    case 'sarif':
      return renderSarif(verdict)
    case 'github':
      return renderGithub(verdict)
  }
}
