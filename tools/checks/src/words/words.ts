import { codeOf, lineAt } from '../shape/code.ts'
import type { Source } from '../shape/sources.ts'

/** A word that is not used, where that is, and what stands for it. */
export interface BannedWord {
  /** One word in lower case. In names it is a part: `stamp` is in `stampsPerSecond`, and not in `timestamp`. */
  readonly word: string
  /** 'names': identifiers and the names of files. 'prose': comments and documents. 'everywhere': both. */
  readonly scope: 'names' | 'prose' | 'everywhere'
  /** Paths begin with one of these; default: all. */
  readonly under?: readonly string[]
  /** Paths that keep the word, each with the reason. */
  readonly except?: Readonly<Record<string, string>>
  /** What the field says. */
  readonly replacement: string
}

/** A use of a banned word. */
export interface WordHit {
  readonly path: string
  /** From 1; 0: the name of the file. */
  readonly line: number
  readonly found: string
  readonly word: BannedWord
}

/** Finds the banned words in a source or a document. */
export function wordsIn(source: Source, words: readonly BannedWord[]): WordHit[] {
  const { path, text } = source
  const applying = words.filter((word) => applies(word, path))
  if (applying.length === 0) return []
  const isDocument = path.endsWith('.md')
  // What the platform names is not ours to name.
  const code = isDocument ? '' : codeOf(text).replaceAll(/\bMath\.\w+/g, (call) => ' '.repeat(call.length))
  const names = applying.filter(({ scope }) => scope !== 'prose')
  const prose = applying.filter(({ scope }) => scope !== 'names')
  return [
    ...partsOf(path).flatMap((part) => hitsOf(names, part, { path, line: 0 })),
    ...Array.from(code.matchAll(/[A-Za-z_$][\w$]*/g)).flatMap(({ 0: name, index }) =>
      partsOf(name).flatMap((part) => hitsOf(names, part, { path, line: lineAt(text, index) })),
    ),
    ...proseOf(text, isDocument).flatMap(({ at, prose: sentence }) =>
      Array.from(sentence.matchAll(/[A-Za-z]+/g)).flatMap(({ 0: word, index }) =>
        hitsOf(prose, word.toLowerCase(), { path, line: lineAt(text, at + index) }),
      ),
    ),
  ]
}

function applies({ under, except = {} }: BannedWord, path: string): boolean {
  const isUnder = under === undefined || under.some((start) => path.startsWith(start))
  return isUnder && !Object.keys(except).some((start) => path.startsWith(start))
}

function hitsOf(words: readonly BannedWord[], found: string, at: { path: string; line: number }): WordHit[] {
  return words.filter(({ word }) => word === found).map((word) => ({ ...at, found, word }))
}

/** The words of a name, in lower case: `keptFloods` has two, and so has `kept-floods.ts`, apart from its ending. */
function partsOf(name: string): string[] {
  return Array.from(name.matchAll(/[A-Z]?[a-z]+|[A-Z]+(?![a-z])/g), ([part]) => part.toLowerCase())
}

/** What is written for people: a document but for its code, or the comments of a source. */
function proseOf(text: string, isDocument: boolean): { readonly at: number; readonly prose: string }[] {
  const pattern = isDocument ? /(?:^|(?<=\n))(?!```|    )[^\n]+/g : /\/\*\*[^]*?\*\/|(?<=^|\s)\/\/[^\n]*/g
  const documented = isDocument ? text.replaceAll(/```[^]*?```/g, (code) => code.replaceAll(/[^\n]/g, ' ')) : text
  return Array.from(documented.matchAll(pattern), ({ 0: prose, index }) => ({
    at: index,
    // What is quoted as code is code's.
    prose: prose.replaceAll(/`[^`\n]*`/g, (code) => ' '.repeat(code.length)),
  }))
}
