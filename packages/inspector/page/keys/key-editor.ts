import type { WriteOptions } from '@ts2p/sync'
import { areSame, bytesOf } from './bytes-text.ts'
import { element } from '../element.ts'
import { editableTextOf, editedBytes, keepsKind, kindOf } from './editable-text.ts'
import type { EditableText } from './editable-text.ts'
import type { Entry } from './key-row.ts'
import type { PageDictionary } from '../own-node.ts'

/** What the form sets. */
export interface KeyChange {
  readonly key: Uint8Array
  readonly value: Uint8Array
  readonly keyText: string
  readonly options: WriteOptions
}

/** A row that was chosen to be edited, as the fields show it. */
interface Chosen {
  readonly key: Uint8Array
  readonly shownKey: string
  readonly lineEnd: EditableText['lineEnd']
}

/** The form that sets a key. What was not changed in it keeps its bytes. */
export class KeyEditor {
  readonly #dictionary: PageDictionary
  readonly #set: (change: KeyChange) => void
  readonly #ask: (sentence: string) => void
  readonly #key = element('edit-key', HTMLInputElement)
  readonly #value = element('edit-value', HTMLTextAreaElement)
  readonly #leaseSeconds = element('edit-lease', HTMLInputElement)
  readonly #isEphemeral = element('edit-ephemeral', HTMLInputElement)
  #chosen: Chosen | undefined
  /** The value that would replace one of another kind, and of which the page has asked. */
  #askedFor: Uint8Array | undefined

  /** @param options.set - Sets a key. @param options.ask - Shows a question, which is answered by pressing Set again. */
  constructor(options: {
    dictionary: PageDictionary
    set: (change: KeyChange) => void
    ask: (sentence: string) => void
  }) {
    this.#dictionary = options.dictionary
    this.#set = options.set
    this.#ask = options.ask
    const { leaseSeconds, leaseSecondsMax } = options.dictionary
    element('lease-options', HTMLSpanElement).hidden = leaseSeconds === 0
    this.#leaseSeconds.max = String(leaseSecondsMax)
    this.#leaseSeconds.placeholder = String(leaseSeconds)
    const form = element('editor', HTMLFormElement)
    form.addEventListener('submit', (event) => {
      event.preventDefault()
      this.#submit()
    })
    // Enter begins a line in a field of several.
    this.#value.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
      event.preventDefault()
      form.requestSubmit()
    })
  }

  /** Puts a row into the fields. */
  edit({ key, keyText, value }: Entry): void {
    const editable = editableTextOf(value)
    if (!editable) return
    this.#key.value = printable(keyText)
    this.#value.value = editable.text
    this.#chosen = { key, shownKey: this.#key.value, lineEnd: editable.lineEnd }
    this.#askedFor = undefined
    const { leaseSeconds, ephemeral } = this.#dictionary.lease(key) ?? {}
    const isDefault = leaseSeconds === undefined || leaseSeconds === this.#dictionary.leaseSeconds
    this.#leaseSeconds.value = isDefault ? '' : String(leaseSeconds)
    this.#isEphemeral.checked = ephemeral === true
    this.#value.focus()
  }

  #submit(): void {
    const keyText = this.#key.value
    const chosen = this.#chosen?.shownKey === keyText ? this.#chosen : undefined
    const key = chosen?.key ?? bytesOf(keyText)
    const value = editedBytes(this.#value.value, chosen?.lineEnd ?? '\n')
    const before = this.#dictionary.get(key)
    if (before && !keepsKind(before, value) && !(this.#askedFor && areSame(this.#askedFor, value))) {
      this.#askedFor = value
      return this.#ask(
        `${keyText} holds ${kindOf(before)}, and the new value is ${kindOf(value)}. Set again to replace it.`,
      )
    }
    this.#askedFor = undefined
    this.#set({ key, value, keyText, options: this.#options })
  }

  get #options(): WriteOptions {
    const leaseSeconds = this.#leaseSeconds.value
    return {
      ...(leaseSeconds === '' ? {} : { leaseSeconds: Number(leaseSeconds) }),
      ...(this.#isEphemeral.checked ? { ephemeral: true } : {}),
    }
  }
}

/** A key on one line: its control characters as JSON writes them. */
function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex -- these are what a field of one line drops
  return text.replaceAll(/[\u0000-\u001F]/g, (character) => JSON.stringify(character).slice(1, -1))
}
