import { describe, expect, test } from 'vitest'
import * as browser from './websocket-browser.ts'
import * as node from './websocket-node.ts'

describe.each(Object.entries({ browser, node }))('%s: an option that there is not is refused', (_, platform) => {
  test('ws', () => {
    expect(() => platform.websocket({ allowOrgin: () => true } as never)).toThrow(
      'options.allowOrgin is no option. Did you mean allowOrigin? The options are allowOrigin.',
    )
    expect(() => platform.websocket({ ca: '' } as never)).toThrow(expect.objectContaining({ argument: 'options.ca' }))
  })

  test('wss', () => {
    expect(() => platform.secureWebsocket({ verfy: 'none' } as never)).toThrow(
      'options.verfy is no option. Did you mean verify? The options are allowOrigin, certificate, ca, verify.',
    )
    expect(() => platform.secureWebsocket({ allowOrigin: () => true, ca: [], verify: 'authority' })).not.toThrow()
  })
})
