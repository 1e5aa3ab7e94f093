import type { Layout } from './layout.ts'

const lines = (...texts: string[]) => texts.filter((text) => text !== '').join('\n')

/** The documentation template for controllers of the Information Commissioner’s Office, United Kingdom. */
export const ico: Layout = {
  id: 'ico',
  title: 'Documentation template for controllers (Information Commissioner’s Office)',
  language: 'en',
  columns: [
    { heading: 'Business function', width: 24, shows: ['owner'], cell: (f) => f.texts('owner') },
    {
      heading: 'Processing activity',
      width: 28,
      shows: [],
      cell: (f) => lines(f.activity.name, f.activity.description ?? ''),
    },
    { heading: 'Purpose of processing', width: 44, shows: ['purposes'], cell: (f) => f.texts('purposes') },
    {
      heading: 'Name and contact details of joint controller (if applicable)',
      width: 32,
      shows: [
        'jointControllers',
        'jointControllers.contact',
        'jointControllers.country',
        'jointControllers.arrangement',
      ],
      cell: (f) =>
        lines(f.texts('jointControllers'), f.details('jointControllers', 'contact', 'country', 'arrangement')),
    },
    {
      heading: 'Categories of individuals',
      width: 32,
      shows: ['dataSubjectCategories'],
      cell: (f) => f.texts('dataSubjectCategories'),
    },
    {
      heading: 'Categories of personal data',
      width: 44,
      shows: ['data', 'data.specialCategory', 'data.criminal', 'data.dataSubjects', 'data.examples'],
      cell: (f) => lines(f.texts('data'), f.details('data', 'specialCategory', 'criminal')),
    },
    {
      heading: 'Categories of recipients',
      width: 40,
      shows: [
        'recipients',
        'recipients.kind',
        'recipients.processingRole',
        'recipients.organisation',
        'subprocessors',
        'subprocessors.processing',
        'subprocessors.processingRole',
      ],
      cell: (f) =>
        lines(
          f.texts('recipients'),
          f.details('recipients', 'organisation', 'kind'),
          f.details('subprocessors', 'processing'),
        ),
    },
    {
      heading: 'Link to contract with processor',
      width: 34,
      shows: ['subprocessors.contract'],
      cell: (f) => f.details('subprocessors', 'contract'),
    },
    {
      heading:
        'Names of third countries or international organisations that personal data are transferred to (if applicable)',
      width: 36,
      shows: ['transfers'],
      cell: (f) => f.texts('transfers'),
    },
    {
      heading:
        'Safeguards for exceptional transfers of personal data to third countries or international organisations (if applicable)',
      width: 44,
      shows: [
        'transfers.mechanism',
        'transfers.safeguards',
        'transfers.documents',
        'transfers.certification',
        'transfers.assessment',
      ],
      cell: (f) => f.details('transfers', 'mechanism', 'safeguards', 'certification', 'documents'),
    },
    {
      heading: 'Retention schedule (if possible)',
      width: 44,
      shows: [
        'retention',
        'retention.retentionPeriod',
        'retention.duration',
        'retention.criterion',
        'retention.startsWith',
        'retention.disposal',
      ],
      cell: (f) => f.details('retention', 'retentionPeriod', 'duration', 'criterion', 'startsWith', 'disposal'),
    },
    {
      heading: 'General description of technical and organisational security measures (if possible)',
      width: 60,
      shows: ['securityMeasures'],
      cell: (f) => f.texts('securityMeasures'),
    },
    {
      heading: 'Article 6 lawful basis for processing personal data',
      width: 36,
      shows: ['purposes.legalBasis'],
      cell: (f) => f.details('purposes', 'legalBasis'),
    },
    {
      heading: 'Article 9 condition for processing special category data',
      width: 36,
      shows: ['data.condition'],
      cell: (f) => f.details('data', 'condition'),
    },
    {
      heading: 'Legitimate interests for the processing (if applicable)',
      width: 40,
      shows: ['purposes.legalBasisReference'],
      cell: (f) => f.details('purposes', 'legalBasisReference'),
    },
    {
      heading: 'Link to record of legitimate interests assessment (if applicable)',
      width: 28,
      shows: ['lia', 'lia.reference', 'lia.completedOn', 'lia.reason'],
      cell: (f) => lines(f.texts('lia'), f.details('lia', 'reference')),
    },
    { heading: 'Rights available to individuals', width: 24, shows: [], cell: () => '' },
    {
      heading: 'Existence of automated decision-making, including profiling (if applicable)',
      width: 34,
      shows: [
        'automatedDecisions',
        'automatedDecisions.ground',
        'automatedDecisions.logic',
        'automatedDecisions.consequences',
        'automatedDecisions.humanIntervention',
      ],
      cell: (f) =>
        lines(
          f.texts('automatedDecisions'),
          f.details('automatedDecisions', 'ground', 'logic', 'consequences', 'humanIntervention'),
        ),
    },
    {
      heading: 'The source of the personal data (if applicable)',
      width: 36,
      shows: ['data.source'],
      cell: (f) => f.details('data', 'source'),
    },
    {
      heading: 'Link to record of consent',
      width: 40,
      shows: ['purposes.consentObtained', 'purposes.consentEvidence', 'purposes.consentWithdrawal'],
      cell: (f) => f.details('purposes', 'consentObtained', 'consentEvidence', 'consentWithdrawal'),
    },
    {
      heading: 'Location of personal data',
      width: 32,
      shows: ['services', 'subprocessors.country', 'subprocessors.processingCountries', 'recipients.countries'],
      cell: (f) => lines(f.texts('services'), f.details('subprocessors', 'country', 'processingCountries')),
    },
    {
      heading: 'Data Protection Impact Assessment required?',
      width: 24,
      shows: ['dpia', 'dpia.reason'],
      cell: (f) => lines(f.texts('dpia'), f.details('dpia', 'reason')),
    },
    {
      heading: 'Data Protection Impact Assessment progress',
      width: 24,
      shows: ['dpia.completedOn'],
      cell: (f) => f.details('dpia', 'completedOn'),
    },
    {
      heading: 'Link to Data Protection Impact Assessment',
      width: 24,
      shows: ['dpia.reference'],
      cell: (f) => f.details('dpia', 'reference'),
    },
    { heading: 'Has a personal data breach occurred?', width: 20, shows: [], cell: () => '' },
    { heading: 'Link to record of personal data breach', width: 20, shows: [], cell: () => '' },
    {
      heading: 'Link to retention and erasure policy document (if applicable)',
      width: 32,
      shows: ['retention.routine', 'retention.legalReference'],
      cell: (f) => f.details('retention', 'routine', 'legalReference'),
    },
  ],
  lossReport: {
    name: 'Loss report',
    kind: 'Kind',
    what: 'What',
    activities: 'Activities',
    unmapped: 'Recorded, and the template has no column for it',
    empty: 'Column of the template that is empty',
  },
}
