/** A comment, a string, a part of a template, or a regular expression where an operand can stand. */
const notCode =
  /\/\/.*|\/\*[^]*?\*\/|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|(?<=(?:[(,=:[!&|?{};+\-*%~^<>]|\breturn|^)\s*)\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*/my

/** The code of a source: comments, strings and regular expressions are spaces. Every character keeps its place. */
export function codeOf(text: string): string {
  let code = ''
  /** For each template that is open: how many braces are open in its expression. */
  const templates: number[] = []
  let at = 0
  while (at < text.length) {
    const character = text[at] ?? ''
    if (character === '`' || (character === '}' && templates.at(-1) === 0)) {
      if (character === '}') templates.pop()
      const end = endOfTemplatePart(text, at + 1)
      if (text[end - 1] === '{') templates.push(0)
      code += blank(text.slice(at, end))
      at = end
      continue
    }
    notCode.lastIndex = at
    const found = notCode.exec(text)?.[0]
    if (found !== undefined) {
      code += blank(found)
      at += found.length
      continue
    }
    const open = templates.length - 1
    if (open >= 0 && character === '{') templates[open] = (templates[open] ?? 0) + 1
    if (open >= 0 && character === '}') templates[open] = (templates[open] ?? 0) - 1
    code += character
    at += 1
  }
  return code
}

/** The line of a place in a text, from 1. */
export function lineAt(text: string, at: number): number {
  return text.slice(0, at).split('\n').length
}

/** Where the text of a template ends: behind its closing quote, or behind the `${` of an expression. */
function endOfTemplatePart(text: string, from: number): number {
  const part = /(?:\\[^]|\$(?!\{)|[^\\`$])*(?:`|\$\{)/y
  part.lastIndex = from
  return part.exec(text) === null ? text.length : part.lastIndex
}

function blank(text: string): string {
  return text.replaceAll(/[^\n]/g, ' ')
}
