import { type Static, Type } from 'typebox'
import { transferProperties } from '../catalogue/index.ts'
import { Contact, Contract, entrySchemas, reference } from '../entries/index.ts'
import { automatedDecisionArticles, conditionArticles, legalBasisArticles } from '../law/index.ts'
import { closed, date, oneOf, ref, text, url } from '../platform/http/schema.ts'

/** A processing activity, the unit of the record, in the terms of Art. 30(1) for controllers and Art. 30(2) for processors. */

const Consent = closed(
  {
    obtained: Type.Optional(text(2000, 'How consent is obtained (Art. 4(11), 7(2)).')),
    evidence: Type.Optional(text(2000, 'What shows that the data subject consented (Art. 7(1)).')),
    withdrawal: Type.Optional(text(2000, 'How consent is withdrawn (Art. 7(3)).')),
  },
  { $id: 'Consent', minProperties: 1, description: 'How consent under Art. 6(1)(a) or 9(2)(a) is dealt with.' },
)

const LegalBasis = closed(
  {
    article: oneOf(legalBasisArticles, 'The legal basis (Art. 6(1)).'),
    reference: Type.Optional(
      text(
        1000,
        'What it rests on: the statute for (c) and (e) (Art. 6(3)), the interest pursued for (f), the contract for (b).',
      ),
    ),
    consent: Type.Optional(ref(Consent)),
  },
  { $id: 'LegalBasis', description: 'What makes processing for the purpose lawful (Art. 6(1)).' },
)

const ActivityPurpose = closed(
  {
    purpose: reference('purposes', 'The purpose (Art. 30(1)(b)).'),
    legalBasis: Type.Optional(ref(LegalBasis)),
  },
  { $id: 'ActivityPurpose', description: 'A purpose of the activity, with its legal basis.' },
)

const Source = closed(
  {
    kind: oneOf(
      ['data-subject', 'automatic', 'third-party', 'public', 'derived'],
      'Where the data comes from: given by the data subject, collected automatically from them, from somebody else, from a ' +
        'publicly accessible source, or derived from other data (Art. 13, 14(2)(f)).',
    ),
    description: Type.Optional(text(1000, 'The source in words.')),
  },
  { $id: 'Source', description: 'Where the data originates from (Art. 14(2)(f), 15(1)(g)).' },
)

const Condition = closed(
  {
    article: oneOf(conditionArticles, 'The condition of Art. 9(2), or Art. 10 for criminal data.'),
    reference: Type.Optional(text(1000, 'The law, the consent or the authority that it rests on.')),
  },
  {
    $id: 'Condition',
    description: 'What allows processing a special category (Art. 9(2)) or criminal data (Art. 10).',
  },
)

const Provision = closed(
  {
    requirement: Type.Optional(
      oneOf(
        ['statutory', 'contractual', 'necessary-for-contract', 'voluntary'],
        'Whether providing the data is a statutory or contractual requirement, necessary to enter into a contract, or voluntary.',
      ),
    ),
    consequences: Type.Optional(text(2000, 'What follows when the data is not provided.')),
  },
  {
    $id: 'Provision',
    minProperties: 1,
    description: 'Whether the data subject has to provide the data (Art. 13(2)(e)).',
  },
)

const ActivityData = closed(
  {
    dataCategory: reference('data-categories', 'The category of personal data (Art. 30(1)(c)).'),
    dataSubjectCategories: Type.Optional(
      Type.Array(reference('data-subject-categories', 'A category of data subjects.'), {
        maxItems: 100,
        uniqueItems: true,
        description: 'Whom the data is about (Art. 30(1)(c)).',
      }),
    ),
    source: Type.Optional(ref(Source)),
    retentionPeriod: Type.Optional(reference('retention-periods', 'How long the data is kept (Art. 30(1)(f)).')),
    condition: Type.Optional(ref(Condition)),
    provision: Type.Optional(ref(Provision)),
  },
  { $id: 'ActivityData', description: 'A category of personal data that the activity processes.' },
)

const JointController = closed(
  {
    organisation: reference('organisations', 'The joint controller.'),
    arrangement: Type.Optional(
      text(2000, 'The arrangement between the joint controllers, and where it can be read (Art. 26).'),
    ),
  },
  {
    $id: 'JointController',
    description: 'Who determines purposes and means jointly with the organisation (Art. 26, 30(1)(a)).',
  },
)

