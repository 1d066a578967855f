import type { Transport } from '@ts2p/base'
import { expect, test } from 'vitest'
import { noise } from './noise.ts'

test('an option that there is not is refused', () => {
  const transport: Transport = {
    name: 'nowhere',
    security: 'plaintext',
    dial: () => {
      throw new Error('Nobody dials here.')
    },
  }
  const options: object = { randombytes: (length: number) => new Uint8Array(length) }
  expect(() => noise(transport, options)).toThrow(
    'options.randombytes is no option. Did you mean randomBytes? The options are randomBytes.',
  )
})
