/**
 * Code that is wrong in one line. Each is a promise of the register broken; a test near it has to notice.
 * `npm run test:mutants` tries them.
 */
export type Mutant = {
  /** What would go wrong unseen. */
  name: string
  file: string
  /** Stands in the file exactly once. */
  from: string
  to: string
  /** The test files that have to notice, as parts of their paths. */
  tests: string[]
}

const access: Mutant[] = [
  {
    name: 'a cached key works after it has expired',
    file: 'src/access/key-cache.ts',
    from: 'until: Math.min(Date.now() + longestTrust, found.expiresAt)',
    to: 'until: Date.now() + longestTrust',
    tests: ['access/'],
  },
  {
    name: 'a key that is revoked while it is looked up is cached',
    file: 'src/access/key-cache.ts',
    from: 'if (found && asked === generation) {',
    to: 'if (found) {',
    tests: ['access/'],
  },
  {
    name: 'a revoked key stays in the cache',
    file: 'src/access/key-cache.ts',
    from: 'known.clear()',
    to: 'generation++',
    tests: ['access/'],
  },
  {
    name: 'an expired key is valid',
    file: 'src/access/keys.ts',
    from: 'k.revoked_at is null and (k.expires_at is null or k.expires_at > now())',
    to: 'k.revoked_at is null',
    tests: ['access/'],
  },
  {
    name: 'a revoked key is valid',
    file: 'src/access/keys.ts',
    from: 'k.revoked_at is null and (k.expires_at',
    to: '(k.expires_at',
    tests: ['access/'],
  },
  {
    name: 'the verifier of a key is not looked at',
    file: 'src/access/keys.ts',
    from: 'if (!stored || !equal) return undefined',
    to: 'if (!stored) return undefined',
    tests: ['access/', 'cli/'],
  },
  {
    name: 'a key is made for a service that is retired',
    file: 'src/access/keys.ts',
    from: "and key = ${service} and status = 'in-force'`",
    to: 'and key = ${service}`',
    tests: ['access/'],
  },
  {
    name: 'a service may take decisions',
    file: 'src/access/roles.ts',
    from: "approve: ['approver', 'admin']",
    to: "approve: ['service', 'approver', 'admin']",
    tests: ['access/'],
  },
  {
    name: 'a route may be forgotten',
    file: 'src/access/plugin.ts',
    from: 'if (undeclared)',
    to: 'if (false)',
    tests: ['access/'],
  },
]

const history: Mutant[] = [
  {
    name: 'an erasure leaves answers that are kept to be given again',
    file: 'src/history/erase.ts',
    from: 'delete from idempotency_keys where status <> 0',
    to: 'delete from idempotency_keys where status < 0',
    tests: ['history/'],
  },
  {
    name: 'a value that still stands is erased',
    file: 'src/history/erase.ts',
    from: 'if (found.standing.length > 0) {',
    to: 'if (found.standing.length > 99) {',
    tests: ['history/'],
  },
  {
    name: 'an erased value keeps its salt',
    file: 'src/history/erase.ts',
    from: 'set value = null, salt = null,',
    to: 'set value = null,',
    tests: ['history/'],
  },
  {
    name: 'the name of somebody with a valid key is erased',
    file: 'src/history/erase.ts',
    from: 'if (found && found.keys > 0)',
    to: 'if (found && found.keys > 9)',
    tests: ['history/'],
  },
  {
    name: 'a gap in history is not seen',
    file: 'src/chain/verifier.ts',
    from: 'if (position !== last.position + 1) {',
    to: 'if (position <= last.position) {',
    tests: ['properties/chain', 'history/'],
  },
  {
    name: 'an altered event is not seen',
    file: 'src/chain/verifier.ts',
    from: 'if (hashEvent(recordedPart(event)) !== hash)',
    to: 'if (hash.length !== 64)',
    tests: ['properties/chain', 'history/'],
  },
  {
    name: 'an altered content is not seen in an exported history',
    file: 'src/chain/verifier.ts',
    from: 'if (content !== undefined && hashContent(content) !== event.revisionHash)',
    to: 'if (content !== undefined && event.revisionHash === undefined)',
    tests: ['properties/chain'],
  },
  {
    name: 'another history passes against a head that was kept',
    file: 'src/chain/verifier.ts',
    from: 'if (known.hash !== hash)',
    to: 'if (known.hash.length !== hash.length)',
    tests: ['properties/chain', 'history/'],
  },
  {
    name: 'an end that was cut off passes against a head that was kept',
    file: 'src/chain/verifier.ts',
    from: 'if (!knownSeen)',
    to: 'if (knownSeen === undefined)',
    tests: ['properties/chain', 'history/'],
  },
  {
    name: 'the altered state of an entry is not seen',
    file: 'src/history/verify.ts',
    from: 'await verifyState(db, chain.report)',
    to: 'void verifyState',
    tests: ['history/'],
  },
  {
    name: 'the altered bytes of a sealed report are not seen',
    file: 'src/history/verify.ts',
    from: 'else if ((await hashPieces(db, id)) !== sealed)',
    to: 'else if ((await hashPieces(db, id)) === undefined)',
    tests: ['reports/snapshots'],
  },
  {
    name: 'an altered contact is not seen',
    file: 'src/history/verify.ts',
    from: 'else if (digestOf(salt, value) !== digest)',
    to: 'else if (digest === undefined)',
    tests: ['history/'],
  },
]

