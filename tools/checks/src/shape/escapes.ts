import { codeOf, lineAt } from './code.ts'

/** A way around the type checker. */
export type Escape = 'any' | 'double cast'

const patterns: readonly (readonly [Escape, RegExp])[] = [
  // After what a type follows, or where it can only be a type argument, an array's element, or what a type's name stands for.
  ['any', /(?:[:<|&]|=>|\b(?:as|extends|satisfies|keyof|readonly|is))\s*any\b(?!\s*[.(:?])|\bany\s*(?:\[\]|>(?!=))/g],
  ['any', /\btype\s+\w+(?:<[^=;]*>)?\s*=\s*any\b/g],
  ['double cast', /\bas\s+unknown\s+as\b/g],
]

/**
 * Finds explicit `any` types and casts through `unknown`, also those that the linter is told to ignore.
 * @returns each with its line, from 1
 */
export function escapesIn(text: string): { readonly kind: Escape; readonly line: number }[] {
  const code = codeOf(text)
  return patterns.flatMap(([kind, pattern]) =>
    [...code.matchAll(pattern)].map(({ 0: match, index }) => ({ kind, line: lineAt(code, index + match.length) })),
  )
}
