import type { FeedEvent, NodeDescription } from '../src/wire.ts'
import { Charts } from './picture/charts.ts'
import { element, shortId } from './element.ts'
import { EventFeed } from './feed.ts'
import { History } from './picture/history.ts'
import { KeyTable } from './keys/key-table.ts'
import { MeshView } from './picture/mesh-view.ts'
import { createOwnNode, join } from './own-node.ts'
import type { OwnNode } from './own-node.ts'
import { takeSeed } from './seed.ts'
import { decodedToken, forgetToken, keepToken, takeToken } from './token.ts'
import { IssueLog } from './issue-log.ts'

/** The page: what it hears from the server, and what it is itself. */
class InspectorPage {
  readonly #mesh = new MeshView()
  readonly #charts = new Charts()
  readonly #history = new History()
  readonly #issues = new IssueLog()
  readonly #state = element('state', HTMLParagraphElement)
  #isJoining = false
  #node: NodeDescription | undefined
  #feedState = 'connecting'
  #nodeState = 'this page joins'

  start(token: string): void {
    const feed = new EventFeed({
      token,
      onEvent: (event) => this.#take(event),
      onState: (state) => {
        this.#feedState = state === 'open' ? 'watching' : 'the node does not answer; trying again'
        this.#showState()
        if (state !== 'refused') return
        forgetToken()
        askForToken('The token is wrong: it is not that of this node, or of an earlier run of it.')
      },
    })
    void feed.run()
  }

  #take(event: FeedEvent): void {
    if (event.kind === 'node') this.#begin(event)
    if (event.kind === 'propagation') this.#mesh.propagation(event)
    if (event.kind === 'issue') this.#issues.add(event)
    if (event.kind !== 'snapshot') return
    this.#mesh.show(event)
    this.#history.add(event)
    this.#charts.show(this.#history.moments)
  }

  #begin(node: NodeDescription): void {
    const { id, subnet, addresses } = node
    const places = addresses.map(({ transport, host, port }) => `${transport}://${host}:${port}`).join(', ')
    element('node-line', HTMLParagraphElement).textContent =
      `Node ${id}, subnet “${subnet.description}”${places === '' ? '' : `, listening on ${places}`}`
    document.title = `${shortId(id)} – ts2p inspector`
    // The node was started again: nothing here is of it.
    if (this.#node && (this.#node.id !== id || this.#node.door.port !== node.door.port)) return location.reload()
    this.#node = node
    if (this.#isJoining) return
    this.#isJoining = true
    void this.#join(node)
  }

  async #join(node: NodeDescription): Promise<void> {
    const own = createOwnNode(node, await takeSeed())
    this.#mesh.begin(node, own.socket.id)
    this.#follow(own)
    await join(own, node, (sentence) => this.#issues.addOwn(sentence))
  }

  #follow({ socket, dictionary, events }: OwnNode): void {
    const say = (state: string): void => {
      this.#nodeState = state
      this.#showState()
    }
    events.on('connect', () => say('this page is a node of the network'))
    events.on('disconnect', () => say('this page has lost its link'))
    socket.observeDeliveries(({ source, from, flag, hops }) => {
      if (from !== undefined && flag === 'broadcast') this.#mesh.cameHere({ source, from, hops })
    })
    if (dictionary) KeyTable.show(dictionary, (sentence) => this.#issues.addOwn(sentence))
    else element('keys', HTMLElement).hidden = true
  }

  #showState(): void {
    this.#state.textContent = `${this.#feedState}; ${this.#nodeState}`
  }
}

/** Shows the form for the token, and why it is there. */
function askForToken(sentence: string): void {
  element('views', HTMLDivElement).hidden = true
  element('token-needed', HTMLDivElement).hidden = false
  element('token-alert', HTMLParagraphElement).textContent =
    `${sentence} Open the address that the node printed when it was started, or give what stands there behind the #.`
  element('token-form', HTMLFormElement).addEventListener('submit', (event) => {
    event.preventDefault()
    keepToken(decodedToken(element('token', HTMLInputElement).value))
    location.reload()
  })
}

const token = takeToken()
if (token === undefined) askForToken('This page needs the token of the node.')
else new InspectorPage().start(token)
// Another address of this page was pasted: only what is behind the # has changed.
addEventListener('hashchange', () => location.hash !== '' && location.reload())
