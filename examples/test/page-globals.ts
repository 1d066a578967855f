import type { SyncSocket } from '@ts2p/sync'

declare global {
  /** What `browser/page.ts` offers to the browser's console, and so to functions that run in the page. */
  // oxlint-disable-next-line no-var -- a property of the global object is declared so
  var node: SyncSocket<string, string>
  /** What the components of `browser/react.tsx` have seen. */
  // oxlint-disable-next-line no-var -- as above
  var seen: {
    /** How often each field was rendered, by its name. */
    readonly renders: Readonly<Record<string, number>>
    /** What was in one picture, whenever that was not one and the same value. */
    readonly tears: readonly (readonly string[])[]
    /** How many functions listen to changes of the dictionary. */
    readonly listeners: () => number
  }
  /** What `browser/verdicts.ts` makes of a signature; all hexadecimal. */
  // oxlint-disable-next-line no-var -- as above
  var verdictOf: (signature: string, message: string, publicKey: string) => boolean
}
