import { stripTypeScriptTypes } from 'node:module'

// The tests run the very code that production runs: Node's own type stripping, which keeps every line and column in place.
export default {
  process: (source, path) => ({ code: path.endsWith('.ts') ? stripTypeScriptTypes(source) : source }),
}
