export { type Example, examples, loadExamples } from './load.ts'
