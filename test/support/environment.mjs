import { TestEnvironment } from 'jest-environment-node'

/** Ends what a test file left open, after all its hooks: what a set-up began that failed or took too long, above all. */
export default class extends TestEnvironment {
  async teardown() {
    await this.global.endWhatIsOpen?.()
    await super.teardown()
  }
}
