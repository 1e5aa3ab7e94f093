export { exampleFinding, Finding } from './finding.ts'
export {
  findingsOfEach,
  type JudgedRow,
  judge,
  judgeEach,
  readCircumstances,
  viewOf,
} from './findings.ts'
export { importedEntry, waiveImported } from './lifecycle/import.ts'
export { activityMateriality } from './lifecycle/materiality.ts'
export { recordOverdueReviews } from './lifecycle/overdue.ts'
export { type ApprovalMode, approvalModes } from './lifecycle/proposal.ts'
export {
  activityJudgements,
  activityWriteRules,
  findMaterialChanges,
  type Lifecycle,
  retireActivity,
} from './lifecycle/propose.ts'
export { queueRoute, queueSchemas } from './lifecycle/queue-route.ts'
export { lifecycleSchemas } from './lifecycle/routes.ts'
export { activityParameters, activityResource, activityResourceName } from './resource.ts'
export { activityRoutes, Findings } from './routes.ts'

export { type ActivityContent, type ActivityView, activitySchemas, roles } from './schema.ts'
