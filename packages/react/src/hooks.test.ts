import { createElement } from 'react'
import type { ReactNode } from 'react'
import { renderToString } from 'react-dom/server'
import { expect, test } from 'vitest'
import { useSyncMap, useSyncStatus, useSyncValue } from './index.ts'
import { linkedPair } from './pair.test-helper.ts'

// What they do in a page is tested in one: examples/test/react-in-browser.test.ts.
test('on a server there is nothing, whatever its node has: a page begins with the same', async () => {
  const { anna, bert, pass } = await linkedPair<string, string>(1, { keyEncoding: 'utf8', valueEncoding: 'utf8' })
  bert.set('color', 'green')
  function Page(): ReactNode {
    const [color] = useSyncValue(bert, 'color')
    return `${color} ${useSyncMap(bert).size} ${useSyncStatus(bert)}`
  }
  expect(renderToString(createElement(Page))).toBe('undefined 0 opening')
  expect(bert.listenerCount('change')).toBe(0)
  await Promise.all([anna.close(), bert.close(), pass(15_000)])
})
