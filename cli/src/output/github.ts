import type { Severity, Verdict } from './index.ts'

const commands: Record<Severity, string> = { error: 'error', warning: 'warning', info: 'notice' }

const data = (text: string) => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
const property = (text: string) => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')

/** Annotations of a pull request, as workflow commands of GitHub Actions. */
export const renderGithub = ({ cases, summary }: Verdict): string => {
  const lines = cases.flatMap(({ name, messages }) =>
    messages.map(
      ({ severity, text, fix, place }) =>
        `::${commands[severity]} file=${property(place.file)},line=${place.line},title=${property(name)}::${data(fix ? `${text} ${fix}` : text)}`,
    ),
  )
  return `${[...lines, summary].join('\n')}\n`
}
