import { Option } from 'commander'
import type { Schemas } from '../../client/src/index.ts'
import { type ManifestFiles, readManifest } from './manifest-files.ts'
import type { Message, Verdict } from './output/index.ts'
import { answered, type CommonOptions, clientOf, conclude, registerCommand } from './run.ts'

type Plan = Schemas['ManifestPlan']
type Entry = Schemas['PlannedEntry']

const severities = ['error', 'warning', 'info'] as const
type PlanOptions = CommonOptions & { service: string; failOn: (typeof severities)[number] | 'never' }

const manifestCommand = (name: string, description: string, dryRun: boolean) =>
  registerCommand(name, description)
    .argument('[files...]', 'the files of the manifest', ['ropa.yaml'])
    .addOption(new Option('--service <key>', 'the service that declares it').env('ROPA_SERVICE').makeOptionMandatory())
    .addOption(
      new Option('--fail-on <severity>', 'fail on findings of this severity or a worse one that the change brings')
        .env('ROPA_FAIL_ON')
        .choices([...severities, 'never'])
        .default(dryRun ? 'error' : 'never'),
    )
    .action(async (files: string[], options: PlanOptions) => {
      const manifest = readManifest(files)
      const plan = await answered(
        options,
        clientOf(options).PUT('/v1/services/{key}/manifest', {
          params: { path: { key: options.service }, query: { dryRun } },
          body: manifest.manifest,
        }),
      )
      conclude(verdictOf(plan, manifest, options.failOn), options)
    })

/** `ropa plan`: what a manifest means, before it is applied. */
export const planCommand = () =>
  manifestCommand('plan', 'say what a manifest means for the register; writes nothing', true)

/** `ropa apply`: writes a manifest; belongs into every deploy. */
export const applyCommand = () => manifestCommand('apply', 'apply a manifest, all of it or nothing', false)

const verdictOf = (plan: Plan, files: ManifestFiles, failOn: PlanOptions['failOn']): Verdict => {
  const counted = (['create', 'update', 'retire', 'conflict'] as const).filter((action) => plan[action] > 0)
  const summary = counted.map((action) => `${plan[action]} ${action}`).join(', ') || 'nothing to change'
  const cases = plan.entries
    .filter(({ action, note }) => action !== 'unchanged' || note !== undefined)
    .map((entry) => caseOf(entry, files, failOn))
  return {
    command: plan.dryRun ? 'plan' : 'apply',
    outcome: cases.some(({ outcome }) => outcome === 'fail') ? 'fail' : 'pass',
    summary: `${plan.service}: ${summary}${plan.approvalNeeded ? '; compliance staff have to approve' : ''} (version ${plan.registerVersion} of the register)`,
    cases,
    answer: plan,
  }
}

const caseOf = (entry: Entry, files: ManifestFiles, failOn: PlanOptions['failOn']): Verdict['cases'][number] => {
  const { resource, key, action, approval, effects, errors, findings, note, pointer } = entry
  const fails = (severity: (typeof severities)[number]) =>
    failOn !== 'never' && severities.indexOf(severity) <= severities.indexOf(failOn)
  const brought = findings.filter(({ introduced, finding }) => introduced && !finding.waiver)
  const messages: Message[] = [
    ...errors.map(({ pointer, message }) => ({
      code: 'conflict',
      severity: 'error' as const,
      text: message,
      place: files.placeOf(pointer),
    })),
    ...effects.map((text) => ({ code: 'effect', severity: 'info' as const, text, place: files.placeOf(pointer) })),
    ...brought.map(({ finding }) => ({
      code: finding.code,
      severity: finding.severity,
      text: `${finding.article}: ${finding.message}`,
      fix: finding.fix,
      place: files.placeOf(`${pointer}${finding.pointer}`),
    })),
    ...(note === undefined
      ? []
      : [{ code: 'note', severity: 'info' as const, text: note, place: files.placeOf(pointer) }]),
  ]
  return {
    name: `${resource}/${key}`,
    title: `${action}${approval === 'needed' ? ', to be approved' : ''}`,
    outcome: action === 'conflict' || brought.some(({ finding }) => fails(finding.severity)) ? 'fail' : 'pass',
    messages,
  }
}