const entries: Mutant[] = [
  {
    name: 'who waited for a lock decides on what stood before',
    file: 'src/entries/lock.ts',
    from: 'if (rows.some(({ position, seen }) => position !== seen)) rows = await read()',
    to: 'if (rows.some(({ position, seen }) => position < seen)) rows = await read()',
    tests: ['entries/'],
  },
  {
    name: 'a write is taken for unchanged by what memory had before',
    file: 'src/entries/unchanged.ts',
    from: 'where e.id = ${meta.id} and e.position = ${position} and e.proposed_id is null',
    to: 'where e.id = ${meta.id} and ${position} > 0 and e.proposed_id is null',
    tests: ['entries/'],
  },
  {
    name: 'a write is taken for unchanged without its precondition',
    file: 'src/entries/unchanged.ts',
    from: 'if (preconditions) assertPreconditions(preconditions, etag)',
    to: 'if (!preconditions) throw new Error(etag)',
    tests: ['entries/'],
  },
  {
    name: 'a service finds unchanged what another owns',
    file: 'src/entries/unchanged.ts',
    from: "if (!owned || meta.status !== 'in-force' || meta.proposed) return undefined",
    to: "if (meta.status !== 'in-force' || meta.proposed) return undefined",
    tests: ['entries/'],
  },
  {
    name: 'a service writes what another owns',
    file: 'src/entries/write.ts',
    from: '  assertOwned(entry, author)\n  const revision',
    to: '  const revision',
    tests: ['entries/', 'activities/lifecycle'],
  },
  {
    name: 'a write ignores its precondition',
    file: 'src/entries/write.ts',
    from: '  assertPreconditions(preconditions, currentTag(entry))\n  const change',
    to: '  void preconditions\n  const change',
    tests: ['entries/'],
  },
  {
    name: 'what a write adds while an erasure takes it away gets lost',
    file: 'src/entries/append.ts',
    from: 'and (select count(*) from value_asked) = (select count(*) from value_held where known) as ok)',
    to: 'as ok)',
    tests: ['history/'],
  },
  {
    name: 'a decision is recorded of an entry that changed meanwhile',
    file: 'src/entries/append.ts',
    from: 'join entry_held h on h.id = a.entry_id and h.position = a.read_at)',
    to: 'join entry_held h on h.id = a.entry_id)',
    tests: ['entries/'],
  },
  {
    name: 'a decision is recorded that refers to what was retired meanwhile',
    file: 'src/entries/append.ts',
    from: 'select count(*) from target_asked t join target_held h on h.id = t.id and h.position = t.read_at)',
    to: 'select count(*) from target_asked t join target_held h on h.id = t.id)',
    tests: ['entries/'],
  },
  {
    name: 'what is retired is referred to',
    file: 'src/entries/targets.ts',
    from: "if (target.status === 'retired') {",
    to: "if (target.status === 'none') {",
    tests: ['entries/'],
  },
  {
    name: 'what is referred to is retired',
    file: 'src/entries/retire.ts',
    from: 'if (rows.length === 0) return\n',
    to: 'if (rows.length >= 0) return\n',
    tests: ['entries/'],
  },
  {
    name: 'two writes of one entry are written in one group',
    file: 'src/entries/write-queue.ts',
    from: 'if (group.size === most.together || group.has(name)) later.push(each)',
    to: 'if (group.size === most.together) later.push(each)',
    tests: ['entries/write-queue'],
  },
  {
    name: 'a service overwrites a judgement of compliance staff',
    file: 'src/entries/judgements.ts',
    from: '} else if (value !== undefined && !sameJson(value, content[property])) {',
    to: '} else if (value === null) {',
    tests: ['activities/lifecycle'],
  },
  {
    name: 'memory answers before it has what this instance wrote',
    file: 'src/register/register.ts',
    from: '      required = Math.max(required, position)\n      known',
    to: '      known',
    tests: ['properties/read-model'],
  },
]

