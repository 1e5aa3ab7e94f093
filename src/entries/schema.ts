import { type TProperties, Type } from 'typebox'
import { countryCodes } from '../law/index.ts'
import { closed, date, key, keyOptions, oneOf, ref, text, url } from '../platform/http/schema.ts'
import { approvals, revisionStatuses } from './render.ts'

/** What every entry of the register is made of, whether it is a processing activity or an entry of the catalogue. */

/** A property that holds the key of another entry; `x-references` names the resource and becomes a foreign key. */
export const reference = (resource: string, description: string) =>
  Type.String({
    ...keyOptions,
    description: `${description} The key of an entry of \`${resource}\`.`,
    'x-references': resource,
  })

export const Country = Type.Unsafe<string>({
  $id: 'Country',
  type: 'string',
  enum: countryCodes,
  description: 'A country by its ISO 3166-1 alpha-2 code. The United Kingdom is `GB`, Greece is `GR`.',
  examples: ['DE'],
})

export const Citation = closed(
  {
    title: text(300, 'What is cited: a document, a statute, a file number.'),
    section: Type.Optional(text(300, 'The part of it that is meant.')),
    number: Type.Optional(text(200, 'Its reference number in the file system that holds it.')),
    url: Type.Optional(url('Where it can be read.')),
  },
  { $id: 'Citation', description: 'A source or a reference number that belongs to the entry.' },
)

export const Contract = closed(
  {
    reference: Type.Optional(text(300, 'How the contract is filed.')),
    signedOn: Type.Optional(date('The day on which it was signed.')),
    url: Type.Optional(url('Where it can be read.')),
  },
  {
    $id: 'Contract',
    minProperties: 1,
    description: 'The contract or other legal act with a processor (Art. 28(3), (4)).',
  },
)

export const Contact = closed(
  {
    name: Type.Optional(text(200, 'The person or the function that answers.', { 'x-personal': true })),
    email: Type.Optional(
      Type.String({ format: 'email', maxLength: 320, description: 'E-mail address.', 'x-personal': true }),
    ),
    phone: Type.Optional(text(50, 'Telephone number.', { 'x-personal': true })),
    address: Type.Optional(text(500, 'Postal address.', { 'x-personal': true })),
    url: Type.Optional(url('A page with a contact form.')),
  },
  { $id: 'Contact', description: 'How somebody is reached. Prefer a function to a person.' },
)

export const TransferDocument = closed(
  {
    kind: oneOf(
      ['standard-contractual-clauses', 'binding-corporate-rules', 'transfer-impact-assessment', 'certificate', 'other'],
      'What the document is.',
    ),
    reference: Type.Optional(text(300, 'How it is filed.')),
    url: Type.Optional(url('Where it can be read.')),
    signedOn: Type.Optional(date('The day on which it was signed.')),
  },
  { $id: 'TransferDocument', description: 'A document that proves or assesses a safeguard of chapter V.' },
)

export const Statement = closed(
  {
    state: oneOf(['unknown', 'notApplicable'], 'Whether the fact is not known, or does not apply.'),
    reason: text(1000, 'Why it is not known, or why it does not apply.'),
  },
  {
    $id: 'Statement',
    description: 'What is said of a property that has no value. An empty array says "none" instead.',
  },
)

/** `statements`: what the entry says of its absent properties, by JSON Pointer (RFC 6901). */
const statements = Type.Optional(
  Type.Record(Type.String({ pattern: '^(/[^/]+)+$' }), ref(Statement), {
    maxProperties: 500,
    additionalProperties: false,
    description:
      'For properties that are absent: that they are `unknown` or `notApplicable`, and why. The name is a JSON Pointer ' +
      '(RFC 6901) to the absent property, for example `/data/0/retentionPeriod`.',
    examples: [{ '/description': { state: 'unknown', reason: 'The policy does not say.' } }],
  }),
)

const hash = (description: string) => Type.String({ pattern: '^sha256:[0-9a-f]{64}$', description })

