import { clauseModules, clauseSet, mechanisms } from '../../law/index.ts'
import {
  actsAsController,
  isSettled,
  ownOrganisation,
  type Rule,
  type RuleContext,
  recordArticle,
  unlessStated,
} from './rule.ts'
import { placeOf, realTransfers, type TransferItem } from './transfer-items.ts'

type Role = (typeof clauseModules)[number]['importer']
const anyRole: readonly Role[] = ['controller', 'processor']

const toRole = (role: string | undefined): readonly Role[] =>
  role === undefined ? anyRole : [role === 'processor' ? 'processor' : 'controller']

/** What the importer of a transfer may be, by what the record says of it. */
const importerRoles = ({ activity, catalogue }: RuleContext, { party }: TransferItem): readonly Role[] => {
  if (party?.kind === 'recipient') return toRole(catalogue.recipients.get(party.key)?.processingRole)
  if (party?.kind === 'subprocessor') return toRole(catalogue.subprocessors.get(party.key)?.processingRole)
  const controllers = [...(activity.jointControllers ?? []), ...(activity.controllers ?? [])]
  return controllers.some(({ organisation }) => organisation === party?.key) ? ['controller'] : anyRole
}

/** What the exporter may be: the organisation itself, or a processor that passes the data on. */
const exporterRoles = ({ activity }: RuleContext, { party, ofSubprocessor }: TransferItem): readonly Role[] => {
  if (!actsAsController(activity)) return ['processor']
  const row = activity.subprocessors?.find(({ subprocessor }) => subprocessor === party?.key)
  const onward = ofSubprocessor || (party?.kind === 'subprocessor' && row?.engagedBy !== undefined)
  return onward ? anyRole : ['controller']
}

const usesClauses = ({ transfer }: TransferItem) => transfer.mechanism?.article === '46(2)(c)'

