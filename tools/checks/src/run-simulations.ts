// The root's sim command: the random networks, and, if none of them are picked by options, networks of up to a thousand nodes as well.
// With --full, networks of up to ten thousand nodes and their charts, which takes hours.
import { run } from './run.ts'

const words = process.argv.slice(2).filter((word) => word !== '--')
const isFull = words.includes('--full')
const options = words.filter((word) => word !== '--full')
const commands = [`node tools/fuzzer/dist/main.js ${options.join(' ')}`]
if (isFull) commands.push('node --max-old-space-size=12000 tools/scale/dist/main.js')
else if (options.length === 0) commands.push('node tools/scale/dist/main.js --nodes-max 316 --no-charts')
// All of them, also if one fails.
if (commands.map((command) => run(command)).includes(false)) process.exitCode = 1
