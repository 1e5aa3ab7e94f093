export const startEmbeddedPostgres = async (_: {
  dataDir: string
  logger: unknown
}): Promise<{ connectionString: string; stop(): Promise<void> }> => {
  throw new Error('not yet')
}
