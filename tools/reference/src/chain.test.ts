import { expect, test } from 'vitest'
import { encryptions, startChain } from './chain.ts'

// Each node is started before the one that it connects to.
test.each(encryptions)(
  'over %s, nodes that connect in the tick of their creation find each other',
  async (encryption) => {
    await expect(startChain(encryption, [2, 1, 0])).resolves.toBeTypeOf('number')
  },
)
