import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../../', import.meta.url))

/** A new folder with what a clone of this state has, and nothing that was installed or built. */
export const cleanCheckout = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'register-checkout-'))
  const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root })
  const deleted = execFileSync('git', ['ls-files', '-z', '--deleted'], { cwd: root })
  const gone = new Set(deleted.toString().split('\0'))
  for (const file of files.toString().split('\0'))
    if (file !== '' && !gone.has(file)) cpSync(join(root, file), join(folder, file))
  return folder
}
