import { relative, sep } from 'node:path'
import type { Severity, Verdict } from './index.ts'

const levels: Record<Severity, string> = { error: 'error', warning: 'warning', info: 'note' }

/** SARIF 2.1.0 (OASIS), which code hosts show beside the lines. */
export const renderSarif = ({ cases }: Verdict): string => {
  const messages = cases.flatMap(({ name, messages }) => messages.map((message) => ({ ...message, name })))
  const rules = [...new Set(messages.map(({ code }) => code))]
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'ropa', rules: rules.map((id) => ({ id })) } },
        results: messages.map(({ code, severity, text, fix, place, name }) => ({
          ruleId: code,
          ruleIndex: rules.indexOf(code),
          level: levels[severity],
          message: { text: `${name}: ${text}${fix ? ` ${fix}` : ''}` },
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: encodeURI(relative(process.cwd(), place.file).replaceAll(sep, '/')) },
                region: { startLine: place.line },
              },
            },
          ],
        })),
      },
    ],
  }
  return `${JSON.stringify(log, null, 2)}\n`
}
