import type { Facts, Layout, LayoutColumn } from './layout.ts'

const lines = (...texts: string[]) => texts.filter((text) => text !== '').join('\n')

/** The measures of one area, told apart as the template tells them apart. */
const measures = (heading: string, areas: string[]): LayoutColumn => ({
  heading,
  width: 36,
  shows: ['securityMeasures', 'securityMeasures.articles'],
  cell: ({ element }) =>
    (element('securityMeasures')?.entries ?? [])
      .filter(({ literal }) => areas.includes(literal ?? 'other'))
      .map(({ text }) => text)
      .join('\n'),
})

const recipients = (heading: string, wanted: (kind: string) => boolean): LayoutColumn => ({
  heading,
  width: 36,
  shows: [
    'recipients',
    'recipients.kind',
    'recipients.organisation',
    'recipients.processingRole',
    'recipients.countries',
  ],
  cell: ({ element }: Facts) =>
    (element('recipients')?.entries ?? [])
      .filter(({ details }) => wanted(details.find(({ id }) => id === 'kind')?.entries[0]?.literal ?? 'external'))
      .map(({ text }) => text)
      .join('\n'),
})

/** The register sheet of the Commission nationale de l’informatique et des libertés, France. */
export const cnil: Layout = {
  id: 'cnil',
  title: 'Fiche de registre (Commission nationale de l’informatique et des libertés)',
  language: 'fr',
  columns: [
    {
      heading: 'Nom de l’activité',
      width: 28,
      shows: [],
      cell: (f) => lines(f.activity.name, f.activity.description ?? ''),
    },
    { heading: 'N° / référence', width: 20, shows: [], cell: (f) => f.activity.key },
    { heading: 'Date de création', width: 16, shows: [], cell: (f) => ({ date: f.activity.createdOn }) },
    { heading: 'Mise à jour', width: 16, shows: [], cell: (f) => ({ date: f.activity.updatedOn }) },
    {
      heading: 'Responsable du traitement',
      width: 30,
      shows: ['controller', 'contact'],
      cell: (f) => lines(f.texts('controller'), f.texts('contact')),
    },
    {
      heading: 'Délégué à la protection des données',
      width: 28,
      shows: ['dataProtectionOfficer'],
      cell: (f) => f.texts('dataProtectionOfficer'),
    },
    { heading: 'Représentant', width: 24, shows: ['representative'], cell: (f) => f.texts('representative') },
    {
      heading: 'Responsable(s) conjoint(s)',
      width: 28,
      shows: [
        'jointControllers',
        'jointControllers.contact',
        'jointControllers.country',
        'jointControllers.arrangement',
      ],
      cell: (f) => lines(f.texts('jointControllers'), f.details('jointControllers', 'contact', 'arrangement')),
    },
    {
      heading: 'Finalité principale',
      width: 40,
      shows: ['purposes'],
      cell: (f) => f.texts('purposes').split('\n')[0]!,
    },
    {
      heading: 'Sous-finalités',
      width: 40,
      shows: [],
      cell: (f) => f.texts('purposes').split('\n').slice(1).join('\n'),
    },
    { heading: 'Logiciels utilisés', width: 26, shows: ['services'], cell: (f) => f.texts('services') },
    {
      heading: 'Catégories de personnes concernées',
      width: 32,
      shows: ['dataSubjectCategories'],
      cell: (f) => f.texts('dataSubjectCategories'),
    },
    {
      heading: 'Catégories de données collectées',
      width: 44,
      shows: ['data', 'data.dataSubjects', 'data.examples'],
      cell: (f) => f.texts('data'),
    },
    {
      heading: 'Données sensibles',
      width: 32,
      shows: ['data.specialCategory', 'data.criminal', 'data.condition'],
      cell: (f) => f.details('data', 'specialCategory', 'criminal', 'condition'),
    },
    {
      heading: 'Durées de conservation',
      width: 44,
      shows: [
        'retention',
        'retention.retentionPeriod',
        'retention.duration',
        'retention.criterion',
        'retention.startsWith',
        'retention.disposal',
      ],
      cell: (f) => f.details('retention', 'duration', 'criterion', 'startsWith', 'disposal'),
    },
    recipients('Destinataires internes', (kind) => kind === 'internal' || kind === 'group'),
    recipients('Organismes externes', (kind) => kind !== 'internal' && kind !== 'group'),
    {
      heading: 'Sous-traitants',
      width: 40,
      shows: [
        'subprocessors',
        'subprocessors.processing',
        'subprocessors.country',
        'subprocessors.contract',
        'subprocessors.processingRole',
      ],
      cell: (f) => lines(f.texts('subprocessors'), f.details('subprocessors', 'processing', 'country', 'contract')),
    },
    {
      heading: 'Transferts hors UE : destinataire et pays',
      width: 36,
      shows: ['transfers'],
      cell: (f) => f.texts('transfers'),
    },
    {
      heading: 'Transferts hors UE : type de garanties',
      width: 40,
      shows: ['transfers.mechanism', 'transfers.safeguards', 'transfers.certification', 'transfers.assessment'],
      cell: (f) => f.details('transfers', 'mechanism', 'safeguards', 'certification'),
    },
    {
      heading: 'Transferts hors UE : lien vers la documentation',
      width: 32,
      shows: ['transfers.documents'],
      cell: (f) => f.details('transfers', 'documents'),
    },
    measures('Contrôle d’accès des utilisateurs', ['access-control']),
    measures('Mesures de traçabilité', ['traceability']),
    measures('Mesures de protection des logiciels', ['software-protection']),
    measures('Sauvegarde des données', ['backup']),
    measures('Chiffrement des données', ['encryption']),
    measures('Contrôle des sous-traitants', ['processor-oversight']),
    measures('Autres mesures', ['other']),
  ],
  lossReport: {
    name: 'Pertes',
    kind: 'Nature',
    what: 'Élément',
    activities: 'Activités',
    unmapped: 'Enregistré, sans colonne dans le modèle',
    empty: 'Colonne du modèle restée vide',
  },
}
