import { actsAsController, despiteReason, isEmpty, lineage, type Rule, statementOn, unlessStated } from './rule.ts'

/** Who receives the data, and processors: Art. 30(1)(d), 28. */
export const recipientRules: readonly Rule[] = [
  {
    code: 'recipients-missing',
    severity: 'error',
    basis: 'law',
    article: 'Art. 30(1)(d)',
    title: 'A controller records the categories of recipients, or that there are none.',
    *check({ activity }) {
      // Processors are recipients too (Art. 4(9)), and `[]` says that there is none.
      if (!actsAsController(activity) || activity.recipients !== undefined || !isEmpty(activity.subprocessors)) return
      yield despiteReason(activity, {
        pointer: '/recipients',
        message: 'The record does not say to whom the data is disclosed.',
        fix: 'Add each category of recipients to recipients, or write [] if there is none.',
      })
    },
  },
  {
    code: 'recipient-is-processor',
    severity: 'warning',
    basis: 'good-practice',
    article: 'Art. 28',
    title: 'Processors are listed among the subprocessors, where their contract is recorded.',
    *check({ activity, catalogue }) {
      for (const [index, { recipient }] of (activity.recipients ?? []).entries()) {
        if (catalogue.recipients.get(recipient)?.processingRole !== 'processor') continue
        yield {
          pointer: `/recipients/${index}`,
          message: `The recipient ${recipient} is a processor, but its contract cannot be recorded here.`,
          fix: 'Name it in subprocessors instead.',
        }
      }
    },
  },
  {
    code: 'processor-contract-missing',
    severity: 'error',
    basis: 'law',
    article: 'Art. 28(3)',
    title: 'Each processor acts on a contract.',
    *check({ activity, catalogue }) {
      for (const [index, row] of (activity.subprocessors ?? []).entries()) {
        const entry = catalogue.subprocessors.get(row.subprocessor)
        if (entry === undefined || row.contract !== undefined || entry.contract !== undefined) continue
        if (entry.processingRole === 'controller') continue
        const direct = row.engagedBy === undefined
        const observation = despiteReason(activity, {
          pointer: `/subprocessors/${index}/contract`,
          // Of a further processor the contract is its processor's, and a company of unknown role may need none.
          ...(direct && entry.processingRole === 'processor' ? {} : { severity: 'warning' }),
          article: direct && actsAsController(activity) ? 'Art. 28(3)' : 'Art. 28(4)',
          message: `No contract with ${row.subprocessor} is recorded.`,
          fix: `Add contract here or to the subprocessor ${row.subprocessor}, with its reference and the day of signing.`,
        })
        yield despiteReason(entry, observation, '/contract')
      }
    },
  },
  {
    code: 'processing-role-unknown',
    severity: 'warning',
    basis: 'guidance',
    article: 'Art. 4(7), 4(8), EDPB Guidelines 07/2020',
    title: 'It is known whether a company is a processor or a controller of its own.',
    *check({ activity, catalogue }) {
      const named = [
        ...(activity.recipients ?? []).map(({ recipient }, index) => ({
          entry: catalogue.recipients.get(recipient),
          what: 'recipient',
          pointer: `/recipients/${index}`,
        })),
        ...(activity.subprocessors ?? []).map(({ subprocessor }, index) => ({
          entry: catalogue.subprocessors.get(subprocessor),
          what: 'subprocessor',
          pointer: `/subprocessors/${index}`,
        })),
      ]
      for (const { entry, what, pointer } of named) {
        const statement = statementOn(entry, '/processingRole')
        if (entry === undefined || entry.processingRole !== undefined || statement?.state !== 'unknown') continue
        yield {
          pointer,
          message: `It is not known whether the ${what} ${entry.key} is a processor or a controller: ${statement.reason}`,
          fix: `Find out, and add processingRole to the ${what} ${entry.key}: a processor needs a contract (Art. 28(3)).`,
        }
      }
    },
  },
  {
    code: 'processor-task-missing',
    severity: 'warning',
    basis: 'guidance',
    article: 'Art. 28(3)',
    title: 'The record says what a processor does with the data.',
    *check({ activity, catalogue }) {
      for (const [index, { subprocessor }] of (activity.subprocessors ?? []).entries()) {
        const entry = catalogue.subprocessors.get(subprocessor)
        if (entry === undefined || entry.processing !== undefined) continue
        const observation = {
          pointer: `/subprocessors/${index}`,
          message: `The record does not say what ${subprocessor} does with the data.`,
          fix: `Add processing to the subprocessor ${subprocessor}.`,
        }
        yield* unlessStated(entry, observation, '/processing')
      }
    },
  },
  {
    code: 'engaging-processor-unlisted',
    severity: 'warning',
    basis: 'good-practice',
    article: 'Art. 28(2), (4)',
    title: 'A processor that engages another one takes part in the activity itself.',
    *check({ activity }) {
      const listed = new Set(activity.subprocessors?.map(({ subprocessor }) => subprocessor))
      for (const [index, { subprocessor, engagedBy }] of (activity.subprocessors ?? []).entries()) {
        if (engagedBy === undefined || listed.has(engagedBy)) continue
        yield {
          pointer: `/subprocessors/${index}/engagedBy`,
          message: `${subprocessor} is engaged by ${engagedBy}, which is not among the activity's subprocessors.`,
          fix: `Add ${engagedBy} to subprocessors, or correct engagedBy.`,
        }
      }
    },
  },
  {
    code: 'engagement-cycle',
    severity: 'warning',
    basis: 'good-practice',
    article: 'Art. 28(4)',
    title: 'The chain of processors starts with one that the organisation engaged.',
    *check({ activity }) {
      const engagedBy = new Map(activity.subprocessors?.map((row) => [row.subprocessor, row.engagedBy]))
      for (const [index, { subprocessor }] of (activity.subprocessors ?? []).entries()) {
        const chain = new Set<string>()
        let link: string | undefined = subprocessor
        while (link !== undefined && !chain.has(link)) {
          chain.add(link)
          link = engagedBy.get(link)
        }
        // Said once of each member of the cycle, not of those that merely lead into it.
        if (link !== subprocessor) continue
        yield {
          pointer: `/subprocessors/${index}/engagedBy`,
          message: `The processors engage each other in a circle: ${[...chain, subprocessor].join(', engaged by ')}.`,
          fix: 'Remove engagedBy from the processor that the organisation engaged itself.',
        }
      }
    },
  },
  {
    code: 'processor-data-unlisted',
    severity: 'warning',
    basis: 'good-practice',
    article: 'Art. 30(1)(c)',
    title: 'A processor handles only data of the activity.',
    *check({ activity, catalogue }) {
      if (!actsAsController(activity) || isEmpty(activity.data)) return
      const listed = new Set(activity.data?.map(({ dataCategory }) => dataCategory))
      for (const [index, { subprocessor, dataCategories }] of (activity.subprocessors ?? []).entries()) {
        for (const [position, category] of (dataCategories ?? []).entries()) {
          if (listed.has(category) || lineage(catalogue, category).some(({ key }) => listed.has(key))) continue
          yield {
            pointer: `/subprocessors/${index}/dataCategories/${position}`,
            message: `${subprocessor} handles ${category}, which is not among the activity's data.`,
            fix: `Add ${category} to data, or remove it here.`,
          }
        }
      }
    },
  },
]
