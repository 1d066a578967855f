// What the packages cost in a page: pnpm size
import { bundle } from './bundle.ts'
import { goods } from './goods.ts'

for (const { name, program, bytesMax } of goods) {
  const { minified, compressed, parts } = await bundle(program)
  const isGood = bytesMax === undefined || compressed <= bytesMax
  const verdict = bytesMax === undefined ? '' : `  ${isGood ? 'yes' : 'NO'}: at most ${bytesMax}`
  console.log(`${name.padEnd(28)} ${compressed} bytes compressed, ${minified} minified${verdict}`)
  const whole = parts.reduce((sum, [, bytes]) => sum + bytes, 0)
  for (const [part, bytes] of parts.slice(0, 8))
    console.log(`  ${((100 * bytes) / whole).toFixed(1).padStart(5)} %  ${part}`)
  if (!isGood) process.exitCode = 1
}
