import { isatty } from 'node:tty'
import picocolors from 'picocolors'

// A CI's log is a file as any other: picocolors would color it.
const colors = picocolors.createColors(picocolors.isColorSupported && isatty(1))

/** Width of the transcript, columns. */
const columns = 100

/** Tells the story, and keeps count of what held. */
export class Narrator {
  readonly #print: (line: string) => void
  readonly #broken: string[] = []
  #step = 0

  constructor(print: (line: string) => void = (line) => console.log(line)) {
    this.#print = print
  }

  /** What did not hold. */
  get broken(): readonly string[] {
    return this.#broken
  }

  title(text: string): void {
    this.#print(`\n${colors.bold(text)}`)
  }

  /** Begins a step. */
  step(title: string): void {
    this.#step += 1
    this.#print(`\n${colors.bold(colors.cyan(`${this.#step}. ${title}`))}`)
  }

  /** What is to be understood. */
  say(text: string): void {
    this.#lines(text, (line) => line)
  }

  /** A line of code that a node runs. */
  does(name: string, code: string): void {
    this.#print(`   ${name}${colors.dim(' > ')}${colors.yellow(code)}`)
  }

  /** What a node saw. */
  sees(name: string, text: string): void {
    this.#lines(`${name}: ${text}`, colors.dim)
  }

  /** What should hold, and whether it did. */
  check(claim: string, held: boolean): void {
    if (!held) this.#broken.push(claim)
    this.#print(held ? `   ${colors.green('✓')} ${claim}` : `   ${colors.red('✗')} ${claim}`)
  }

  /** A text, in lines of their width, the further ones set in. */
  #lines(text: string, color: (line: string) => string): void {
    let line = ''
    for (const word of text.split(' ')) {
      if (line !== '' && line.length + 1 + word.length > columns - 5) {
        this.#print(`   ${color(line)}`)
        line = ` ${word}`
      } else line = line === '' ? word : `${line} ${word}`
    }
    this.#print(`   ${color(line)}`)
  }
}
