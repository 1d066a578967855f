import { element } from '../element.ts'
import { KeyEditor } from './key-editor.ts'
import { entriesOf, KeyRow } from './key-row.ts'
import type { Entry } from './key-row.ts'
import type { PageDictionary } from '../own-node.ts'

const rowsMax = 200
/** However much changes, the table is made anew only so often, milliseconds; where that takes long, it takes a tenth of the time. */
const drawMs = 250

/** The table of keys, and the form that changes them: both of this page's own dictionary. */
export class KeyTable {
  readonly #dictionary: PageDictionary
  readonly #onFailure: (sentence: string) => void
  readonly #filter = element('filter', HTMLInputElement)
  readonly #count = element('key-count', HTMLSpanElement)
  readonly #body = element('key-rows', HTMLTableSectionElement)
  readonly #editor: KeyEditor
  readonly #result = element('edit-result', HTMLParagraphElement)
  readonly #dialog = element('delete-dialog', HTMLDialogElement)
  readonly #rows = new Map<string, KeyRow>()
  #isDue = false
  #pauseMs: number = drawMs
  #doomed: Entry | undefined

  private constructor(dictionary: PageDictionary, onFailure: (sentence: string) => void) {
    this.#dictionary = dictionary
    this.#onFailure = onFailure
    // A renewal is none of these: the row only counts from the new end on.
    for (const event of ['change', 'lease-released'] as const) dictionary.on(event, () => this.#drawSoon())
    this.#filter.addEventListener('input', () => this.#drawSoon())
    this.#editor = new KeyEditor({
      dictionary,
      set: ({ key, value, keyText, options }) =>
        void this.#try(`${keyText} was set.`, () => this.#dictionary.set(key, value, options)),
      ask: (sentence) => this.#show(sentence, true),
    })
    this.#dialog.addEventListener('close', () => this.#delete())
    setInterval(() => this.#tick(), 1000)
    this.#draw()
  }

  /** Shows a dictionary for as long as the page is open. */
  static show(dictionary: PageDictionary, onFailure: (sentence: string) => void): KeyTable {
    return new KeyTable(dictionary, onFailure)
  }

  #tick(): void {
    for (const row of this.#rows.values()) row.tick()
  }

  #drawSoon(): void {
    if (this.#isDue) return
    this.#isDue = true
    const draw = (): void => {
      this.#isDue = false
      const begunAt = performance.now()
      this.#draw()
      this.#pauseMs = Math.max(drawMs, 9 * (performance.now() - begunAt))
    }
    setTimeout(draw, this.#pauseMs)
  }

  #draw(): void {
    const entries = entriesOf(this.#dictionary, this.#filter.value)
    const shown = entries.slice(0, rowsMax)
    const names = new Set(shown.map(({ name }) => name))
    for (const [name, row] of this.#rows) {
      if (names.has(name)) continue
      row.element.remove()
      this.#rows.delete(name)
    }
    shown.forEach((entry, index) => {
      const row = this.#rowOf(entry)
      const there = this.#body.children[index]
      if (there !== row.element) this.#body.insertBefore(row.element, there ?? null)
    })
    const all = this.#dictionary.size
    this.#count.textContent = shown.length < all ? `${shown.length} of ${all} keys` : `${all} keys`
  }

  #rowOf(entry: Entry): KeyRow {
    const known = this.#rows.get(entry.name)
    known?.show(entry)
    const row =
      known ??
      new KeyRow(this.#dictionary, entry, {
        edit: (chosen) => this.#editor.edit(chosen),
        delete: (chosen) => this.#ask(chosen),
      })
    this.#rows.set(entry.name, row)
    return row
  }

  #ask(entry: Entry): void {
    this.#doomed = entry
    element('delete-question', HTMLParagraphElement).textContent = `Delete ${entry.keyText} on every node?`
    this.#dialog.returnValue = 'keep'
    this.#dialog.showModal()
  }

  #delete(): void {
    const doomed = this.#doomed
    this.#doomed = undefined
    if (!doomed || this.#dialog.returnValue !== 'delete') return
    void this.#try(`${doomed.keyText} was deleted.`, () => this.#dictionary.del(doomed.key))
  }

  async #try(done: string, action: () => unknown): Promise<void> {
    let sentence = done
    try {
      // Right after joining, until this page knows what the others have.
      await this.#dictionary.caughtUp()
      action()
    } catch (error) {
      sentence = error instanceof Error ? error.message : String(error)
      this.#onFailure(sentence)
    }
    this.#show(sentence, sentence !== done)
  }

  #show(sentence: string, hasFailed: boolean): void {
    this.#result.classList.toggle('failed', hasFailed)
    this.#result.textContent = sentence
  }
}
