import { xmlText } from '../../../src/platform/tables/xml.ts'
import type { Verdict } from './index.ts'

/** A test suite in the form of JUnit: an entry or a use of data is a test case. What cannot be told is skipped. */
export const renderJunit = ({ command, cases }: Verdict): string => {
  const count = (outcome: string) => cases.filter((each) => each.outcome === outcome).length
  const totals = `tests="${cases.length}" failures="${count('fail')}" errors="0" skipped="${count('undetermined')}"`
  const body = cases.map(({ name, title, outcome, messages }) => {
    const text = messages
      .map(
        ({ severity, text, fix, place }) => `${place.file}:${place.line}: ${severity}: ${text}${fix ? ` ${fix}` : ''}`,
      )
      .join('\n')
    const inner = {
      pass: text && `<system-out>${xmlText(text)}</system-out>`,
      fail: `<failure message="${xmlText(title)}" type="fail">${xmlText(text)}</failure>`,
      undetermined: `<skipped message="${xmlText(`${title}: ${text}`)}"/>`,
    }[outcome]
    return `    <testcase classname="ropa.${command}" name="${xmlText(name)}" time="0">${inner}</testcase>\n`
  })
  return (
    `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites ${totals}>\n` +
    `  <testsuite name="ropa ${command}" ${totals} time="0">\n${body.join('')}  </testsuite>\n</testsuites>\n`
  )
}
