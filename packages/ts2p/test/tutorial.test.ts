import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { run } from './program.test-helper.ts'
import { snippetsOf } from './snippets.test-helper.ts'

// The snippets of the sync socket's tutorial, to the letter, in an empty project where `js2p` is this package.
const text =
  process.env['TS2P_TUTORIAL'] ?? fileURLToPath(new URL('fixtures/tutorial-snippets.rst.txt', import.meta.url))
const snippets = snippetsOf(text)

test('the tutorial has seven snippets', () => {
  expect(snippets).toHaveLength(7)
})

test('all snippets run one after the other, as they would in a REPL', () => {
  const [create, get, set, del, update, onUpdate, onDelete] = snippets
  const lines = run(`
    ${create}
    const update_dict = Object.assign([], { one: 'eins', two: 'zwei' })
    update_dict[Symbol.iterator] = () => ['one', 'two'].values()
    ${onUpdate}
    ${onDelete}
    ${get}
    console.log(foo, bar)
    ${set}
    sock.set('test', 'to be deleted')
    ${del}
    ${update}
    console.log(String(sock.get('test key')), String(sock.get('测试')), sock.get('test', null))
    console.log([...sock.keys()].join(), [...sock.values()].join(), [...sock.items()].length)
    sock.close()
  `)
  const { owner, timestamp } = /This change was made by (?<owner>\w+) at unix time (?<timestamp>\d+)/.exec(
    lines.join('\n'),
  )?.groups ?? { owner: 'nobody', timestamp: '0' }
  const by = (line: string): string => line.replace(/at unix time \d+/, 'at unix time T')
  const made = `This change was made by ${owner} at unix time T`
  expect(Math.abs(Number(timestamp) - Date.now() / 1000)).toBeLessThan(60)
  expect(lines.map(by)).toEqual([
    'null undefined',
    ...['test key was updated to have value value', made],
    ...['测试 was updated to have value test', made],
    ...['test was updated to have value to be deleted', made],
    'The association with key test was deleted',
    ...['one was updated to have value eins', made],
    ...['two was updated to have value zwei', made],
    'value test null',
    'test key,测试,one,two value,test,eins,zwei 4',
  ])
})

test('deleting what is not there, as the snippet does on a new socket, does no harm', () => {
  const [create, , , del] = snippets
  expect(run(`${create}\n${del}\nconsole.log(sock.size); sock.close()`)).toEqual(['0'])
})

test('by default a key that another has set cannot be changed for an hour; update() does what the snippet says', () => {
  const lines = run(`
    const sync = require('js2p').sync
    const anna = new sync.sync_socket('127.0.0.1', 4444)
    const bert = new sync.sync_socket('127.0.0.1', 4445)
    anna.update({ 'test key': 'value', more: '' })
    anna.once('connect', (conn) => console.log('connected', conn === anna))
    bert.on('update', (conn, key, new_data, meta) => {
      console.log(conn === bert, Buffer.isBuffer(key), Buffer.isBuffer(new_data), meta.owner === anna.id)
      if (String(key) !== 'more') return
      try { bert.set('test key', 'mine') } catch (error) { console.log(error instanceof Error, error.code, error.owner === anna.id) }
      try { bert.pop('test key') } catch (error) { console.log(error.code) }
      console.log(String(bert.get('test key')), bert.get('more').length, !!bert.routing_table)
      anna.close()
      bert.close()
    })
    anna.ready.then(() => bert.connect(...anna.addr))
  `)
  expect(lines).toEqual([
    'connected true',
    'true true true true',
    'true true true true',
    'true LEASE_HELD true',
    'LEASE_HELD',
    'value 0 true',
  ])
})
