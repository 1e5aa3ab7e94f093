/** What a local run tells its user: where the register is, and how to ask it something. */
export const banner = ({
  address,
  apiKey,
  reportLink,
  dataDir,
  written,
}: {
  address: string
  apiKey: string
  reportLink: string
  dataDir: string
  /** How many entries the examples brought; 0: they were there already. */
  written: number
}): string => `
  The register of processing activities is running.

    Address         ${address}
    Documentation   ${address}/docs
    API key         ${apiKey}   (admin; also in ${dataDir}/api-key)
    Data            ${dataDir}${written > 0 ? `   (examples loaded: ${written} entries)` : ''}

    Ask it          curl -s -H 'Authorization: Bearer ${apiKey}' '${address}/v1/processing-activities?limit=3'
    Art. 30 report  ${address}${reportLink}   (opens once, on this machine)

  Ctrl-C ends it.
`