/** Appropriate safeguards and derogations: Art. 46, 47, 49, and what the transfer needs besides. */
export const safeguardRules: readonly Rule[] = [
  {
    code: 'clauses-module-missing',
    severity: 'warning',
    basis: 'guidance',
    article: 'Art. 46(2)(c), Decision (EU) 2021/914',
    title: 'Standard contractual clauses are recorded with their module.',
    *check(context) {
      for (const item of realTransfers(context)) {
        const { mechanism } = item.transfer
        // The former sets have no modules.
        if (!usesClauses(item) || mechanism?.sccModule !== undefined) continue
        if (clauseSet(mechanism?.decision)?.modules === false) continue
        const observation = {
          pointer: item.pointer,
          message: `${item.label} relies on standard contractual clauses without saying which module.`,
          fix: `Add decision and sccModule (1 to 4) to the mechanism of ${placeOf(item)}.`,
        }
        yield* unlessStated(item.entry, observation, `${item.place}/mechanism/sccModule`)
      }
    },
  },
  {
    code: 'clauses-module-mismatch',
    severity: 'warning',
    basis: 'law',
    article: 'Art. 46(2)(c), Decision (EU) 2021/914',
    title: 'The module of the standard contractual clauses fits the roles of the parties.',
    *check(context) {
      for (const item of realTransfers(context)) {
        const named = item.transfer.mechanism?.sccModule
        if (!usesClauses(item) || named === undefined) continue
        const exporters = exporterRoles(context, item)
        const importers = importerRoles(context, item)
        const fitting = clauseModules.filter(
          ({ exporter, importer }) => exporters.includes(exporter) && importers.includes(importer),
        )
        if (fitting.some(({ module }) => module === named)) continue
        yield {
          pointer: item.pointer,
          message: `${item.label} relies on module ${named}, which does not fit the roles of the parties.`,
          fix: `What fits is: ${fitting.map(({ title }) => title).join('; ')}. Correct sccModule in ${placeOf(item)}, or the roles.`,
        }
      }
    },
  },
  {
    code: 'transfer-document-missing',
    severity: 'warning',
    basis: 'guidance',
    article: 'Art. 13(1)(f), 15(2)',
    title: 'The safeguard of a transfer is filed, so that the data subject can obtain a copy.',
    *check(context) {
      for (const item of realTransfers(context)) {
        const { mechanism, documents } = item.transfer
        if (mechanism === undefined || mechanisms[mechanism.article].kind !== 'safeguard') continue
        if (documents?.some(({ kind }) => kind !== 'transfer-impact-assessment')) continue
        const observation = {
          pointer: item.pointer,
          message: `${item.label} relies on Art. ${mechanism.article}, but no document is recorded.`,
          fix: `Add the signed safeguard to the documents of ${placeOf(item)}.`,
        }
        yield* unlessStated(item.entry, observation, `${item.place}/documents`)
      }
    },
  },
  {
    code: 'transfer-impact-assessment-missing',
    severity: 'warning',
    basis: 'guidance',
    article: 'CJEU C-311/18, EDPB Recommendations 01/2020',
    title: 'A transfer on an appropriate safeguard was assessed against the law of the third country.',
    *check(context) {
      const { activity } = context
      if (isSettled(activity.assessments?.tia)) return
      for (const item of realTransfers(context)) {
        const { mechanism, documents } = item.transfer
        if (mechanism === undefined || mechanisms[mechanism.article].kind !== 'safeguard') continue
        if (documents?.some(({ kind }) => kind === 'transfer-impact-assessment')) continue
        const observation = {
          pointer: item.pointer,
          message: `${item.label} relies on Art. ${mechanism.article}, but no transfer impact assessment is recorded.`,
          fix: `Complete assessments.tia, or add the assessment to the documents of ${placeOf(item)}.`,
        }
        yield* unlessStated(activity, observation, '/assessments/tia')
      }
    },
  },
  {
    code: 'derogation-safeguards-missing',
    severity: 'error',
    basis: 'law',
    article: 'Art. 30(1)(e)',
    title: 'A transfer under Art. 49(1), second subparagraph, is recorded with its suitable safeguards.',
    *check(context) {
      for (const item of realTransfers(context)) {
        const { mechanism } = item.transfer
        if (mechanism?.article !== '49(1)-second' || mechanism.safeguards !== undefined) continue
        yield {
          pointer: item.pointer,
          article: recordArticle(context.activity, '(1)(e)', '(2)(c)'),
          message: `${item.label} relies on Art. 49(1), second subparagraph, but its suitable safeguards are not documented.`,
          fix: `Add safeguards to the mechanism of ${placeOf(item)}; the authority must be informed too (Art. 49(1)).`,
        }
      }
    },
  },
  {
    code: 'mechanism-not-for-organisation',
    severity: 'warning',
    basis: 'law',
    article: 'Art. 46(2)(a), 46(3)(b), 49(3)',
    title: 'Mechanisms for or not for public authorities are used accordingly.',
    *check(context) {
      const publicBody = ownOrganisation(context)?.publicBody
      // What comes with a subprocessor is its transfer, whatever the organisation is.
      for (const item of realTransfers(context).filter(({ ofSubprocessor }) => !ofSubprocessor)) {
        const { mechanism } = item.transfer
        const reserved = mechanism && mechanisms[mechanism.article].publicBodies
        const wrong = (reserved === 'only' && publicBody === false) || (reserved === 'never' && publicBody === true)
        if (mechanism === undefined || !wrong) continue
        yield {
          pointer: item.pointer,
          article: reserved === 'only' ? `Art. ${mechanism.article}` : 'Art. 49(3)',
          message: `${item.label} relies on Art. ${mechanism.article}, which is ${
            reserved === 'only' ? 'for public authorities only' : 'not for what a public authority does in its powers'
          }.`,
          fix: `Name another mechanism in ${placeOf(item)}, or correct publicBody of the organisation.`,
        }
      }
    },
  },
]
