/** Bytes that `decodeSymbols` was given do not encode coded symbols, or not in their one valid form. */
export class InvalidSymbolsError extends Error {
  override readonly name = 'InvalidSymbolsError'
  readonly code = 'INVALID_SYMBOLS'
  /** What was wrong, such as "cut off". */
  readonly reason: string

  constructor(reason: string) {
    super(`The bytes encode no symbols (${reason}). Drop them, and do not trust their sender.`)
    this.reason = reason
  }
}
