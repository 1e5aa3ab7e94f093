#!/usr/bin/env node
import { assertNodeVersion } from '../node-version.js'

assertNodeVersion()
await import('./register.ts')
