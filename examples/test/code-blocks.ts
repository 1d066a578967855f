/** A block of code in a page, and what is to be done with it. */
export type CodeBlock =
  /** It loads something: a whole program, to be run. */
  | {
      readonly kind: 'program'
      readonly language: 'js' | 'ts'
      readonly code: string
      /** What the page says that it prints: the block of `console` that follows, if there is one before the next program. */
      readonly prints: string | undefined
      readonly line: number
    }
  /** A part of a program, to be compiled after the preamble that the page keeps in a comment. */
  | {
      readonly kind: 'fragment'
      readonly reason: string
      readonly code: string
      /** The code without what it needs to compile. */
      readonly shown: string
      readonly line: number
    }
  /** The tests of another package run it. */
  | { readonly kind: 'elsewhere'; readonly test: string; readonly line: number }
  /** Nobody runs it, and it does not say why. */
  | { readonly kind: 'unmarked'; readonly line: number }

/**
 * The blocks of JavaScript and TypeScript in a Markdown text. One that loads nothing is marked by a comment before it:
 * `<!-- fragment: why it does not run`, on the next lines what it needs to compile, and `-->`; one that is run elsewhere by
 * `<!-- run by path/of/a.test.ts: why -->`.
 */
export function codeBlocksIn(text: string): CodeBlock[] {
  const pattern =
    /(?:^<!-- (?<mark>fragment|run by)[: ] *(?<reason>[^\n]*?)(?:\n(?<preamble>(?:(?!-->)[^])*))? ?-->\n\s*)?^(?<indent> *)```(?<language>js|ts|javascript|typescript|mjs|cjs|mts|jsx|tsx)\b[^\n]*\n(?<code>[^]*?)^ *```/gm
  return [...text.matchAll(pattern)].map(({ index, groups = {}, 0: whole }) => {
    const { mark, reason = '', preamble = '', language, code = '' } = groups
    const line = text.slice(0, index).split('\n').length
    if (mark === 'fragment') return { kind: 'fragment', reason, code: preamble + code, shown: code, line }
    if (mark === 'run by') return { kind: 'elsewhere', test: reason.replace(/:.*/, ''), line }
    const isProgram = /^import\b|\brequire\(/m.test(code) && (language === 'js' || language === 'ts')
    if (!isProgram) return { kind: 'unmarked', line }
    const [before = ''] = text.slice(index + whole.length).split(/^ *```(?:js|ts)\b/m)
    return { kind: 'program', language, code, prints: /^```console\n([^]*?)^```/m.exec(before)?.[1], line }
  })
}
