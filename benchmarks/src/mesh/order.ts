import type { Figures } from '../running/case.ts'
import type { MeshSubjectName } from './mesh-case.ts'

/** What a node in a process of its own is told to do; each is answered with figures. */
export type Order =
  | { readonly kind: 'create'; readonly subject: MeshSubjectName }
  | { readonly kind: 'connect'; readonly port: number }
  | { readonly kind: 'links' }
  | { readonly kind: 'reach'; readonly count: number }
  | { readonly kind: 'pump'; readonly seconds: number }
  | { readonly kind: 'load'; readonly load: Load }

/** What a node sends at a steady pace, and for how long. */
export interface Load {
  readonly seconds: number
  /** The number of the first message. */
  readonly first: number
  readonly perSecond: number
  readonly payloadBytes: number
}

/** From the parent to a node's process: an order, or that all the others have so many messages. */
export type ToNode =
  | { readonly kind: 'order'; readonly id: number; readonly order: Order }
  | { readonly kind: 'arrived'; readonly count: number }

/** From a node's process to the parent: an answer, or the question when all the others will have so many messages. */
export type FromNode =
  | { readonly kind: 'answer'; readonly id: number; readonly figures: Figures }
  | { readonly kind: 'error'; readonly id: number; readonly text: string }
  | { readonly kind: 'awaits'; readonly count: number }