export const ActivityController = closed(
  {
    organisation: reference('organisations', 'The controller.'),
    categoriesOfProcessing: Type.Optional(
      Type.Array(text(500, 'A category of processing.'), {
        maxItems: 100,
        uniqueItems: true,
        description: 'The categories of processing carried out on its behalf (Art. 30(2)(b)).',
      }),
    ),
    contract: Type.Optional(ref(Contract)),
    from: Type.Optional(date('Since when the processing has been carried out for it.')),
    until: Type.Optional(date('Until when it was carried out for it.')),
  },
  {
    $id: 'ActivityController',
    description: 'A controller on whose behalf the organisation acts as processor (Art. 30(2)(a)).',
  },
)

const ActivityRecipient = closed(
  {
    recipient: reference('recipients', 'The recipient or category of recipients (Art. 30(1)(d)).'),
    description: Type.Optional(text(1000, 'What it receives, and why.')),
  },
  { $id: 'ActivityRecipient', description: 'To whom the data is disclosed.' },
)

const ActivitySubprocessor = closed(
  {
    subprocessor: reference('subprocessors', 'The processor or further processor.'),
    engagedBy: Type.Optional(
      reference('subprocessors', 'The processor that engaged it (Art. 28(4)); absent: the organisation itself did.'),
    ),
    contract: Type.Optional(ref(Contract)),
    dataCategories: Type.Optional(
      Type.Array(reference('data-categories', 'A category that it handles.'), {
        maxItems: 500,
        uniqueItems: true,
        description: 'Which categories of the activity it handles; absent: all.',
      }),
    ),
  },
  { $id: 'ActivitySubprocessor', description: 'A processor that takes part in the activity (Art. 28).' },
)

const TransferParty = closed(
  {
    recipient: Type.Optional(reference('recipients', 'A recipient.')),
    subprocessor: Type.Optional(reference('subprocessors', 'A processor.')),
    organisation: Type.Optional(reference('organisations', 'An organisation, for example of the same group.')),
  },
  {
    $id: 'TransferParty',
    minProperties: 1,
    maxProperties: 1,
    description: 'To whom data is transferred. Exactly one of the three.',
  },
)

const Transfer = closed(
  { to: Type.Optional(ref(TransferParty)), ...transferProperties },
  {
    $id: 'Transfer',
    description: 'A transfer to a third country or an international organisation (Art. 30(1)(e), (2)(c), 44).',
  },
)

const AutomatedDecisions = closed(
  {
    exists: Type.Boolean({
      description:
        'Whether decisions with legal or similarly significant effect are based solely on automated processing.',
    }),
    article: Type.Optional(oneOf(automatedDecisionArticles, 'What allows them (Art. 22(2)).')),
    logic: Type.Optional(text(5000, 'Meaningful information about the logic involved (Art. 13(2)(f)).')),
    consequences: Type.Optional(
      text(5000, 'The significance and the envisaged consequences for the data subject (Art. 13(2)(f)).'),
    ),
    safeguards: Type.Optional(text(5000, 'How the data subject obtains human intervention (Art. 22(3)).')),
  },
  { $id: 'AutomatedDecisions', description: 'Automated individual decision-making, including profiling (Art. 22).' },
)

const Assessment = closed(
  {
    status: oneOf(['not-required', 'required', 'in-progress', 'completed'], 'How far it is.'),
    reason: Type.Optional(text(2000, 'Why it is or is not required.')),
    reference: Type.Optional(text(300, 'How it is filed.')),
    url: Type.Optional(url('Where it can be read.')),
    completedOn: Type.Optional(date('The day on which it was completed.')),
  },
  { $id: 'Assessment', description: 'An assessment that the law or good practice asks for.' },
)

const Assessments = closed(
  {
    dpia: Type.Optional(ref(Assessment)),
    lia: Type.Optional(ref(Assessment)),
    tia: Type.Optional(ref(Assessment)),
  },
  {
    $id: 'Assessments',
    description:
      'The data protection impact assessment (`dpia`, Art. 35), the legitimate interests assessment (`lia`, Art. 6(1)(f)) and ' +
      'the transfer impact assessment (`tia`, CJEU C-311/18).',
  },
)

const Review = closed(
  {
    lastReviewedOn: Type.Optional(date('When the activity was last reviewed.')),
    nextReviewOn: Type.Optional(date('When it is to be reviewed next (Art. 24(1), 32(1)(d)).')),
  },
  { $id: 'Review', minProperties: 1, description: 'When the entry is checked against what is really done.' },
)

const Owner = closed(
  {
    unit: Type.Optional(text(200, 'The business unit or function that answers for the activity.')),
    contact: Type.Optional(ref(Contact)),
  },
  { $id: 'Owner', minProperties: 1, description: 'Who in the organisation answers for the activity.' },
)

