// Every link between files of the repository leads to something that is there, the anchor included. Nothing is asked of the network.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brokenLinks } from './broken-links.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md', '*llms.txt'], {
  cwd: root,
  encoding: 'utf8',
})
const files = listed.split('\n').filter((file) => file !== '' && existsSync(join(root, file)))

const broken = brokenLinks(files, {
  read: (file) => readFileSync(join(root, file), 'utf8'),
  exists: (file) => existsSync(join(root, posix.normalize(file))),
})
for (const { file, line, target, reason } of broken) console.error(`${file}:${line}: ${target}: ${reason}`)
console.log(`${files.length} files, ${broken.length} broken links.`)
process.exitCode = broken.length === 0 ? 0 : 1
