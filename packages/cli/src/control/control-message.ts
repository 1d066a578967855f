import type { PrintedError } from '../failure.ts'
import type { Request } from './request.ts'

/** From who asks, once both have shown that they know the token. */
export type ToNode =
  | { readonly number: number; readonly request: Request }
  | { readonly number: number; readonly cancel: true }

/** To who asks. */
export type ToAsker =
  | { readonly number: number; readonly reply: unknown }
  | { readonly number: number; readonly end: true }
  | { readonly number: number; readonly failure: PrintedError }

/** A field of what came, which may be anything. */
export function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}
