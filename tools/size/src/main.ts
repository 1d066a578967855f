// What the packages cost in a page: pnpm size
import { bundle } from './bundle.ts'
import { goods } from './goods.ts'

for (const { name, program, bytesMax, bytesWanted } of goods) {
  const { minified, compressed, compressedLater, parts } = await bundle(program)
  const isGood = compressed <= bytesMax
  const verdict = `${isGood ? 'yes' : 'NO'}: at most ${bytesMax}${bytesWanted ? `; ${bytesWanted} were asked for` : ''}`
  console.log(`${name.padEnd(28)} ${compressed} bytes compressed, ${minified} minified  ${verdict}`)
  if (compressedLater > 0) console.log(`${' '.repeat(28)} ${compressedLater} more when they are needed`)
  const whole = parts.reduce((sum, [, bytes]) => sum + bytes, 0)
  for (const [part, bytes] of parts.slice(0, 8))
    console.log(`  ${((100 * bytes) / whole).toFixed(1).padStart(5)} %  ${part}`)
  if (!isGood) process.exitCode = 1
}