export const Meta = closed(
  {
    id: Type.String({ format: 'uuid', description: 'Identifier that never changes (UUIDv7, RFC 9562).' }),
    revision: Type.Integer({ minimum: 1, description: 'Number of the revision that is shown; each change adds one.' }),
    status: oneOf(
      revisionStatuses,
      'Where the entry stands in its life. Of an earlier revision, what became of it: `superseded`, `rejected` or `withdrawn`.',
    ),
    approval: oneOf(
      approvals,
      'How the revision was approved; `none`: it is in force without an approval, or not in force; `carried-over`: an ' +
        'editorial change of what was approved.',
    ),
    approvedBy: Type.Optional(Type.String({ description: 'The principal that approved it.' })),
    approvedAt: Type.Optional(Type.String({ format: 'date-time', description: 'When it was approved.' })),
    contentHash: hash(
      'What an approval is bound to. SHA-256 over the canonical JSON (RFC 8785) of the content, in which personal values are ' +
        'replaced by their salted digests; of a processing activity, over that and the hashes of the entries that it refers to. ' +
        'Of what is in force: as it was when it came into force.',
    ),
    inForce: Type.Optional(
      Type.Integer({ minimum: 1, description: 'Number of the revision in force, where another one is shown.' }),
    ),
    proposed: Type.Optional(
      closed(
        {
          revision: Type.Integer({ minimum: 1, description: 'Its number.' }),
          status: oneOf(['draft', 'in-review'], 'Whether it has been submitted for review.'),
          contentHash: hash('What an approval of it would be bound to, as of now.'),
          retirement: Type.Boolean({ description: 'Whether it proposes to retire the activity.' }),
          proposedBy: Type.String({ description: 'The principal that wrote it.' }),
        },
        { description: 'The proposal that is pending, in brief.' },
      ),
    ),
    owner: Type.Optional(
      key('The service that owns the entry: it registered it, and no other service may write it.', 'shop'),
    ),
    createdAt: Type.String({ format: 'date-time', description: 'When the entry was first recorded (RFC 3339, UTC).' }),
    updatedAt: Type.String({
      format: 'date-time',
      description: 'When the entry last changed, or when the revision that was asked for was recorded (RFC 3339, UTC).',
    }),
    updatedBy: Type.String({ description: 'The principal that did so.' }),
    erased: Type.Optional(
      Type.Array(Type.String({ description: 'A JSON Pointer (RFC 6901).' }), {
        description: 'Personal values of an earlier revision that were erased (Art. 17).',
      }),
    ),
  },
  {
    $id: 'Meta',
    description: 'What the register itself says of the entry. Read-only: a `PUT` accepts and ignores it.',
  },
)

/** The properties that every entry has, of whatever resource. */
export const commonProperties = {
  name: text(200, 'What people call it.'),
  description: Type.Optional(text(10_000, 'What it is, for a reader who does not know it.')),
} satisfies TProperties

export const closingProperties = {
  references: Type.Optional(
    Type.Array(ref(Citation), { maxItems: 100, description: 'Sources, and reference numbers in other files.' }),
  ),
  tags: Type.Optional(
    Type.Array(text(50, 'A word to find the entry by.'), {
      maxItems: 50,
      uniqueItems: true,
      description: 'Free words to sort by.',
    }),
  ),
  statements,
} satisfies TProperties

export const iri = Type.Optional(
  Type.String({
    format: 'uri',
    pattern: '^https?://',
    maxLength: 500,
    description: 'The term of the W3C Data Privacy Vocabulary (DPV 2) that says the same, for machines.',
    examples: ['https://w3id.org/dpv#ServiceProvision'],
  }),
)

/**
 * The two schemas of an entry: as a caller writes it (`…Input`: `key` and `meta` optional) and as a `GET` shows it.
 * @param name component name in the contract, for example `Purpose`
 * @param properties the resource's own properties, which stand between the name and the closing ones
 * @param example a body as a caller would write it
 */
export const entrySchemas = <P extends TProperties>(
  name: string,
  description: string,
  properties: P,
  example: Record<string, unknown>,
) => {
  const content = { ...commonProperties, ...properties, ...closingProperties }
  return {
    Input: closed(
      {
        key: Type.Optional(key('Must equal the key in the path when it is given.')),
        ...content,
        meta: Type.Optional(
          Type.Object(
            {},
            {
              additionalProperties: true,
              description: 'Accepted and ignored, so that what a `GET` shows can be `PUT` back.',
            },
          ),
        ),
      },
      {
        $id: `${name}Input`,
        description: `${description} As it is written.`,
        'x-statements': true,
        examples: [example],
      },
    ),
    View: closed(
      { key: key('What the entry is addressed by.'), ...content, meta: ref(Meta) },
      { $id: name, description },
    ),
  }
}

export const sharedSchemas = [Country, Citation, Contract, Contact, TransferDocument, Statement, Meta]
