import { expect, test } from 'vitest'
import { discoverLocally } from './discover-locally.ts'

test('an option that there is not is refused', () => {
  expect(() => discoverLocally({} as never, { linkswanted: 1 } as never)).toThrow(
    'options.linkswanted is no option. Did you mean linksWanted? ' +
      'The options are environment, port, interface, linksWanted.',
  )
})
