import { assertNodeVersion } from './node-version.js'

// What `npm start` and the image run.
assertNodeVersion()
await import('./server.ts')
