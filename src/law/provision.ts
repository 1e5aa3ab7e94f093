/** A provision of the Regulation as people and machines call it. */
export type Provision = {
  title: string
  /** The term of the W3C Data Privacy Vocabulary (DPV 2), where it has one. */
  iri?: string
}

/** The IRI of a term of DPV's extension for the Regulation, for example `A6-1-a`. */
export const gdprTerm = (term: string) => `https://w3id.org/dpv/legal/eu/gdpr#${term}`
