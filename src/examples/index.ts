export { examples, loadExamples } from './load.ts'
