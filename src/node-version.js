// Plain JavaScript that every Node since 14 understands: an older one cannot even read our TypeScript, and would say so
// with a stack trace.

const needed = 24

/** Ends the process with one line when this Node is too old to run the register. */
export const assertNodeVersion = () => {
  const { node } = process.versions
  if (Number(node.split('.')[0]) >= needed) return
  console.error(
    `The register needs Node ${needed} or later; this is Node ${node}. Install Node ${needed}, or run \`npm ci\` without leaving out the development dependencies, which bring it along.`,
  )
  process.exit(1)
}
