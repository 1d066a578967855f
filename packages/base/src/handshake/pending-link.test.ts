import { expect, test } from 'vitest'
import { PendingLink } from './pending-link.ts'
import { PendingLinks, plainHost } from './pending-links.ts'
import type { AcceptedSocket } from './pending-links.ts'
import type { Link, LinkHandler } from '../links/transport.ts'

/** A pending link, the link that it may become, and a log of calls on both. */
function start(): { pending: PendingLink; link: Link; log: string[] } {
  const log: string[] = []
  const pending = new PendingLink('192.0.2.1', () => void log.push('cut'))
  const handler: LinkHandler = {
    onOpen: () => void log.push('opened'),
    onData: () => undefined,
    onDrain: () => undefined,
    onClose: (error) => void log.push(`closed ${String(error)}`),
  }
  const link: Link = {
    remoteHost: '192.0.2.1',
    channelBinding: Uint8Array.of(7),
    bufferedBytes: 5,
    attach: (given) => void log.push(given === handler ? 'attached' : 'attached another'),
    write: (chunks) => void log.push(`write ${chunks.length}`),
    pause: () => void log.push('pause'),
    resume: () => void log.push('resume'),
    close: () => void log.push('close'),
    destroy: () => void log.push('destroy'),
  }
  pending.attach(handler)
  return { pending, link, log }
}

test('once it has become a link, everything goes to that link and comes from it', () => {
  const { pending, link, log } = start()
  pending.write([Uint8Array.of(1)])
  expect([pending.bufferedBytes, pending.channelBinding]).toEqual([0, undefined])
  pending.become(link)
  pending.write([Uint8Array.of(1)])
  pending.pause()
  pending.resume()
  pending.close()
  pending.destroy()
  pending.end()
  expect(log).toEqual(['attached', 'write 1', 'pause', 'resume', 'close', 'destroy'])
  expect([pending.bufferedBytes, pending.channelBinding]).toEqual([5, Uint8Array.of(7)])
})

test('a pause before it opens holds afterwards', () => {
  const { pending, link, log } = start()
  pending.pause()
  pending.become(link)
  expect(log).toEqual(['attached', 'pause'])
})

test.each(['close', 'destroy'] as const)(
  '%s before it opens cuts it once; what it would become is destroyed',
  (ending) => {
    const { pending, link, log } = start()
    pending[ending]()
    pending[ending]()
    pending.become(link)
    pending.end()
    pending.end()
    expect(log).toEqual(['cut', 'destroy', 'closed undefined'])
  },
)

test('one that ends before it opens is closed without an error', () => {
  const { pending, log } = start()
  pending.end()
  pending.destroy()
  expect(log).toEqual(['closed undefined'])
})

/** A socket that is closed by hand. */
function socketFrom(
  remoteAddress: string,
  remotePort: number,
  log: string[] = [],
): AcceptedSocket & { close: () => void } {
  let onClose = (): void => undefined
  return {
    remoteAddress,
    remotePort,
    destroy: () => log.push('destroyed'),
    once: (_, listener) => (onClose = listener),
    close: () => onClose(),
  }
}

test('a link becomes of the connection with the same other end, and ends with it', () => {
  const links: Link[] = []
  const pending = new PendingLinks((each) => links.push(each))
  const [socket, other] = [socketFrom('::ffff:192.0.2.1', 1), socketFrom('192.0.2.1', 2)]
  for (const each of [socket, other]) pending.add(each)
  expect(links.map(({ remoteHost }) => remoteHost)).toEqual(['192.0.2.1', '192.0.2.1'])
  const { link, log } = start()
  for (const each of links) {
    each.attach({
      onOpen: () => undefined,
      onData: () => undefined,
      onDrain: () => undefined,
      onClose: () => log.push('closed'),
    })
  }
  pending.become(socketFrom('::ffff:192.0.2.1', 1), link)
  pending.become(socketFrom('192.0.2.9', 9), { ...link, destroy: () => log.push('nobody') })
  other.close()
  socket.close()
  expect(log).toEqual(['attached another', 'nobody', 'closed'])
})

test('an IPv4 address in IPv6 form is written as usual', () => {
  expect(['::ffff:10.0.0.1', '10.0.0.1', 'fe80::1'].map(plainHost)).toEqual(['10.0.0.1', '10.0.0.1', 'fe80::1'])
})
