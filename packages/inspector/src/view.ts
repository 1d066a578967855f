import type { ServerResponse } from 'node:http'
import { ListenError } from '@ts2p/base'
import type { Environment, Listener } from '@ts2p/base'
import { bytesFromText, protocolVersion } from '@ts2p/protocol'
import { websocket } from '@ts2p/transport-websocket'
import { answer, beginLines } from './server/answer.ts'
import { PageEndpoint } from './server/page-endpoint.ts'
import { Feed } from './server/feed.ts'
import { isOrigin } from './server/gate.ts'
import type { Inspected } from './inspected.ts'
import { PeerPoller } from './watching/peer-poller.ts'
import { IssueWatch } from './watching/issue-watch.ts'
import type { NodeDescription } from './wire.ts'

/** What a page is shown of a node, and the door by which it becomes a node itself. */
export class InspectorView {
  readonly issues: IssueWatch
  readonly #node: Inspected
  readonly #door: Listener
  readonly #links: PageEndpoint
  readonly #secret: string | null
  readonly #feed: Feed
  readonly #peerPoller: PeerPoller

  private constructor(
    node: Inspected,
    { door, links }: { door: Listener; links: PageEndpoint },
    options: { environment: Environment; secret: string | Uint8Array | undefined },
  ) {
    const { environment, secret } = options
    this.#node = node
    this.#door = door
    this.#links = links
    this.#secret = secret === undefined ? null : hexOf(typeof secret === 'string' ? bytesFromText(secret) : secret)
    this.#peerPoller = new PeerPoller({
      node,
      environment,
      onPropagation: (propagation) => this.#feed.publish(propagation),
    })
    this.#feed = new Feed({ node, environment, peerPoller: this.#peerPoller, issues: () => this.issues })
    this.issues = new IssueWatch({ node, environment, tell: (issue) => this.#feed.publish(issue) })
  }

  /** Opens the door, to the page of the server on this port only. @throws {ListenError} */
  static async open(
    node: Inspected,
    options: { port: number; environment: Environment; secret: string | Uint8Array | undefined },
  ): Promise<InspectorView> {
    const host = '127.0.0.1'
    const transport = websocket({ allowOrigin: (origin) => isOrigin(origin, options.port) })
    const links = new PageEndpoint()
    // What is on this machine's loopback cannot be listened to: the link is taken also where others are encrypted.
    const door = await transport.listen?.(host, 0, (link) => node.accept(links.watched(link)))
    if (!door) throw new ListenError({ host, port: 0, reason: 'WebSocket cannot listen on this platform' })
    return new InspectorView(node, { door, links }, options)
  }

  get doorPort(): number {
    return this.#door.port
  }

  /** What a page must know to join. */
  get description(): NodeDescription {
    const { id, subnet, addresses, leaseTerms = null, isSigned = false } = this.#node
    const { description, security } = subnet
    return {
      kind: 'node',
      id,
      protocolVersion,
      subnet: { id: subnet.id, description, security, leaseTerms, isSigned },
      secret: this.#secret,
      door: { host: this.#door.host, port: this.#door.port },
      addresses,
    }
  }

  /** Answers with all that happens, until either side ends it. */
  stream(response: ServerResponse): void {
    if (!this.#feed.hasRoom) return answer(response, 503, 'Too many pages are open: close one.\n')
    beginLines(response)
    this.#feed.add(response, this.description)
  }

  async close(): Promise<void> {
    this.#feed.close()
    this.issues.close()
    this.#peerPoller.close()
    await this.#door.close()
    this.#links.destroy()
  }
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