const lifecycle: Mutant[] = [
  {
    name: 'a service withdraws the proposal of anybody',
    file: 'src/activities/lifecycle/decide.ts',
    from: 'if (serviceId !== null && (await findProposer(db, entry.id)) !== principalId)',
    to: 'if (serviceId !== null && (await findProposer(db, entry.id)) === undefined)',
    tests: ['activities/lifecycle'],
  },
  {
    name: 'what is approved may change until the approval is committed',
    file: 'src/activities/lifecycle/decide.ts',
    from: "locked.proposed!.content, 'share')",
    to: 'locked.proposed!.content)',
    tests: ['activities/lifecycle'],
  },
  {
    name: 'an approval is of something else than what was read',
    file: 'src/activities/lifecycle/decide.ts',
    from: 'if (contentHash !== entry.proposedHash) {',
    to: 'if (contentHash === null) {',
    tests: ['activities/lifecycle'],
  },
  {
    name: 'who contributed approves',
    file: 'src/activities/lifecycle/decide.ts',
    from: "if (approvals === 'four-eyes') await assertNoContributor(db, entry, step.author)",
    to: "if (approvals === 'off') await assertNoContributor(db, entry, step.author)",
    tests: ['activities/lifecycle'],
  },
  {
    name: 'what Art. 30 does not allow is approved',
    file: 'src/activities/lifecycle/decide.ts',
    from: 'if (!retirement) await assertNothingBlocks(db, proposed)',
    to: 'if (retirement) await assertNothingBlocks(db, proposed)',
    tests: ['activities/lifecycle'],
  },
  {
    name: 'a draft is approved',
    file: 'src/activities/lifecycle/decide.ts',
    from: "if (locked.proposal !== 'in-review')",
    to: 'if (locked.proposal === null)',
    tests: ['activities/lifecycle'],
  },
  {
    name: 'ownership goes to a retired service',
    file: 'src/activities/lifecycle/decide.ts',
    from: "key = ${service} and status <> 'retired' for key share",
    to: 'key = ${service} for key share',
    tests: ['activities/lifecycle'],
  },
  {
    name: 'a waiver ends a day early',
    file: 'src/activities/findings.ts',
    from: 'until >= at &&',
    to: 'until > at &&',
    tests: ['activities/waivers'],
  },
  {
    name: 'a waiver of one place holds for all',
    file: 'src/activities/findings.ts',
    from: '(pointer === null || pointer === finding.pointer)',
    to: '(pointer === null || pointer !== undefined)',
    tests: ['activities/waivers'],
  },
  {
    name: 'a waived error blocks an approval',
    file: 'src/activities/findings.ts',
    from: ' && waiver === undefined',
    to: '',
    tests: ['activities/waivers'],
  },
  {
    name: 'a service changes what is in force without an approval',
    file: 'src/activities/lifecycle/propose.ts',
    from: 'if (author.serviceId !== null || entry.inForce === null',
    to: 'if (entry.inForce === null',
    tests: ['activities/lifecycle'],
  },
  {
    name: 'a material change is in force at once',
    file: 'src/activities/lifecycle/propose.ts',
    from: 'return material!.length === 0',
    to: 'return material!.length >= 0',
    tests: ['activities/lifecycle'],
  },
  {
    name: 'an editorial change loses the approval that stands',
    file: 'src/activities/lifecycle/propose.ts',
    from: 'approvedPosition: entry.approvedPosition,',
    to: 'approvedPosition: null,',
    tests: ['activities/lifecycle'],
  },
  {
    name: 'a PUT withdraws the proposal of somebody else',
    file: 'src/activities/lifecycle/propose.ts',
    from: 'if ((await findProposer(db, entry.id)) !== principalId)',
    to: 'if ((await findProposer(db, entry.id)) === undefined)',
    tests: ['activities/lifecycle'],
  },
  {
    name: 'who changed a proposal, and did not open it, approves it',
    file: 'src/activities/lifecycle/proposal.ts',
    from: "w.type in ('proposed', 'updated', 'created', 'revived')",
    to: "w.type in ('updated', 'created', 'revived')",
    tests: ['activities/lifecycle'],
  },
  {
    name: 'an overdue review is recorded again at every look',
    file: 'src/activities/lifecycle/overdue.ts',
    from: "and w.type = 'review-overdue' and",
    to: "and w.type = 'none' and",
    tests: ['activities/reviews'],
  },
]

