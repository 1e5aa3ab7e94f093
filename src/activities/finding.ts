import { type Static, Type } from 'typebox'
import { closed, oneOf } from '../platform/http/schema.ts'

/** What a rule says of an activity. Only what the law asks for may be an error; the rest warns or informs. */
export const Finding = closed(
  {
    code: Type.String({ description: 'Stable name of the rule.', examples: ['purpose-missing'] }),
    severity: oneOf(
      ['error', 'warning', 'info'],
      '`error`: Art. 30 or another article is not met; `warning`: authorities ask for it; `info`: worth knowing.',
    ),
    basis: oneOf(['law', 'guidance', 'good-practice'], 'Whether the law, an authority or good practice asks for it.'),
    article: Type.String({
      description: 'The provision or the guidance, as it is cited.',
      examples: ['Art. 30(1)(b)'],
    }),
    pointer: Type.String({ description: 'JSON Pointer (RFC 6901) into the activity; empty: the whole of it.' }),
    message: Type.String({ description: 'What is missing or inconsistent.' }),
    fix: Type.String({ description: 'What to do about it.' }),
    waiver: Type.Optional(
      closed(
        {
          reason: Type.String({ description: 'Why it is waived.' }),
          until: Type.String({ format: 'date', description: 'The last day of the waiver.' }),
          by: Type.String({ description: 'The principal that waived it.' }),
        },
        { description: 'Somebody waived the finding: it is shown, and does not block an approval.' },
      ),
    ),
  },
  { $id: 'Finding', description: 'What a rule found in an activity.' },
)

export type Finding = Static<typeof Finding>

export const exampleFinding: Finding = {
  code: 'purpose-missing',
  severity: 'error',
  basis: 'law',
  article: 'Art. 30(1)(b)',
  pointer: '/purposes',
  message: 'The activity names no purpose.',
  fix: 'Add at least one entry to `purposes`.',
}
