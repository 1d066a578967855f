import { bytesOf, textOf } from './bytes-text.ts'

/** What a value is to the applications that read it. */
export type ValueKind = 'text' | 'JSON' | 'bytes'

/** A value as a field of several lines shows it: such a field knows one kind of line end only. */
export interface EditableText {
  readonly text: string
  /** The line end of the value. */
  readonly lineEnd: '\n' | '\r\n'
}

/** Undefined: the value is no text, or has line ends of several kinds, which a field would not keep. */
export function editableTextOf(value: Uint8Array): EditableText | undefined {
  const { text, isText } = textOf(value)
  if (!isText) return undefined
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n'
  const shown = text.replaceAll(/\r\n?/g, '\n')
  return shown.replaceAll('\n', lineEnd) === text ? { text: shown, lineEnd } : undefined
}

/** What a field shows, as bytes. */
export function editedBytes(text: string, lineEnd: EditableText['lineEnd']): Uint8Array {
  return bytesOf(text.replaceAll('\n', lineEnd))
}

/** A number, `true` and `null` are as likely to be text, and count as that. */
export function kindOf(value: Uint8Array): ValueKind {
  const { text, isText } = textOf(value)
  if (!isText) return 'bytes'
  if (!/^\s*["[{]/.test(text)) return 'text'
  return isJson(text) ? 'JSON' : 'text'
}

/** Whether applications that read what was there before can read what is there now. */
export function keepsKind(before: Uint8Array, after: Uint8Array): boolean {
  const kind = kindOf(before)
  if (kind === 'JSON') return isJson(textOf(after).text)
  return kind === 'text' || kindOf(after) === 'bytes'
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
