import { type TProperties, Type } from 'typebox'
import { Country, TransferDocument } from '../entries/index.ts'
import { transferMechanisms } from '../law/index.ts'
import { closed, date, oneOf, ref, text } from '../platform/http/schema.ts'

/** A transfer to a third country or an international organisation (chapter V), as activities and subprocessors record it. */

export const Certification = closed(
  {
    scheme: oneOf(['US-DPF', 'CA-PIPEDA', 'other'], 'The scheme that the recipient is certified under or subject to.'),
    verifiedOn: date('The day on which this was last verified.'),
  },
  {
    $id: 'Certification',
    description: 'Proof that an adequacy decision which covers only some recipients covers this one (Art. 45).',
  },
)

export const Destination = closed(
  {
    country: Type.Optional(ref(Country)),
    internationalOrganisation: Type.Optional(text(200, 'Name of the international organisation (Art. 4(26)).')),
  },
  {
    $id: 'Destination',
    minProperties: 1,
    maxProperties: 1,
    description:
      'Where data goes: a country, or an international organisation, which is no country. Exactly one of the two.',
  },
)

export const Mechanism = closed(
  {
    article: oneOf(
      transferMechanisms,
      'The provision that allows the transfer: Art. 45 (adequacy), 46 and 47 (safeguards) or 49 (derogations; ' +
        '`49(1)-second` is its second subparagraph).',
    ),
    decision: Type.Optional(
      text(200, 'The decision or the set of clauses that is relied on.', {
        examples: ['(EU) 2021/914', '(EU) 2016/1250', '2010/87/EU'],
      }),
    ),
    sccModule: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 4,
        description:
          'Module of the standard contractual clauses of Decision (EU) 2021/914: 1 controller to controller, 2 controller to ' +
          'processor, 3 processor to processor, 4 processor to controller.',
      }),
    ),
    safeguards: Type.Optional(
      text(
        5000,
        'The suitable safeguards, which must be documented for a transfer under Art. 49(1), second subparagraph (Art. 30(1)(e)).',
      ),
    ),
  },
  { $id: 'Mechanism', description: 'What chapter V allows the transfer by.' },
)

export const transferProperties = {
  destination: ref(Destination),
  mechanism: Type.Optional(ref(Mechanism)),
  certification: Type.Optional(ref(Certification)),
  documents: Type.Optional(
    Type.Array(ref(TransferDocument), { maxItems: 50, description: 'What proves or assesses the safeguard.' }),
  ),
} satisfies TProperties

export const SubprocessorTransfer = closed(transferProperties, {
  $id: 'SubprocessorTransfer',
  description: 'A transfer that engaging the company always brings about (Art. 44).',
})
