import type { Ask } from './app.ts'

/** Texts that programs for tables lose or change, as names and descriptions of entries. */
export const awkwardTexts = [
  'Date_x0020_of_x0020_Birth',
  'Stra_x00df_e',
  'control \u0001\u000b\u001b characters',
  'line\nbreak',
  'carriage\r\nreturn',
  'tab\there',
  '=1+1',
  '+49 221 123456',
  '@mention',
  "'apostrophe",
  '007',
  '1E5',
  'TRUE',
  'WAHR',
  '2026-03-31',
  '31.03.2026',
  '1,5',
  '1;5',
  '"quoted"',
  '[bracketed]',
  '{braced}',
  'Ünïcode, 計算, العربية, 😀',
  'e\u0301 and é',
  '  spaces around  ',
  '#N/A',
  'NULL',
  'x'.repeat(2_000),
  'line\n'.repeat(300),
]

/** Writes an entry for each, in a register that has the fixtures. */
export const writeAwkward = async (ask: Ask): Promise<void> => {
  for (const [n, text] of awkwardTexts.entries()) {
    const name = text.slice(0, 200)
    const body = {
      name,
      description: text,
      tags: [text.trim().slice(0, 50)],
      references: [{ title: name, number: name }],
    }
    const { status, text: answer } = await ask('PUT', `/v1/purposes/awkward-${n}`, { body })
    if (status !== 201) throw new Error(`${JSON.stringify(text)}: ${answer}`)
  }
}
