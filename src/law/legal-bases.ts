import type { LegalBasisArticle } from './articles.ts'
import { gdprTerm, type Provision } from './provision.ts'

/** The legal bases of Art. 6(1). */
export const legalBases: Readonly<Record<LegalBasisArticle, Provision>> = {
  '6(1)(a)': { title: 'Consent', iri: gdprTerm('A6-1-a') },
  '6(1)(b)': { title: 'Contract', iri: gdprTerm('A6-1-b') },
  '6(1)(c)': { title: 'Legal obligation', iri: gdprTerm('A6-1-c') },
  '6(1)(d)': { title: 'Vital interests', iri: gdprTerm('A6-1-d') },
  '6(1)(e)': { title: 'Public interest or official authority', iri: gdprTerm('A6-1-e') },
  '6(1)(f)': { title: 'Legitimate interests', iri: gdprTerm('A6-1-f') },
}
