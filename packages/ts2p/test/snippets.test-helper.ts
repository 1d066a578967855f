import { readFileSync } from 'node:fs'

/** The snippets of a text in reStructuredText: its JavaScript code blocks, without the prompts of the REPL. */
export function snippetsOf(path: string): string[] {
  const blocks = readFileSync(path, 'utf8')
    .split(/^\.\. code-block:: javascript$/m)
    .slice(1)
  return blocks.map((block) =>
    indentedPart(block)
      .map((line) => line.replace(/^\s*(> |\.\.\. ?)/, ''))
      .join('\n'),
  )
}

/** The lines up to the first that is not indented. */
function indentedPart(block: string): string[] {
  const lines = block.split('\n').slice(1)
  const end = lines.findIndex((line) => /^\S/.test(line))
  return (end < 0 ? lines : lines.slice(0, end)).filter((line) => line.trim() !== '')
}
