// Leader election: one of several leads, another takes over when it is gone, and what the leader writes says its token.
import { election } from '@ts2p/locks'
import { SyncSocket } from '@ts2p/sync'
import { tcp } from '@ts2p/transport-tcp'

/** @returns {SyncSocket<string, string>} */
const makeNode = () =>
  new SyncSocket({
    transports: [tcp()],
    listen: { host: '127.0.0.1', port: 0 },
    keyEncoding: 'utf8',
    valueEncoding: 'utf8',
  })
const [anna, bert] = [makeNode(), makeNode()]
await anna.listen()
await bert.connect('127.0.0.1', anna.addresses[0].port)

/** What only the leader may write to. It cannot know who leads; it knows the greatest token that it has seen. */
class Journal {
  #greatest = ''

  /**
   * @param {string} line
   * @param {string} token
   */
  write(line, token) {
    if (token < this.#greatest) return console.log(`refused: ${line}`)
    this.#greatest = token
    console.log(`written: ${line}`)
  }
}
const journal = new Journal()

/** @param {import('@ts2p/locks').Election<string>} standing @returns {Promise<import('@ts2p/locks').Lock>} */
const elected = (standing) => new Promise((resolve) => standing.once('elected', resolve))

// A leader that is gone leads for so long; 10 s if nothing is said.
const leaseSeconds = 4
const annasTerm = await elected(election(anna, 'leader', { value: 'anna', leaseSeconds }))
journal.write('anna leads', annasTerm.token)

const berts = election(bert, 'leader', { value: 'bert', leaseSeconds })
const bertIsElected = elected(berts)
berts.on('leader', (leader) => console.log(`bert hears: ${leader?.value ?? 'nobody'} leads`))
await new Promise((resolve) => berts.once('leader', resolve))

// Anna is gone without a word, as if its machine had failed. (`resign()` and a mere `close()` would have handed over at once.)
await anna.close({ release: false })
const bertsTerm = await bertIsElected
journal.write('bert leads', bertsTerm.token)
// What anna had sent before arrives late, or its process wakes up and believes that it still leads.
journal.write('anna leads, does it not?', annasTerm.token)

berts.close()
await bert.close()
