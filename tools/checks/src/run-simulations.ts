// The root's sim command: the random networks, and, if none of them are picked by options, the large ones and their charts as well.
import { run } from './run.ts'

const words = process.argv.slice(2)
const commands = [`node tools/battery/dist/main.js ${words.join(' ')}`]
if (words.length === 0) commands.push('node --max-old-space-size=12000 tools/scale/dist/main.js')
// All of them, also if one fails.
if (commands.map((command) => run(command)).includes(false)) process.exitCode = 1