export const roles = ['controller', 'joint-controller', 'processor'] as const

export const activityExample = {
  name: 'Newsletter',
  role: 'controller',
  organisation: 'example-hosting',
  purposes: [
    {
      purpose: 'send-newsletter',
      legalBasis: {
        article: '6(1)(a)',
        consent: {
          obtained: 'Double opt-in',
          evidence: 'Time and IP address of the subscription',
          withdrawal: 'Link in each e-mail',
        },
      },
    },
  ],
  data: [
    {
      dataCategory: 'email-address',
      dataSubjectCategories: ['subscribers'],
      source: { kind: 'data-subject' },
      retentionPeriod: 'until-withdrawal',
    },
  ],
  recipients: [],
  subprocessors: [{ subprocessor: 'mail-delivery' }],
  transfers: [],
  securityMeasures: ['encryption-in-transit'],
  services: ['newsletter'],
  review: { nextReviewOn: '2027-03-31' },
}

export const Activity = entrySchemas(
  'ProcessingActivity',
  'A processing activity: the unit of the record of processing activities (Art. 30).',
  {
    role: oneOf(
      roles,
      'The role in which the organisation acts: Art. 30(1) for controllers, Art. 30(2) for a processor.',
    ),
    organisation: reference('organisations', 'The organisation whose record the activity belongs to.'),
    jointControllers: Type.Optional(
      Type.Array(ref(JointController), {
        maxItems: 100,
        'x-unique-by': 'organisation',
        description: 'Joint controllers (Art. 26).',
      }),
    ),
    controllers: Type.Optional(
      Type.Array(ref(ActivityController), {
        maxItems: 10_000,
        'x-unique-by': 'organisation',
        description: 'The controllers that a processor acts for (Art. 30(2)(a), (b)).',
      }),
    ),
    purposes: Type.Optional(
      Type.Array(ref(ActivityPurpose), {
        maxItems: 100,
        'x-unique-by': 'purpose',
        description: 'What the data is processed for (Art. 30(1)(b)).',
      }),
    ),
    data: Type.Optional(
      Type.Array(ref(ActivityData), {
        maxItems: 500,
        'x-unique-by': 'dataCategory',
        description:
          'Which categories of personal data are processed, about whom, and for how long (Art. 30(1)(c), (f)).',
      }),
    ),
    recipients: Type.Optional(
      Type.Array(ref(ActivityRecipient), {
        maxItems: 500,
        'x-unique-by': 'recipient',
        description: 'Who receives the data (Art. 30(1)(d)).',
      }),
    ),
    subprocessors: Type.Optional(
      Type.Array(ref(ActivitySubprocessor), {
        maxItems: 500,
        'x-unique-by': 'subprocessor',
        description: 'Processors (Art. 28); they are recipients too (Art. 4(9)).',
      }),
    ),
    transfers: Type.Optional(
      Type.Array(ref(Transfer), {
        maxItems: 500,
        description: 'Transfers to third countries or international organisations (Art. 30(1)(e), (2)(c)).',
      }),
    ),
    securityMeasures: Type.Optional(
      Type.Array(reference('security-measures', 'A measure.'), {
        maxItems: 500,
        uniqueItems: true,
        description: 'Technical and organisational security measures (Art. 30(1)(g), (2)(d)).',
      }),
    ),
    services: Type.Optional(
      Type.Array(reference('services', 'A system.'), {
        maxItems: 500,
        uniqueItems: true,
        description: 'The systems in which the data is processed.',
      }),
    ),
    owner: Type.Optional(ref(Owner)),
    automatedDecisions: Type.Optional(ref(AutomatedDecisions)),
    assessments: Type.Optional(ref(Assessments)),
    review: Type.Optional(ref(Review)),
    performedFrom: Type.Optional(date('Since when the processing has been carried out.')),
    performedUntil: Type.Optional(date('Until when it was carried out; the activity has ended then.')),
  },
  activityExample,
)

export type ActivityContent = Omit<Static<typeof Activity.Input>, 'key' | 'meta'>
export type ActivityView = Static<typeof Activity.View>

export const activitySchemas = [
  Consent,
  LegalBasis,
  ActivityPurpose,
  Source,
  Condition,
  Provision,
  ActivityData,
  JointController,
  ActivityController,
  ActivityRecipient,
  ActivitySubprocessor,
  TransferParty,
  Transfer,
  AutomatedDecisions,
  Assessment,
  Assessments,
  Review,
  Owner,
]
