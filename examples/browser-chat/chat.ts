// What is on the page.
import { appear, hurry, leaseSeconds, leave, messages, node, people, say } from './network.ts'

function element<E extends Element>(selector: string, type: new () => E): E {
  const found = document.querySelector(selector)
  if (found instanceof type) return found
  throw new Error(`The page has no ${selector}.`)
}

const status = element('#status', HTMLParagraphElement)
const list = element('#people', HTMLUListElement)
const log = element('#log', HTMLOListElement)
const nameInput = element('#name', HTMLInputElement)
const textInput = element('#text', HTMLInputElement)
const shown = new Map<string, HTMLLIElement>()
nameInput.value = sessionStorage.getItem('name') ?? `Guest ${node.id.slice(0, 4)}`

function itemOf(author: string, text: string, at: number): HTMLLIElement {
  const item = document.createElement('li')
  const name = document.createElement('b')
  name.textContent = author
  const time = document.createElement('time')
  time.dateTime = new Date(at).toISOString()
  time.textContent = new Date(at).toLocaleTimeString([], { timeStyle: 'short' })
  const words = document.createElement('p')
  words.textContent = text
  item.append(name, time, words)
  return item
}

/** Only what is new is put in, so that a screen reader says that and nothing else. */
function showMessages(): void {
  const wasAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40
  for (const [index, [key, { name, text = '', at }]] of messages().entries()) {
    const item = shown.get(key) ?? itemOf(name, text, at)
    shown.set(key, item)
    if (log.children[index] !== item) log.insertBefore(item, log.children[index] ?? null)
  }
  if (wasAtEnd) log.scrollTop = log.scrollHeight
}

function showPeople(): void {
  const items = people().map(([key, { name }]) => {
    const item = document.createElement('li')
    item.textContent = key === `here/${node.id}` ? `${name} (you)` : name
    return item
  })
  list.replaceChildren(...items)
}

function show(key: string): void {
  if (key.startsWith('here/')) showPeople()
  else showMessages()
}

function showStatus(): void {
  status.textContent = node.routingTable ? 'Connected' : 'Offline: what you write is sent when you are back'
}

node.on('change', ({ key }) => show(key))
node.on('connect', showStatus)
node.on('disconnect', showStatus)

element('#form', HTMLFormElement).addEventListener('submit', (event) => {
  event.preventDefault()
  say(nameInput.value, textInput.value)
  textInput.value = ''
})
nameInput.addEventListener('change', () => {
  sessionStorage.setItem('name', nameInput.value)
  appear(nameInput.value)
})

// A page that the browser keeps for the way back may be shown again; one that slept has links that are dead.
addEventListener('pagehide', leave)
addEventListener('pageshow', () => appear(nameInput.value))
addEventListener('online', hurry)
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'hidden') return
  appear(nameInput.value)
  hurry()
})
setInterval(
  () => {
    appear(nameInput.value)
    // Whose lease has run out since is here no more.
    showPeople()
  },
  (leaseSeconds * 1000) / 4,
)

await node.listen()
appear(nameInput.value)
showStatus()
