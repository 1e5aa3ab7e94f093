export type { EntryList, Model, ModelEntry } from './model.ts'
export { readOwnWrites } from './own-writes.ts'
export { includes } from './postings.ts'
export { openRegister, type Register, type RegisterState } from './register.ts'
