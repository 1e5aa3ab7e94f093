import { type Static, Type } from 'typebox'
import { asOfParameter, Country, key } from '../entries/index.ts'
import { legalBasisArticles } from '../law/index.ts'
import { manifestRef } from '../manifests/index.ts'
import { closed, oneOf, ref } from '../platform/http/schema.ts'

const keys = (description: string, example: string) =>
  Type.Array(key('A key.', example), { maxItems: 500, uniqueItems: true, description })

const notAsked = 'Absent: not asked. `[]`: asked, and the processing has none.'

export const CheckQuestion = closed(
  {
    purpose: key('What the data is processed for.', 'send-newsletter'),
    dataCategories: Type.Array(key('A category of personal data.', 'email-address'), {
      maxItems: 500,
      uniqueItems: true,
      description:
        'What is processed. Each category must be covered; different ones may be covered by different activities.',
    }),
    dataSubjectCategories: Type.Optional(keys(`Whom the data is about. ${notAsked}`, 'subscribers')),
    recipients: Type.Optional(keys(`Who receives it. ${notAsked}`, 'tax-authorities')),
    subprocessors: Type.Optional(keys(`Which processors take part. ${notAsked}`, 'mail-delivery')),
    countries: Type.Optional(
      Type.Array(ref(Country), {
        maxItems: 249,
        uniqueItems: true,
        description: `Countries that it goes to. ${notAsked}`,
      }),
    ),
    legalBasis: Type.Optional(
      oneOf(legalBasisArticles, 'The legal basis that the processing relies on. Absent: not asked.'),
    ),
    service: Type.Optional(key('The system that processes the data. Absent: not asked.', 'newsletter')),
    ...asOfParameter,
  },
  {
    $id: 'CheckQuestion',
    description: 'A use of personal data: is it documented?',
    examples: [{ purpose: 'send-newsletter', dataCategories: ['email-address'], countries: ['DE'] }],
  },
)

export const CheckReason = closed(
  {
    code: oneOf(
      ['unknown-key', 'not-documented', 'ended', 'stated-unknown', 'transfer-not-covered', 'covered', 'not-asked'],
      'Stable name of the kind of reason.',
    ),
    severity: oneOf(
      ['error', 'warning', 'info'],
      '`error` makes the check fail, `warning` leaves it undetermined, `info` explains.',
    ),
    article: Type.String({
      description: 'The provision that asks for it to be documented.',
      examples: ['Art. 30(1)(c)'],
    }),
    pointer: Type.String({ description: 'JSON Pointer (RFC 6901) into the question; empty: the whole of it.' }),
    message: Type.String({ description: 'What is, or is not, documented.' }),
    fix: Type.String({ description: 'What to do about it; empty: nothing.' }),
  },
  { $id: 'CheckReason', description: 'Why a check came out as it did.' },
)

export const CheckResult = closed(
  {
    outcome: oneOf(
      ['pass', 'fail', 'undetermined'],
      '`pass`: all of it is documented; `fail`: something is not; `undetermined`: only what an activity states as unknown ' +
        'stands in between. It says what is documented, never that processing is lawful.',
    ),
    reasons: Type.Array(ref(CheckReason), { description: 'Why, also when the check passes.' }),
    coveredBy: Type.Array(
      closed(
        {
          key: key('The activity.'),
          revision: Type.Integer({ minimum: 1, description: 'Number of its revision in force.' }),
        },
        { description: 'An activity that covers a part of what was asked.' },
      ),
      { description: 'The activities that cover it, ordered by key.' },
    ),
    registerVersion: Type.Integer({ description: 'The version of the register that was asked.' }),
  },
  { $id: 'CheckResult', description: 'What a check found.' },
)

/** A list in a query: keys with commas between them; empty: there are none. */
const listed = (description: string, item: string, examples: string[]) =>
  Type.Optional(
    Type.String({
      pattern: `^(${item}(,${item})*)?$`,
      maxLength: 50_000,
      description: `${description} With commas in between. ${notAsked.replace('`[]`', 'Empty')}`,
      examples,
    }),
  )
const keyPattern = '[a-z0-9]+(-[a-z0-9]+)*'

/** The question as parameters of a query, for caches. */
export const checkQuery = closed({
  purpose: CheckQuestion.properties.purpose,
  dataCategories: Type.String({
    pattern: `^(${keyPattern}(,${keyPattern})*)?$`,
    maxLength: 50_000,
    description: 'What is processed; keys with commas in between. Each must be covered. Empty: nothing in particular.',
    examples: ['email-address'],
  }),
  dataSubjectCategories: listed('Whom the data is about.', keyPattern, ['subscribers']),
  recipients: listed('Who receives it.', keyPattern, ['tax-authorities']),
  subprocessors: listed('Which processors take part.', keyPattern, ['mail-delivery']),
  countries: listed('Countries that it goes to.', '[A-Z]{2}', ['DE']),
  legalBasis: CheckQuestion.properties.legalBasis,
  service: CheckQuestion.properties.service,
  ...asOfParameter,
})

export const CheckBatch = closed(
  {
    checks: Type.Array(ref(CheckQuestion), {
      minItems: 1,
      maxItems: 1000,
      description: 'The questions; all are answered from one moment of the register.',
    }),
    assuming: Type.Optional(
      closed(
        { service: key('The service that the manifest is of.', 'newsletter'), manifest: manifestRef },
        {
          description:
            'A manifest that is taken as applied and approved: would it cover what is asked? Nothing of it is written.',
        },
      ),
    ),
  },
  {
    $id: 'CheckBatch',
    description: 'Many questions at once.',
    examples: [{ checks: [{ purpose: 'send-newsletter', dataCategories: ['email-address'] }] }],
  },
)

export const CheckBatchResult = closed(
  {
    outcome: oneOf(
      ['pass', 'fail', 'undetermined'],
      '`fail` when any check fails, else `undetermined` when any is, else `pass`.',
    ),
    results: Type.Array(ref(CheckResult), { description: 'The results, in the order of the questions.' }),
    registerVersion: Type.Integer({ description: 'The version of the register that was asked.' }),
  },
  { $id: 'CheckBatchResult', description: 'What many checks found.' },
)

export type CheckBatchResult = Static<typeof CheckBatchResult>
export type CheckQuery = Static<typeof checkQuery>
export type CheckQuestion = Static<typeof CheckQuestion>
export type CheckReason = Static<typeof CheckReason>
export type CheckResult = Static<typeof CheckResult>

export const checkSchemas = [CheckQuestion, CheckReason, CheckResult, CheckBatch, CheckBatchResult]
