import { textOf } from './bytes-text.ts'
import { editableTextOf } from './editable-text.ts'
import { cell, rowHeader } from '../element.ts'
import { leaseText } from './lease-text.ts'
import type { PageDictionary } from '../own-node.ts'

const shownCharsMax = 160
/** Of a long value only the beginning is read, to show and to filter. */
const readBytesMax = 2048

/** A key as the table has it. */
export interface Entry {
  readonly key: Uint8Array
  /** One character for each byte of the key: two keys can look the same. */
  readonly name: string
  readonly keyText: string
  readonly value: Uint8Array
  readonly valueText: string
  readonly owner: string
}

/** The entries of a dictionary that a filter lets through, in the order of their keys. */
export function entriesOf(dictionary: PageDictionary, filter: string): Entry[] {
  const wanted = filter.toLowerCase()
  const entries: Entry[] = []
  for (const [key, value] of dictionary.items()) {
    const entry = {
      ...{ key, value, name: String.fromCharCode(...key) },
      keyText: textOf(key).text,
      valueText: textOf(value, readBytesMax).text,
      owner: dictionary.lease(key)?.owner ?? '',
    }
    const { keyText, valueText, owner } = entry
    if (wanted === '' || [keyText, valueText, owner].some((text) => text.toLowerCase().includes(wanted)))
      entries.push(entry)
  }
  return entries.toSorted((x, y) => (x.keyText < y.keyText ? -1 : 1))
}

/** A row of the table of keys, kept while its key is there, so that the focus stays where it is. */
export class KeyRow {
  readonly element: HTMLTableRowElement = document.createElement('tr')
  readonly #dictionary: PageDictionary
  readonly #value = cell('', 'value')
  readonly #owner = cell('', 'id')
  readonly #lease = cell('', 'lease')
  readonly #token = cell('', 'id')
  readonly #edit: HTMLButtonElement
  #entry: Entry

  constructor(
    dictionary: PageDictionary,
    entry: Entry,
    on: { readonly edit: (entry: Entry) => void; readonly delete: (entry: Entry) => void },
  ) {
    this.#dictionary = dictionary
    this.#entry = entry
    const actions = cell('', 'actions')
    this.#edit = button('Edit', entry.keyText, () => on.edit(this.#entry))
    actions.append(
      this.#edit,
      button('Delete', entry.keyText, () => on.delete(this.#entry)),
    )
    const name = rowHeader(shortened(entry.keyText))
    this.element.append(name, this.#value, this.#owner, this.#lease, this.#token, actions)
    this.show(entry)
  }

  show(entry: Entry): void {
    this.#entry = entry
    put(this.#value, shortened(entry.valueText))
    this.#edit.hidden = editableTextOf(entry.value) === undefined
    this.tick()
  }

  /** Time has passed. */
  tick(): void {
    const lease = this.#dictionary.lease(this.#entry.key)
    const isOurs = lease?.owner === this.#dictionary.id
    const nobody = this.#dictionary.isLeased(this.#entry.key) ? 'nobody' : ''
    put(this.#owner, lease ? `${lease.owner}${isOurs ? ' (this page)' : ''}` : nobody)
    this.element.classList.toggle('ephemeral', lease?.ephemeral === true)
    put(this.#lease, leaseText(lease, Date.now()))
    put(this.#token, lease?.token ?? '')
  }
}

function button(text: string, keyText: string, onClick: () => void): HTMLButtonElement {
  const made = document.createElement('button')
  made.type = 'button'
  made.textContent = text
  made.setAttribute('aria-label', `${text} ${shortened(keyText)}`)
  made.addEventListener('click', onClick)
  return made
}

function put(place: HTMLElement, text: string): void {
  if (place.textContent === text) return
  place.textContent = text
  place.title = place.classList.contains('id') ? text : ''
}

function shortened(text: string): string {
  return text.length > shownCharsMax ? `${text.slice(0, shownCharsMax)}…` : text
}
