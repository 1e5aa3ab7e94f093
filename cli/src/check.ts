import { Option } from 'commander'
import type { RegisterClient, Schemas } from '../../client/src/index.ts'
import { type Manifest, type ManifestFiles, readManifest } from './manifest-files.ts'
import type { Message, Verdict } from './output/index.ts'
import { answered, type CommonOptions, clientOf, conclude, registerCommand } from './run.ts'

type Question = Schemas['CheckQuestion']
type Result = Schemas['CheckResult']
type PlannedEntry = Schemas['PlannedEntry']

/** A use of data that a manifest declares, and where. */
type Use = { activity: string; name: string; pointer: string; question: Question }

/** How many questions one request may have. */
const mostAtOnce = 1000

type CheckOptions = CommonOptions & { service: string }

/** `ropa check`: whether what is in force in the register covers what a manifest declares. */
export const checkCommand = () =>
  registerCommand('check', 'check that what is in force covers what a manifest declares')
    .argument('[files...]', 'the files of the manifest', ['ropa.yaml'])
    .addOption(new Option('--service <key>', 'the service that declares it').env('ROPA_SERVICE').makeOptionMandatory())
    .action(async (files: string[], options: CheckOptions) => {
      const manifest = readManifest(files)
      const client = clientOf(options)
      const uses = usesOf(manifest.manifest)
      const results = await ask(client, options, uses)
      const failed = uses.filter((_, index) => results[index]!.outcome !== 'pass')
      // What the manifest itself would cover waits for nothing but an approval.
      const assumed = await ask(client, options, failed, manifest.manifest)
      const covered = new Set(failed.filter((_, index) => assumed[index]!.outcome === 'pass'))
      const unasked = await planOf(client, options, manifest.manifest, uses)
      conclude(verdictOf(uses, results, covered, unasked, manifest), options)
    })

/**
 * The plan of activities that no question can be asked about: as processor, or without a purpose or data. Of these only can be
 * told whether they are in force as they are declared.
 */
const planOf = async (
  client: RegisterClient,
  options: CheckOptions,
  manifest: Manifest,
  uses: Use[],
): Promise<PlannedEntry[]> => {
  const asked = new Set(uses.map(({ activity }) => activity))
  const unasked = Object.keys(manifest.processingActivities ?? {}).filter((key) => !asked.has(key))
  if (unasked.length === 0) return []
  const params = { path: { key: options.service }, query: { dryRun: true } }
  const plan = await answered(options, client.PUT('/v1/services/{key}/manifest', { params, body: manifest }))
  return plan.entries.filter(({ resource, key }) => resource === 'processing-activities' && unasked.includes(key))
}

/** Each purpose with each category of data that activities as controller declare for it. */
const usesOf = ({ processingActivities = {} }: Manifest): Use[] =>
  Object.entries(processingActivities).flatMap(([key, activity]) => {
    if (activity.role === 'processor') return []
    const { purposes = [], data = [], recipients, subprocessors, transfers } = activity
    const asked = {
      ...(recipients && { recipients: recipients.map(({ recipient }) => recipient) }),
      ...(transfers && {
        countries: [...new Set(transfers.flatMap(({ destination: { country } }) => (country ? [country] : [])))],
      }),
    }
    return purposes.flatMap(({ purpose }) =>
      data.map(({ dataCategory, dataSubjectCategories }, index) => ({
        activity: key,
        name: `${key}: ${dataCategory} for ${purpose}`,
        pointer: `/processingActivities/${key}/data/${index}`,
        question: {
          purpose,
          dataCategories: [dataCategory],
          ...asked,
          ...(dataSubjectCategories && { dataSubjectCategories }),
          ...(subprocessors && {
            subprocessors: subprocessors
              .filter(({ dataCategories }) => !dataCategories || dataCategories.includes(dataCategory))
              .map(({ subprocessor }) => subprocessor),
          }),
        },
      })),
    )
  })

const ask = async (
  client: RegisterClient,
  options: CheckOptions,
  uses: Use[],
  manifest?: Manifest,
): Promise<Result[]> => {
  const results: Result[] = []
  for (let from = 0; from < uses.length; from += mostAtOnce) {
    const checks = uses.slice(from, from + mostAtOnce).map(({ question }) => question)
    const assuming = manifest && { assuming: { service: options.service, manifest } }
    const answer = await answered(options, client.POST('/v1/checks/batch', { body: { checks, ...assuming } }))
    results.push(...answer.results)
  }
  return results
}

const awaitsApproval = {
  code: 'awaits-approval',
  severity: 'error',
  text: 'The manifest declares it, but it is not in force.',
  fix: 'Apply the manifest, and have compliance staff approve the proposal.',
} as const

/** Whether an activity is in force as it is declared. */
const caseOf = (
  { key, action, approval, errors, pointer }: PlannedEntry,
  files: ManifestFiles,
): Verdict['cases'][number] => {
  const outcome = action === 'unchanged' && approval === 'not-needed' ? 'pass' : 'fail'
  const conflicts = errors.map(
    ({ pointer, message }): Message => ({
      code: 'conflict',
      severity: 'error',
      text: message,
      place: files.placeOf(pointer),
    }),
  )
  const waits: Message = { ...awaitsApproval, place: files.placeOf(pointer) }
  return {
    name: key,
    title: titles[outcome],
    outcome,
    messages: outcome === 'pass' ? [] : conflicts.length > 0 ? conflicts : [waits],
  }
}

const titles = { pass: 'documented', fail: 'not documented', undetermined: 'cannot be told' } as const

const verdictOf = (
  uses: Use[],
  results: Result[],
  covered: Set<Use>,
  unasked: PlannedEntry[],
  files: ManifestFiles,
): Verdict => {
  const cases = [
    ...uses.map((use, index) => caseOfUse(use, results[index]!, covered.has(use), files)),
    ...unasked.map((entry) => caseOf(entry, files)),
  ]
  const outcomes = cases.map(({ outcome }) => outcome)
  const count = (outcome: Result['outcome']) => outcomes.filter((each) => each === outcome).length
  return {
    command: 'check',
    outcome: outcomes.includes('fail') ? 'fail' : outcomes.includes('undetermined') ? 'undetermined' : 'pass',
    summary: `${count('pass')} documented, ${count('fail')} not documented, ${count('undetermined')} cannot be told`,
    cases,
    answer: results,
  }
}

const caseOfUse = (
  use: Use,
  { outcome, reasons }: Result,
  covered: boolean,
  files: ManifestFiles,
): Verdict['cases'][number] => {
  const place = files.placeOf(use.pointer)
  const told = reasons
    .filter(({ severity }) => severity !== 'info')
    .map(
      ({ code, severity, article, message, fix }): Message => ({
        code,
        severity,
        text: `${article}: ${message}`,
        fix,
        place,
      }),
    )
  return {
    name: use.name,
    title: titles[outcome],
    outcome,
    messages: covered ? [...told, { ...awaitsApproval, place }] : told,
  }
}