const checks: Mutant[] = [
  {
    name: 'processing that has ended covers a use',
    file: 'src/checks/judge.ts',
    from: 'content.performedUntil < context.at)',
    to: "content.performedUntil < '')",
    tests: ['checks/'],
  },
  {
    name: 'processing does not cover its last day',
    file: 'src/checks/judge.ts',
    from: 'content.performedUntil < context.at)',
    to: 'content.performedUntil <= context.at)',
    tests: ['checks/'],
  },
  {
    name: 'a subprocessor of other categories covers this one',
    file: 'src/checks/judge.ts',
    from: 'row.dataCategories.some((handled) => lineage.includes(handled))',
    to: 'row.dataCategories.length > 0',
    tests: ['checks/'],
  },
  {
    name: 'a transfer without a valid mechanism passes',
    file: 'src/checks/judge.ts',
    from: "if (assessed.some(({ state }) => state === 'valid' || state === 'not-needed')) return",
    to: 'if (assessed.length > 0) return',
    tests: ['checks/'],
  },
  {
    name: 'a country that nothing is said of passes',
    file: 'src/checks/judge.ts',
    from: '  if (there.length === 0) {',
    to: '  if (there.length === 0) return\n  if (there.length < 0) {',
    tests: ['checks/'],
  },
  {
    name: 'what is stated as unknown fails, instead of being undetermined',
    file: 'src/checks/judge.ts',
    from: 'if (stated !== undefined) {',
    to: 'if (stated === null) {',
    tests: ['checks/'],
  },
  {
    name: 'another legal basis passes',
    file: 'src/checks/judge.ts',
    from: '?.legalBasis?.article !== question.legalBasis) {',
    to: '?.legalBasis?.article === undefined) {',
    tests: ['checks/'],
  },
  {
    name: 'one category of several is not judged',
    file: 'src/checks/evaluate.ts',
    from: "if (outcome === 'fail') return outcome",
    to: "if (outcome === 'fail' && verdicts.length === 1) return outcome",
    tests: ['checks/'],
  },
  {
    name: 'an unknown key passes',
    file: 'src/checks/evaluate.ts',
    from: 'if (unknownKeys.length > 0) {',
    to: 'if (unknownKeys.length > 99) {',
    tests: ['checks/'],
  },
  {
    name: 'an activity as processor covers a use',
    file: 'src/checks/from-memory.ts',
    from: "if (status === 'in-force' && includesAny(terms, roles))",
    to: "if (status === 'in-force')",
    tests: ['checks/'],
  },
  {
    name: 'a proposal covers a use',
    file: 'src/checks/from-memory.ts',
    from: "if (status === 'in-force' && includesAny(terms, roles))",
    to: 'if (includesAny(terms, roles))',
    tests: ['checks/', 'properties/checks'],
  },
  {
    name: 'an activity that comes nearer is left out',
    file: 'src/checks/evaluate.ts',
    from: 'missingAtLeast > missing.length ||',
    to: 'missingAtLeast >= missing.length ||',
    tests: ['checks/', 'properties/checks'],
  },
]

export const mutants: readonly Mutant[] = [...access, ...history, ...entries, ...lifecycle, ...checks]
