// The field's words: none of the words of words.json is in names, comments and documents. Prints how many there are, and each use.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { wordsIn } from './words/words.ts'
import type { BannedWord } from './words/words.ts'
import { root } from './workspace.ts'

const words = JSON.parse(readFileSync(join(root, 'tools/checks/words.json'), 'utf8')) as readonly BannedWord[]
const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], { cwd: root, encoding: 'utf8' })
// Decisions and changesets tell of what was, by the names that it had.
const paths = listed.split('\0').filter((path) => /\.(?:tsx?|mts|js|mjs|cjs|proto|md)$/.test(path))
const read = paths.filter((path) => !/^(?:docs\/decisions|\.changeset)\//.test(path))
const hits = read.flatMap((path) => wordsIn({ path, text: readFileSync(join(root, path), 'utf8') }, words))
for (const { path, line, found, word } of hits)
  console.error(`${path}:${line}: '${found}': the field's word is ${word.replacement}`)
console.log(`${words.length} words are banned, ${read.length} files, ${hits.length} hits.`)
process.exitCode = hits.length === 0 ? 0 : 1
